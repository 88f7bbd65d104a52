package passkey

import (
	"context"
	"encoding/json"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/platform/identity"
)

// ErrProof refuses to spend without any proof.
var ErrProof = fault.New(fault.Invalid, "PROOF_MISSING", "this needs the PIN or a passkey")

// Proof is how a person proves that it is they who spend, as doors receive it: one of the two.
type Proof struct {
	PIN     string
	Passkey json.RawMessage // the device's answer to a question put for Spend
}

// Check is nil when the proof is this person's, and a passkey's answer was given for this deed. A passkey's answer is used up by it, right or wrong, and a wrong PIN counts towards the PIN's lock;
// a locked PIN does not stop a passkey, which nobody can guess. It writes in transactions of its own, before the one that spends.
// Errors: identity.CheckPIN's, ErrAnswer, ErrOrigin, ErrProof.
func (p Proof) Check(ctx context.Context, d *db.DB, origin string, person identity.PersonID, deed Deed) error {
	if len(p.Passkey) == 0 {
		if p.PIN == "" {
			return ErrProof
		}
		return identity.CheckPIN(ctx, d, person, p.PIN)
	}
	site, err := At(origin)
	if err != nil {
		return err
	}
	var refused error
	err = d.Write(ctx, func(tx *db.Tx) (err error) {
		_, refused = site.Prove(ctx, tx, Spend, person, deed, p.Passkey)
		return tx.Err()
	})
	if err != nil {
		return err
	}
	return refused
}
