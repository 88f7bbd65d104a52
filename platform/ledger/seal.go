package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"

	"souk/kit/db"
)

// SealBatch is the most entries that one link of the chain covers.
const SealBatch = 5000

// Seal links up to SealBatch entries that no seal covers yet to the end of the hash chain, and answers how many. Writers
// of entries never wait for it; two sealers meet at the primary key and one of them fails as a conflict, to be tried again later.
// A job calls it until it answers less than SealBatch; a stranger who keeps the last hash can prove later that nothing was changed.
func Seal(ctx context.Context, tx *db.Tx) (int, error) {
	seq, chain, err := lastSeal(tx)
	if err != nil {
		return 0, err
	}
	seq++
	if _, err := tx.Exec(`UPDATE ledger_entry SET seal = $1 WHERE seal IS NULL AND id IN
		(SELECT id FROM ledger_entry WHERE seal IS NULL ORDER BY id LIMIT $2)`, seq, int64(SealBatch)); err != nil {
		return 0, err
	}
	link := startLink(chain)
	entries, err := link.addSealed(tx, seq)
	if err != nil || entries == 0 {
		return 0, err
	}
	_, err = tx.Exec(`INSERT INTO ledger_seal (seq, entries, hash, sealed_at) VALUES ($1, $2, $3, $4)`,
		seq, int64(entries), link.Sum(nil), tx.Now())
	return entries, err
}

func lastSeal(tx *db.Tx) (seq int64, chain []byte, err error) {
	err = tx.QueryRow(`SELECT seq, hash FROM ledger_seal ORDER BY seq DESC LIMIT 1`).Scan(&seq, &chain)
	if errors.Is(err, db.ErrNoRows) {
		return 0, nil, nil
	}
	return seq, chain, err
}

// link is the hash of one seal in the making.
type link struct{ hash.Hash }

func startLink(before []byte) link {
	l := link{sha256.New()}
	l.Write(before)
	return l
}

func (l link) add(id string, postedAt int64, digest []byte) {
	l.Write(binary.AppendUvarint(nil, uint64(len(id))))
	l.Write([]byte(id))
	l.Write(binary.AppendVarint(nil, postedAt))
	l.Write(digest)
}

// addSealed adds the entries of seal seq in the order of their bytes, which both engines can give: ids are ASCII.
func (l link) addSealed(tx *db.Tx, seq int64) (entries int, err error) {
	rows, err := tx.Query(`SELECT id, posted_at, digest FROM ledger_entry WHERE seal = $1`, seq)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	leaves, err := readLeaves(rows)
	if err != nil {
		return 0, err
	}
	for _, leaf := range leaves {
		l.add(leaf.id, leaf.postedAt, leaf.digest)
	}
	return len(leaves), nil
}
