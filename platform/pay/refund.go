package pay

import (
	"context"
	"errors"
	"regexp"
	"unicode/utf8"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/ledger"
	"souk/platform/merchant"
)

// MaxRefunds bounds the refunds of one trade.
const MaxRefunds = 300

// RefundRequest asks to give back part of a paid trade. OutRequestNo is its key within the trade.
type RefundRequest struct {
	App          merchant.AppID
	No           No
	OutTradeNo   string // used when No is ""
	OutRequestNo string
	Amount       money.Fen
	Reason       string
	TakeBack     []SplitLine // what royalty receivers give back to the seller first
}

// Refunded is one refund and the trade after it. The three parts add up to Amount.
type Refunded struct {
	Trade        Trade
	OutRequestNo string
	Amount       money.Fen
	Reason       string
	At           int64
	Repeated     bool // the money had moved before
	Buyer        money.Fen
	Platform     money.Fen // discount that the platform funded
	Merchant     money.Fen // discount that the merchant funded
	Parts        []Tender  // by tender, without empty ones
}

var outRequestNo = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// Refund gives money back, once for each OutRequestNo: own money first, vouchers last, so that the parts do not depend on how a
// refund is cut. When all is refunded the trade is closed. Errors: ErrNotFound, ErrInvalid, ErrStatus when it was not paid, ErrRefundAmount,
// ErrRefundKey, ErrFinished, ErrSellerBalance.
func Refund(ctx context.Context, tx *db.Tx, r RefundRequest) (Refunded, error) {
	if !outRequestNo.MatchString(r.OutRequestNo) || r.Amount <= 0 || r.Amount > money.Max || utf8.RuneCountInString(r.Reason) > 256 {
		return Refunded{}, ErrInvalid.With("a refund has a number of 1 to 64 letters, digits and _, an amount and a short reason")
	}
	t, err := findOwn(tx, r.App, r.No, r.OutTradeNo)
	if err != nil {
		return Refunded{}, err
	}
	// Refunds of one trade queue here, so that a twin of this request is seen below once it is done.
	if _, err := tx.Exec(`UPDATE pay_trade SET refunded_fen = refunded_fen WHERE trade_no = $1`, t.No); err != nil {
		return Refunded{}, err
	}
	again, err := FindRefund(ctx, tx, r.App, t.No, "", r.OutRequestNo)
	if err == nil && again.Amount != r.Amount {
		err = ErrRefundKey.With("%s", r.OutRequestNo)
	}
	if !errors.Is(err, ErrNotFound) {
		again.Repeated = true
		return again, err
	}
	if err := takeBack(ctx, tx, t, r.OutRequestNo, r.TakeBack); err != nil {
		return Refunded{}, err
	}
	t, err = claimRefund(ctx, tx, t.No, r.Amount)
	if err != nil {
		return Refunded{}, err
	}
	return refund(ctx, tx, t, r)
}

// claimRefund counts the amount as refunded, if that much is left of a paid trade.
func claimRefund(ctx context.Context, tx *db.Tx, no No, amount money.Fen) (Trade, error) {
	t, err := one(tx.QueryRow(`UPDATE pay_trade SET refunded_fen = refunded_fen + $1,
		status = CASE WHEN refunded_fen + $1 = total_fen THEN 'TRADE_CLOSED' ELSE status END,
		closed_at = CASE WHEN refunded_fen + $1 = total_fen THEN $2 ELSE closed_at END
		WHERE trade_no = $3 AND status = 'TRADE_SUCCESS' AND refunded_fen + $1 <= total_fen
		AND split_fen + ((total_fen - refunded_fen - $1) * fee_bp + 5000) / 10000 <= total_fen - refunded_fen - $1 RETURNING `+columns, amount, tx.Now(), no))
	if !errors.Is(err, ErrNotFound) {
		return t, err
	}
	t, err = Find(ctx, tx, no)
	switch {
	case err != nil:
		return t, err
	case t.Status == Finished:
		return t, ErrFinished
	case t.PaidAt == 0:
		return t, ErrStatus.With("it was not paid")
	}
	if t.Refunded+amount <= t.Total {
		return t, ErrRefundAmount.With("%s of it went to royalty receivers; take that back first", t.Split.Yuan())
	}
	return t, ErrRefundAmount.With("%s is left, not %s", (t.Total - t.Refunded).Yuan(), amount.Yuan())
}

// refund records the refund of a claimed trade and moves the money.
func refund(ctx context.Context, tx *db.Tx, t Trade, r RefundRequest) (Refunded, error) {
	before := t.Refunded - r.Amount
	done := t.refunded(r.OutRequestNo, r.Reason, before, r.Amount, tx.Now())
	feeBack := money.Fen(0)
	if t.Settlement != "" {
		feeBack = fee(t.Total-before, t.feeBP) - fee(t.Total-t.Refunded, t.feeBP)
	}
	n, err := tx.Exec(`INSERT INTO pay_refund (trade_no, out_request_no, merchant_id, amount_fen, reason, refunded_before, fee_back_fen, made_at)
		SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS TEXT), CAST($6 AS BIGINT), CAST($7 AS BIGINT), CAST($8 AS BIGINT)
		WHERE (SELECT COUNT(*) FROM pay_refund WHERE trade_no = $1) < $9
		ON CONFLICT (trade_no, out_request_no) DO NOTHING`, t.No, r.OutRequestNo, t.Merchant, r.Amount, r.Reason, before, feeBack, tx.Now(), MaxRefunds)
	if err != nil {
		return Refunded{}, err
	}
	if n == 0 {
		return Refunded{}, ErrStatus.With("it has %d refunds already", MaxRefunds)
	}
	lines, err := t.giveBack(ctx, tx, done, feeBack)
	if err != nil {
		return Refunded{}, err
	}
	if _, err := ledger.Post(ctx, tx, ledger.Entry{ID: ledger.EntryID("refund:" + string(t.No) + ":" + r.OutRequestNo), Kind: "refund",
		Title: clip(t.Subject), Ref: string(t.No), Lines: lines}); err != nil {
		if errors.Is(err, ledger.ErrBalance) {
			err = ErrSellerBalance
		}
		return Refunded{}, err
	}
	return done, announce(ctx, tx, "trade.refunded", t, r.OutRequestNo)
}

// giveBack is the ledger lines of a refund: to the tenders' accounts from the seller. Before settlement the seller's
// pending account pays, afterwards the settled one, with the fee's part given back.
func (t Trade) giveBack(ctx context.Context, tx *db.Tx, r Refunded, feeBack money.Fen) ([]ledger.Line, error) {
	lines := []ledger.Line{}
	add := func(account ledger.AccountID, amount money.Fen) {
		if amount != 0 {
			lines = append(lines, ledger.Line{Account: account, Unit: ledger.CNY, Amount: int64(amount)})
		}
	}
	for _, part := range r.Parts {
		add(part.Account, part.Amount)
	}
	if t.Settlement != "" {
		add(merchant.Merchant{ID: t.Merchant}.Settled(), -(r.Amount - feeBack))
		add(Fees, -feeBack)
		return lines, nil
	}
	from, err := t.purse(ctx, tx, r.Amount)
	add(from, -r.Amount)
	return lines, err
}

// gather sweeps a striped account until it has the amount itself, or its stripes are empty.
func gather(ctx context.Context, tx *db.Tx, account ledger.AccountID, stripes int, amount money.Fen) error {
	if stripes == 0 {
		return nil
	}
	for {
		own, err := ledger.Own(ctx, tx, account)
		if err != nil || own.Balance-own.Held >= int64(amount) {
			return err
		}
		if swept, err := ledger.Sweep(ctx, tx, account); swept == 0 || err != nil {
			return err
		}
	}
}

// refunded computes the parts of a refund of amount after before had been refunded.
func (t Trade) refunded(outRequestNo, reason string, before, amount money.Fen, at int64) Refunded {
	r := Refunded{Trade: t, OutRequestNo: outRequestNo, Amount: amount, Reason: reason, At: at}
	for i, part := range split(t.Tenders, before, amount) {
		if part == 0 {
			continue
		}
		tender := t.Tenders[i]
		tender.Amount = part
		r.Parts = append(r.Parts, tender)
		switch tender.Funder {
		case ByBuyer:
			r.Buyer += part
		case ByPlatform:
			r.Platform += part
		case ByMerchant:
			r.Merchant += part
		}
	}
	return r
}

// split says how much of each tender a refund of amount gives back, when before was refunded already: the tenders lie end to end, and the
// refund is the piece from before to before+amount. Any way of cutting a refund into parts therefore gives the same sums.
func split(tenders []Tender, before, amount money.Fen) []money.Fen {
	parts := make([]money.Fen, len(tenders))
	start := money.Fen(0)
	for i, tender := range tenders {
		from, to := max(before, start), min(before+amount, start+tender.Amount)
		parts[i] = max(0, to-from)
		start += tender.Amount
	}
	return parts
}

// FindRefund reads one refund of an app's trade. Error: ErrNotFound, for the trade and for the refund.
func FindRefund(ctx context.Context, tx *db.Tx, app merchant.AppID, no No, outTradeNo, outRequestNo string) (Refunded, error) {
	t, err := findOwn(tx, app, no, outTradeNo)
	if err != nil {
		return Refunded{}, err
	}
	var amount, before money.Fen
	var reason string
	var at int64
	err = tx.QueryRow(`SELECT amount_fen, refunded_before, reason, made_at FROM pay_refund WHERE trade_no = $1 AND out_request_no = $2`,
		t.No, outRequestNo).Scan(&amount, &before, &reason, &at)
	if errors.Is(err, db.ErrNoRows) {
		return Refunded{}, ErrNotFound.With("no refund %s", outRequestNo)
	}
	return t.refunded(outRequestNo, reason, before, amount, at), err
}

// Refunds lists the refunds of a trade, oldest first.
func Refunds(ctx context.Context, tx *db.Tx, t Trade) ([]Refunded, error) {
	rows, err := tx.Query(`SELECT out_request_no, amount_fen, refunded_before, reason, made_at FROM pay_refund
		WHERE trade_no = $1 ORDER BY refunded_before LIMIT $2`, t.No, MaxRefunds)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Refunded{}
	for rows.Next() {
		var amount, before money.Fen
		var key, reason string
		var at int64
		if err := rows.Scan(&key, &amount, &before, &reason, &at); err != nil {
			return nil, err
		}
		list = append(list, t.refunded(key, reason, before, amount, at))
	}
	return list, rows.Err()
}
