// Package charter says what a database is for: real people and real money, or play.
//
// Who opens it first decides (`souk serve` makes it real; `souk demo`, `souk dev` and `souk serve --dev` make it for play), and it
// stays so. What is only harmless with invented money, such as paying in somebody's name, asks here; and a service never starts
// on people whose PIN everybody knows. It guards against mistakes, not against somebody who can write the database.
//
// Start reading at Claim.
package charter

import (
	"context"
	"embed"
	"errors"

	"souk/kit/db"
	"souk/kit/fault"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the room's table.
var Schema = db.Schema{Room: "charter", Files: files}

// Kind is what a database is for.
type Kind string

const (
	Real Kind = "real"
	Play Kind = "play"
)

var (
	ErrReal = fault.New(fault.Forbidden, "CHARTER_REAL", "this database belongs to a real service, so demo and developer mode are refused on it; choose another")
	ErrPlay = fault.New(fault.Forbidden, "CHARTER_PLAY", "this database was made by demo or developer mode, with invented people and money; start a service on a new one, or add --dev")
)

// Claim says what the database is opened for. The first claim counts for ever. Errors: ErrReal, ErrPlay, when it was claimed for the other.
func Claim(ctx context.Context, tx *db.Tx, k Kind) error {
	if _, err := tx.Exec(`INSERT INTO charter_charter (id, kind, made_at) VALUES ('charter', $1, $2) ON CONFLICT DO NOTHING`, string(k), tx.Now()); err != nil {
		return err
	}
	is, err := Read(ctx, tx)
	switch {
	case err != nil || is == k:
		return err
	case is == Real:
		return ErrReal
	}
	return ErrPlay
}

// Read answers what the database is for; "" while nobody has claimed it.
func Read(_ context.Context, tx *db.Tx) (k Kind, err error) {
	err = tx.QueryRow(`SELECT kind FROM charter_charter WHERE id = 'charter'`).Scan(&k)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return k, err
}
