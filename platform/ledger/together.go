package ledger

import (
	"cmp"
	"context"
	"slices"

	"souk/kit/db"
)

// MaxTogether bounds the entries of one PostTogether.
const MaxTogether = 64

// PostTogether books entries that are certainly new (the caller has claimed what they are for in tx), and runs the steps given, in one
// round trip on PostgreSQL. Each account is touched once, in the order of ids and last of all, so that busy ones are locked
// for the commit alone. It is all or nothing: any refusal, in the words of one of the entries, is the refusal of all.
// Errors as Post's; an entry that exists already is ErrEntryMismatch.
func PostTogether(ctx context.Context, tx *db.Tx, entries []Entry, others ...db.Step) error {
	if len(entries) > MaxTogether {
		return ErrEntryInvalid.With("%d entries, at most %d together", len(entries), MaxTogether)
	}
	steps := slices.Clone(others)
	var all []move
	for _, e := range entries {
		lines, err := e.check()
		if err != nil {
			return err
		}
		e.Lines = lines
		steps = append(steps, e.insert(e.digest(), tx.Now()), e.postings(tx.Now()))
		for _, l := range lines {
			all = append(all, move{account: l.Account, unit: l.Unit, amount: l.Amount})
		}
	}
	moves := merged(all)
	first := len(steps)
	for _, m := range moves {
		steps = append(steps, m.step(tx.Now()))
	}
	touched, err := tx.ExecAll(steps...)
	if err != nil {
		return err
	}
	for i := len(others); i < first; i += 2 {
		if touched[i] != 1 {
			return ErrEntryMismatch.With("%s", entries[(i-len(others))/2].ID)
		}
	}
	for i, m := range moves {
		if touched[first+i] != 1 {
			return m.whyNot(tx)
		}
	}
	return nil
}

// merged adds up the moves of one account that go the same way, so that each limit is still checked, and sorts them by account.
func merged(moves []move) []move {
	slices.SortFunc(moves, func(a, b move) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.unit, b.unit), cmp.Compare(a.amount, b.amount))
	})
	var out []move
	for _, m := range moves {
		last := len(out) - 1
		if last >= 0 && out[last].account == m.account && out[last].unit == m.unit && (out[last].amount < 0) == (m.amount < 0) {
			out[last].amount += m.amount
			continue
		}
		out = append(out, m)
	}
	return out
}
