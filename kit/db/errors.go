package db

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	zombie "zombiezen.com/go/sqlite"
)

// IsUnique tells whether err is a refused duplicate of a primary key or unique index. The transaction that met it is
// spoilt on both engines: ask of Write's error, or say ON CONFLICT DO NOTHING.
func IsUnique(err error) bool {
	switch zombie.ErrCode(err) {
	case zombie.ResultConstraintUnique, zombie.ResultConstraintPrimaryKey, zombie.ResultConstraintRowID:
		return true
	}
	return pgCode(err) == "23505"
}

// IsCheck tells whether err is a refused CHECK constraint.
func IsCheck(err error) bool {
	return zombie.ErrCode(err) == zombie.ResultConstraintCheck || pgCode(err) == "23514"
}

// IsForeign tells whether err is a refused foreign key.
func IsForeign(err error) bool {
	return zombie.ErrCode(err) == zombie.ResultConstraintForeignKey || pgCode(err) == "23503"
}

func pgCode(err error) string {
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}
