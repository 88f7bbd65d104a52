package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"hash/maphash"
	"slices"

	"souk/kit/db"
)

// marksWidth is in how many heaps entries are compared with postings: of a heap that differs, each entry is compared.
const marksWidth = 1 << 12

// postings compares two sets that must be equal, the lines of all entries and all postings, in one reading of each and whatever their number: each
// member's hash is added to its heap on one side and taken off on the other, so that every heap ends at zero.
func postings(tx *db.Tx, r *Report) error {
	seed := maphash.MakeSeed()
	heap := func(entry string) uint64 { return maphash.String(seed, entry) % marksWidth }
	var heaps [marksWidth]uint64
	if err := eachLine(tx, func(entry string, hash uint64) { heaps[heap(entry)] += hash }); err != nil {
		return err
	}
	if !slices.ContainsFunc(heaps[:], func(sum uint64) bool { return sum != 0 }) {
		return nil
	}
	entries := map[string]uint64{}
	err := eachLine(tx, func(entry string, hash uint64) {
		if heaps[heap(entry)] != 0 {
			entries[entry] += hash
		}
	})
	for entry, sum := range entries {
		if sum != 0 {
			r.differ("entry %s and its postings differ", entry)
		}
	}
	return err
}

// eachLine tells every line of an entry, and every posting with its hash negated.
func eachLine(tx *db.Tx, tell func(entry string, hash uint64)) error {
	if err := each(tx, func(rows *db.Rows) error {
		var entry, text string
		var at int64
		if err := rows.Scan(&entry, &at, &text); err != nil {
			return err
		}
		for i, l := range readLines(text) {
			tell(entry, hashLine(entry, at, int64(i), l.Account.Shard(), string(l.Account), l.Amount))
		}
		return nil
	}, `SELECT id, posted_at, lines FROM ledger_entry`); err != nil {
		return err
	}
	return each(tx, func(rows *db.Rows) error {
		var entry, account string
		var at, line, shard, amount int64
		if err := rows.Scan(&entry, &at, &line, &shard, &account, &amount); err != nil {
			return err
		}
		tell(entry, -hashLine(entry, at, line, shard, account, amount))
		return nil
	}, `SELECT entry_id, posted_at, line, shard, account_id, amount FROM ledger_posting`)
}

func hashLine(entry string, at, line, shard int64, account string, amount int64) uint64 {
	b := make([]byte, 0, 160)
	for _, n := range []int64{at, line, shard, amount, int64(len(entry))} {
		b = binary.AppendVarint(b, n)
	}
	sum := sha256.Sum256(append(append(b, entry...), account...))
	return binary.LittleEndian.Uint64(sum[:])
}
