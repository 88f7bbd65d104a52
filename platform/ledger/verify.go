package ledger

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"souk/kit/db"
)

// maxDifferences bounds a report: a broken book is broken, a thousand lines do not help.
const maxDifferences = 100

// Report is what Verify found. Differences is empty when the books are right.
type Report struct {
	Accounts    int64          `json:"accounts"`
	Entries     int64          `json:"entries"`
	Postings    int64          `json:"postings"`
	Holds       int64          `json:"holds"`
	Seals       int64          `json:"seals"`
	Unsealed    int64          `json:"unsealed"`
	Closings    int64          `json:"closings"` // balances of closed days
	Sums        map[Unit]int64 `json:"sums"`     // sum of all balances a unit: 0
	Money       map[Unit]int64 `json:"money"`    // sum of the positive balances a unit: what the world put in
	Differences []string       `json:"differences"`
}

func (r *Report) differ(format string, args ...any) {
	if len(r.Differences) < maxDifferences {
		r.Differences = append(r.Differences, fmt.Sprintf(format, args...))
	}
}

// Verify recomputes the books from the postings, in one reading transaction, and reports every difference: balances, holds,
// floors, sums a unit and an entry, stripes, strays, each entry's digest, and the chain of seals. It changes nothing.
func Verify(ctx context.Context, tx *db.Tx) (Report, error) {
	r := Report{Sums: map[Unit]int64{}, Money: map[Unit]int64{}}
	for _, check := range []func(*db.Tx, *Report) error{counts, sums, balances, strays, holds, digests, postings, closings, chain} {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		if err := check(tx, &r); err != nil {
			return r, err
		}
	}
	return r, nil
}

func counts(tx *db.Tx, r *Report) error {
	return tx.QueryRow(`SELECT (SELECT COUNT(*) FROM ledger_account), (SELECT COUNT(*) FROM ledger_entry), (SELECT COUNT(*) FROM ledger_posting),
		(SELECT COUNT(*) FROM ledger_hold), (SELECT COUNT(*) FROM ledger_seal), (SELECT COUNT(*) FROM ledger_entry WHERE seal IS NULL)`).
		Scan(&r.Accounts, &r.Entries, &r.Postings, &r.Holds, &r.Seals, &r.Unsealed)
}

// each runs a query and calls f for every row; f scans.
func each(tx *db.Tx, f func(*db.Rows) error, sql string, args ...any) error {
	rows, err := tx.Query(sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func sums(tx *db.Tx, r *Report) error {
	return each(tx, func(rows *db.Rows) error {
		var unit Unit
		var sum, positive int64
		if err := rows.Scan(&unit, &sum, &positive); err != nil {
			return err
		}
		r.Sums[unit], r.Money[unit] = sum, positive
		if sum != 0 {
			r.differ("all balances in %s sum to %d, not to 0", unit, sum)
		}
		return nil
	}, `SELECT unit, CAST(SUM(balance) AS BIGINT), CAST(SUM(CASE WHEN balance > 0 THEN balance ELSE 0 END) AS BIGINT)
		FROM ledger_account GROUP BY unit ORDER BY unit`)
}

func balances(tx *db.Tx, r *Report) error {
	return each(tx, func(rows *db.Rows) error {
		var id string
		var balance, held, posted int64
		var floor *int64
		if err := rows.Scan(&id, &balance, &held, &floor, &posted); err != nil {
			return err
		}
		if balance != posted {
			r.differ("account %s says %d, its postings say %d", id, balance, posted)
		}
		if floor != nil && balance-held < *floor {
			r.differ("account %s has %d available, below its floor %d", id, balance-held, *floor)
		}
		return nil
	}, `SELECT a.id, a.balance, a.held, a.floor, CAST(COALESCE(p.sum, 0) AS BIGINT) FROM ledger_account a
		LEFT JOIN (SELECT account_id, SUM(amount) AS sum FROM ledger_posting GROUP BY account_id) p ON p.account_id = a.id
		WHERE a.balance <> COALESCE(p.sum, 0) OR a.balance - a.held < a.floor ORDER BY a.id LIMIT 100`)
}

func strays(tx *db.Tx, r *Report) error {
	report := func(what string) func(*db.Rows) error {
		return func(rows *db.Rows) error {
			var entry, account string
			err := rows.Scan(&entry, &account)
			r.differ(what, entry, account)
			return err
		}
	}
	if err := each(tx, report("entry %s posts to %s, which does not exist"), `SELECT p.entry_id, p.account_id FROM ledger_posting p
		LEFT JOIN ledger_account a ON a.id = p.account_id WHERE a.id IS NULL LIMIT 100`); err != nil {
		return err
	}
	if err := each(tx, report("entry %s does not exist but has a posting to %s"), `SELECT p.entry_id, p.account_id FROM ledger_posting p
		LEFT JOIN ledger_entry e ON e.id = p.entry_id WHERE e.id IS NULL LIMIT 100`); err != nil {
		return err
	}
	return each(tx, report("stripe %s is not of %s's unit or has no parent"), `SELECT s.id, s.parent_id FROM ledger_account s
		LEFT JOIN ledger_account a ON a.id = s.parent_id WHERE s.parent_id IS NOT NULL AND (a.id IS NULL OR a.unit <> s.unit) LIMIT 100`)
}

func holds(tx *db.Tx, r *Report) error {
	err := each(tx, func(rows *db.Rows) error {
		var id string
		var held, live int64
		err := rows.Scan(&id, &held, &live)
		r.differ("account %s says %d held, its live holds say %d", id, held, live)
		return err
	}, `SELECT a.id, a.held, CAST(COALESCE(h.sum, 0) AS BIGINT) FROM ledger_account a
		LEFT JOIN (SELECT account_id, SUM(amount) AS sum FROM ledger_hold WHERE state = 'held' GROUP BY account_id) h ON h.account_id = a.id
		WHERE a.held <> COALESCE(h.sum, 0) ORDER BY a.id LIMIT 100`)
	if err != nil {
		return err
	}
	return each(tx, func(rows *db.Rows) error {
		var id string
		var used int64
		var posted *int64
		err := rows.Scan(&id, &used, &posted)
		r.differ("hold %s says %d used, its entry says otherwise", id, used)
		return err
	}, `SELECT h.id, h.used, p.amount FROM ledger_hold h LEFT JOIN ledger_posting p
		ON p.account_id = h.account_id AND p.posted_at = h.ended_at AND p.entry_id = h.entry_id
		WHERE (h.state = 'posted' AND (p.amount IS NULL OR p.amount <> -h.used)) OR (h.state <> 'posted' AND h.used <> 0) LIMIT 100`)
}

// digests reads every entry, checks that its lines sum to zero a unit, and hashes it again.
func digests(tx *db.Tx, r *Report) error {
	return each(tx, func(rows *db.Rows) error {
		var e Entry
		var reverses *string
		var was []byte
		var text string
		if err := rows.Scan(&e.ID, &e.Kind, &e.Title, &e.Ref, &reverses, &was, &text); err != nil {
			return err
		}
		if reverses != nil {
			e.Reverses = EntryID(*reverses)
		}
		e.Lines = readLines(text)
		lines, err := e.check()
		if err != nil {
			r.differ("entry %s: %v", e.ID, err)
			return nil
		}
		e.Lines = lines
		if !bytes.Equal(e.digest(), was) {
			r.differ("entry %s is not what was posted: its digest differs", e.ID)
		}
		return nil
	}, `SELECT id, kind, title, ref, reverses, digest, lines FROM ledger_entry`)
}

func chain(tx *db.Tx, r *Report) error {
	type seal struct {
		seq, entries int64
		hash         []byte
	}
	seals := []seal{}
	if err := each(tx, func(rows *db.Rows) error {
		var s seal
		err := rows.Scan(&s.seq, &s.entries, &s.hash)
		seals = append(seals, s)
		return err
	}, `SELECT seq, entries, hash FROM ledger_seal ORDER BY seq`); err != nil {
		return err
	}
	var before []byte
	for i, s := range seals {
		l := startLink(before)
		entries, err := l.addSealed(tx, s.seq)
		if err != nil {
			return err
		}
		if s.seq != int64(i+1) || int64(entries) != s.entries || !bytes.Equal(l.Sum(nil), s.hash) {
			r.differ("seal %d does not match its %d entries", s.seq, entries)
		}
		before = s.hash
	}
	var strays int64
	err := tx.QueryRow(`SELECT COUNT(*) FROM ledger_entry WHERE seal > $1`, int64(len(seals))).Scan(&strays)
	if strays > 0 {
		r.differ("%d entries name a seal that does not exist", strays)
	}
	return err
}

type leaf struct {
	id       string
	postedAt int64
	digest   []byte
}

// readLeaves reads id, posted_at and digest of each row, sorted by the id's bytes (engines' collations differ).
func readLeaves(rows *db.Rows) ([]leaf, error) {
	leaves := []leaf{}
	for rows.Next() {
		var l leaf
		if err := rows.Scan(&l.id, &l.postedAt, &l.digest); err != nil {
			return nil, err
		}
		leaves = append(leaves, l)
	}
	slices.SortFunc(leaves, func(a, b leaf) int { return cmp.Compare(a.id, b.id) })
	return leaves, rows.Err()
}
