package pay

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"souk/kit/db"
	"souk/kit/event"
	"souk/platform/ledger"
	"souk/platform/wallet"
)

// Till confirms payments for a door: those that come at the same moment and are paid from wallets alone share one transaction.
// Each payer is answered as by Confirm, and as if no other had been there. Make it with NewTill; a door keeps one.
type Till struct {
	d      *db.DB
	gather *db.Gather[Confirmation, Receipt]
}

// Receipt is what Confirm answers.
type Receipt struct {
	Trade    Trade
	Repeated bool // this payer had paid it before
}

// NewTill opens a till.
func NewTill(d *db.DB) *Till {
	return &Till{d, db.NewGather(d, laneOf, confirmTogether, confirmAlone)}
}

// laneOf is the payer's shard: who pays in one lane touches no wallet and, since stripes go by the payer's shard too, no stripe of a seller that
// another lane touches. merchant.Stripes is even.
func laneOf(c Confirmation) int64 { return wallet.Account(c.Payer).Shard() }

// Confirm takes the money, once, in a transaction of its own choice; otherwise it is pay.Confirm.
func (t *Till) Confirm(ctx context.Context, c Confirmation) (r Receipt, err error) {
	if c.Auth == "" && len(c.Tenders) == 0 && c.Payer != "" {
		return t.gather.Do(ctx, c)
	}
	err = t.d.Write(ctx, func(tx *db.Tx) (err error) {
		r, err = confirmAlone(ctx, tx, c)
		return err
	})
	return r, err
}

func confirmAlone(ctx context.Context, tx *db.Tx, c Confirmation) (r Receipt, err error) {
	r.Trade, r.Repeated, err = Confirm(ctx, tx, c)
	return r, err
}

// confirmTogether confirms plain payments in three round trips for all: claims, everything else, commit. Left for Confirm alone are those
// that are not plain: paid already, not this payer's, not enough money. Trades are claimed and accounts touched in order, as everywhere.
func confirmTogether(ctx context.Context, tx *db.Tx, cs []Confirmation) (receipts []Receipt, left []int, err error) {
	receipts = make([]Receipt, len(cs))
	claimed, left, err := claimTogether(tx, cs, receipts)
	if err != nil || len(claimed) == 0 {
		return receipts, left, err
	}
	entries := make([]ledger.Entry, len(claimed))
	events := make([]event.Event, len(claimed))
	for i, at := range claimed {
		t := receipts[at].Trade
		if err := checkTenders(t); err != nil {
			return nil, []int{at}, err
		}
		entries[i], events[i] = t.payment(), moved(tx, "trade.paid", t, "")
	}
	news, err := event.Steps(tx, events...)
	if err != nil {
		return nil, nil, err
	}
	blamed, err := ledger.PostTogether(ctx, tx, entries, news...)
	if err != nil {
		left = nil
		for _, i := range blamed {
			left = append(left, claimed[i])
		}
	}
	return receipts, left, err
}

// claimTogether claims in the order of the trades' numbers; left are the places of those that could not be claimed.
func claimTogether(tx *db.Tx, cs []Confirmation, receipts []Receipt) (claimed, left []int, err error) {
	order := make([]int, len(cs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(cs[a].No, cs[b].No) })
	args := make([][]any, len(cs))
	for i, at := range order {
		args[i] = cs[at].claimArgs(tx.Now(), "")
	}
	err = tx.QueryEach(claimSQL, args, func(i int, row db.Scanner) (err error) {
		at := order[i]
		receipts[at].Trade, err = one(row)
		if errors.Is(err, ErrNotFound) {
			left = append(left, at)
			return nil
		}
		claimed = append(claimed, at)
		return err
	})
	return claimed, left, err
}
