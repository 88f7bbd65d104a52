package identity

import (
	"context"

	"souk/kit/db"
	"souk/kit/event"
)

// Withdrawal is a person's word that they no longer agree to something.
type Withdrawal struct {
	Person PersonID
	Scope  string
	At     int64 // ms
}

// MaxWithdrawals bounds Withdrawals.
const MaxWithdrawals = 10_000

// Withdrawals lists who took consents to a program back from from to to (ms, exclusive), oldest first, at most limit.
func Withdrawals(_ context.Context, tx *db.Tx, app string, from, to int64, limit int) ([]Withdrawal, error) {
	rows, err := tx.Query(`SELECT person_id, scope, at FROM identity_consent_log WHERE app_id = $1 AND NOT granted AND at >= $2 AND at < $3
		ORDER BY at, id LIMIT $4`, app, from, to, min(limit, MaxWithdrawals))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Withdrawal{}
	for rows.Next() {
		var w Withdrawal
		if err := rows.Scan((*string)(&w.Person), &w.Scope, &w.At); err != nil {
			return nil, err
		}
		list = append(list, w)
	}
	return list, rows.Err()
}

// Withdrew is what is appended, as consent.withdrawn, when a person takes back what they had agreed to.
type Withdrew struct {
	App    string   `json:"app"`
	Person PersonID `json:"person"`
	Scope  string   `json:"scope"`
	At     int64    `json:"at"`
}

func announceWithdrawal(ctx context.Context, tx *db.Tx, app string, person PersonID, scope string) error {
	return event.Append(ctx, tx, event.Event{Kind: "consent.withdrawn", Key: string(person), Data: Withdrew{app, person, scope, tx.Now()}})
}
