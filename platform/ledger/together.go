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
// for the commit alone. It is all or nothing: any refusal, in the words of one of the entries, is the refusal of all, and blamed are
// the places of the entries without which the others may be right. Errors as Post's; an entry that exists already is ErrEntryMismatch.
func PostTogether(ctx context.Context, tx *db.Tx, entries []Entry, others ...db.Step) (blamed []int, err error) {
	if len(entries) > MaxTogether {
		return nil, ErrEntryInvalid.With("%d entries, at most %d together", len(entries), MaxTogether)
	}
	rows := make([][]any, len(entries))
	var postings [][]any
	var all []move
	for i, e := range entries {
		lines, err := e.check()
		if err != nil {
			return []int{i}, err
		}
		e.Lines = lines
		rows[i], postings = e.row(e.digest(), tx.Now()), append(postings, e.postings(tx.Now())...)
		for _, l := range lines {
			all = append(all, move{account: l.Account, unit: l.Unit, amount: l.Amount})
		}
	}
	kept := tx.Rows(entryHead, "", entryTail, 1, rows...)
	steps := slices.Concat(others, kept, tx.Rows(postingHead, "", "", twoLines, postings...))
	moves := merged(all)
	first := len(steps)
	for _, m := range moves {
		steps = append(steps, m.step(tx.Now()))
	}
	touched, err := tx.ExecAll(steps...)
	if err != nil {
		return nil, err
	}
	for _, n := range touched[len(others) : len(others)+len(kept)] {
		rows = rows[n:]
	}
	if len(rows) > 0 {
		return nil, ErrEntryMismatch.With("one of %d entries exists already", len(entries))
	}
	return refused(tx, entries, moves, touched[first:])
}

// refused finds the moves that touched nothing, and the entries that asked for them.
func refused(tx *db.Tx, entries []Entry, moves []move, touched []int64) (blamed []int, err error) {
	for i, m := range moves {
		if touched[i] == 1 {
			continue
		}
		if err == nil {
			err = m.whyNot(tx)
		}
		for k, e := range entries {
			if slices.ContainsFunc(e.Lines, m.isOf) && !slices.Contains(blamed, k) {
				blamed = append(blamed, k)
			}
		}
	}
	return blamed, err
}

// isOf says whether a line is one of those that were added up to the move.
func (m move) isOf(l Line) bool {
	return l.Account == m.account && l.Unit == m.unit && (l.Amount < 0) == (m.amount < 0)
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
