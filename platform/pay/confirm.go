package pay

import (
	"context"
	"encoding/json"
	"errors"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/hold"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/wallet"
)

// MaxTenders bounds how many ways one trade is paid.
const MaxTenders = 8

// Confirmation is a payer's yes. Tenders say how, adding up to the trade's total, own money first; none is the whole from the wallet.
type Confirmation struct {
	No      No
	Payer   identity.PersonID
	Tenders []Tender
	// Auth pays out of this authorisation of the payer's instead; Complete gives what is left of it back.
	Auth     hold.No
	Complete bool
}

// Confirm takes the money, once. When this payer had paid already the answer is the receipt and repeated is true.
// Errors: ErrNotFound, ErrBuyer, ErrPaid (by another), ErrClosed, ErrInvalid, ErrBuyerBalance, ErrBuyerLimit; with Auth those of hold.Take.
func Confirm(ctx context.Context, tx *db.Tx, c Confirmation) (t Trade, repeated bool, err error) {
	if len(c.Tenders) > MaxTenders || c.Payer == "" || c.Auth != "" && len(c.Tenders) > 0 {
		return t, false, ErrInvalid.With("a payer, and at most %d tenders or an authorisation", MaxTenders)
	}
	t, err = claim(tx, c)
	if errors.Is(err, ErrNotFound) {
		return alreadyPaid(ctx, tx, c)
	}
	if err != nil {
		return t, false, err
	}
	if err := checkTenders(t); err != nil {
		return t, false, err
	}
	if c.Auth != "" {
		_, err = hold.Take(ctx, tx, t.App, c.Auth, string(t.No), t.Total, c.Complete, t.payment())
	} else {
		_, err = ledger.Post(ctx, tx, t.payment())
	}
	if err != nil {
		return t, false, buyerFault(err)
	}
	return t, false, announce(ctx, tx, "trade.paid", t, "")
}

// claim turns a waiting trade into a paid one, if it is this payer's to pay and still open; ErrNotFound else.
func claim(tx *db.Tx, c Confirmation) (Trade, error) {
	tenders := ""
	if len(c.Tenders) > 0 {
		b, err := json.Marshal(c.Tenders)
		if err != nil {
			return Trade{}, err
		}
		tenders = string(b)
	}
	return one(tx.QueryRow(claimSQL, c.claimArgs(tx.Now(), tenders)...))
}

// Paying from the wallet alone is the common case: the row itself knows the amount, so nothing is read before. The CASE is how a guard
// beside the row's own key is written: said plainly, PostgreSQL may plan to find the row in the small index of those that wait, and then goes through
// all that wait, thousands after a quiet hour, for each claim.
const claimSQL = `UPDATE pay_trade SET status = 'TRADE_SUCCESS', buyer_id = $1, paid_at = $2, opened_at = COALESCE(opened_at, $2),
	tenders = CASE WHEN $3 = '' THEN $4 || CAST(total_fen AS TEXT) || $5 ELSE $3 END
	WHERE trade_no = $6 AND CASE status WHEN 'WAIT_BUYER_PAY' THEN expires_at END > $2 AND (buyer_id IS NULL OR buyer_id = $1)
	RETURNING ` + columns

// claimArgs are claimSQL's; tenders is JSON, or "" for the whole from the wallet.
func (c Confirmation) claimArgs(now int64, tenders string) []any {
	head, tail := walletTender(c.Payer)
	return []any{string(c.Payer), now, tenders, head, tail, string(c.No)}
}

// walletTender is the JSON of one tender from the wallet, before and after its amount.
func walletTender(payer identity.PersonID) (head, tail string) {
	account, err := json.Marshal(wallet.Account(payer))
	if err != nil {
		panic("pay: " + err.Error())
	}
	return `[{"kind":"balance","account":` + string(account) + `,"funder":"buyer","amountFen":`, `}]`
}

// alreadyPaid finds out why a trade could not be claimed.
func alreadyPaid(ctx context.Context, tx *db.Tx, c Confirmation) (Trade, bool, error) {
	t, err := Find(ctx, tx, c.No)
	switch {
	case err != nil:
		return t, false, err
	case t.Buyer != "" && t.Buyer != c.Payer && t.PaidAt > 0:
		return Trade{}, false, ErrPaid
	case t.Buyer != "" && t.Buyer != c.Payer:
		return Trade{}, false, ErrBuyer
	case t.PaidAt > 0:
		return t, true, nil
	case t.Status == Waiting:
		return t, false, ErrClosed.With("its time is over")
	}
	return t, false, ErrClosed
}

func checkTenders(t Trade) error {
	var sum money.Fen
	seen := map[ledger.AccountID]bool{}
	for _, tender := range t.Tenders {
		if tender.Amount <= 0 || tender.Amount > t.Total || seen[tender.Account] {
			return ErrInvalid.With("every tender has an amount and an account of its own")
		}
		if tender.Funder != ByBuyer && tender.Funder != ByPlatform && tender.Funder != ByMerchant {
			return ErrInvalid.With("no funder %q", tender.Funder)
		}
		if tender.Account == t.seller || tender.Account == (merchant.Merchant{ID: t.Merchant}).Settled() {
			return ErrInvalid.With("a seller's own account cannot be a tender; a voucher has an account of its own")
		}
		seen[tender.Account] = true
		sum += tender.Amount
	}
	if sum != t.Total {
		return ErrInvalid.With("the tenders add up to %s, not to %s", sum.Yuan(), t.Total.Yuan())
	}
	return nil
}

// payment is the ledger entry of a paid trade: from each tender's account to the seller's stripe of the payer's shard.
func (t Trade) payment() ledger.Entry {
	e := ledger.Entry{ID: ledger.EntryID("pay:" + string(t.No)), Kind: "pay", Title: clip(t.Subject), Ref: string(t.No)}
	for _, tender := range t.Tenders {
		e.Lines = append(e.Lines, ledger.Line{Account: tender.Account, Unit: ledger.CNY, Amount: -int64(tender.Amount)})
	}
	to := t.seller.Stripe(t.stripes, wallet.Account(t.Buyer))
	e.Lines = append(e.Lines, ledger.Line{Account: to, Unit: ledger.CNY, Amount: int64(t.Total)})
	return e
}

// clip shortens a subject to what the ledger's title takes, at a whole character.
func clip(s string) string {
	const most = 240
	for i := range s {
		if i > most {
			return s[:i] + "…"
		}
	}
	return s
}

func buyerFault(err error) error {
	switch {
	case errors.Is(err, ledger.ErrBalance):
		return ErrBuyerBalance
	case errors.Is(err, ledger.ErrDayLimit):
		return ErrBuyerLimit
	}
	return err
}

// Payable is nil when this person can pay the trade at that moment. Errors: ErrPaid, ErrBuyer, ErrClosed.
func Payable(t Trade, payer identity.PersonID, now int64) error {
	switch {
	case t.PaidAt > 0:
		return ErrPaid
	case t.Status != Waiting:
		return ErrClosed
	case t.Buyer != "" && t.Buyer != payer:
		return ErrBuyer
	case t.ExpiresAt <= now:
		return ErrClosed.With("its time is over")
	}
	return nil
}
