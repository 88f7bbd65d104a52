package wallet

import (
	"context"
	"slices"
	"strings"

	"souk/kit/db"
	"souk/platform/identity"
	"souk/platform/ledger"
)

// knownLooked is how many of the newest transfers are looked at for whom a person knows.
const knownLooked = 100

// Known lists whom a person has sent money to or got money from by transfer, the newest first, at most limit.
func Known(ctx context.Context, tx *db.Tx, person identity.PersonID, limit int) ([]identity.PersonID, error) {
	moved, err := Bills(ctx, tx, person, ledger.Search{Kind: "transfer", Limit: knownLooked})
	if err != nil {
		return nil, err
	}
	var known []identity.PersonID
	for _, m := range moved {
		entry, err := ledger.Read(ctx, tx, m.Entry)
		if err != nil {
			return nil, err
		}
		for _, line := range entry.Lines {
			id, ok := owner(line.Account)
			if ok && id != person && len(known) < limit && !slices.Contains(known, id) {
				known = append(known, id)
			}
		}
	}
	return known, nil
}

// owner reads Account backwards.
func owner(account ledger.AccountID) (identity.PersonID, bool) {
	id, ok := strings.CutPrefix(string(account), "person/")
	if !ok {
		return "", false
	}
	id, ok = strings.CutSuffix(id, "/CNY")
	return identity.PersonID(id), ok
}
