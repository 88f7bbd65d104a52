package identity

import (
	"context"
	"errors"

	"souk/kit/db"
)

// FindLink reads the names by which a program knows a person, without making them: for readers. found is false when the
// program has not met the person.
func FindLink(_ context.Context, tx *db.Tx, app string, person PersonID) (l Link, found bool, err error) {
	l = Link{App: app, Person: person}
	err = tx.QueryRow(`SELECT open_id, user_id FROM identity_link WHERE app_id = $1 AND person_id = $2`, app, string(person)).Scan(&l.OpenID, &l.UserID)
	if errors.Is(err, db.ErrNoRows) {
		return l, false, nil
	}
	return l, err == nil, err
}
