package pay

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/ledger"
	"souk/platform/merchant"
)

// Limits of royalty splits.
const (
	MaxReceivers  = 1000
	MaxSplitLines = 30
)

var (
	ErrReceiver      = fault.New(fault.Conflict, "ROYALTY_RECEIVER_INVALID", "this receiver is not bound to the app, or has no account")
	ErrSplitAmount   = fault.New(fault.Conflict, "ALLOC_AMOUNT_VALIDATE_ERROR", "the split is more than is left of the trade for its seller")
	ErrReceiversFull = fault.New(fault.TooMany, "RELATION_QUANTITY_LIMIT", "the app has bound too many receivers")
)

// Receiver is who may take a part of an app's trades: the ledger account of a person's wallet or of a merchant's own money.
type Receiver struct {
	Account ledger.AccountID
	Name    string
	Memo    string
}

// Bind lets receivers take parts; binding again changes the name. Errors: ErrReceiver for an account that does not exist, ErrReceiversFull.
func Bind(ctx context.Context, tx *db.Tx, app merchant.AppID, receivers []Receiver) error {
	for _, r := range receivers {
		if _, err := ledger.Own(ctx, tx, r.Account); err != nil {
			return ErrReceiver.With("%s", r.Account)
		}
		if len(r.Name) > 128 || len(r.Memo) > 256 {
			return ErrInvalid.With("a receiver's name or memo is too long")
		}
		if _, err := tx.Exec(`INSERT INTO pay_receiver (app_id, receiver, name, memo, bound_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (app_id, receiver) DO UPDATE SET name = excluded.name, memo = excluded.memo`, app, r.Account, r.Name, r.Memo, tx.Now()); err != nil {
			return err
		}
	}
	var n int64
	if err := tx.QueryRow(`SELECT COUNT(*) FROM pay_receiver WHERE app_id = $1`, app).Scan(&n); err != nil {
		return err
	}
	if n > MaxReceivers {
		return ErrReceiversFull
	}
	return nil
}

// Unbind takes the right away again.
func Unbind(ctx context.Context, tx *db.Tx, app merchant.AppID, receivers []Receiver) error {
	for _, r := range receivers {
		if _, err := tx.Exec(`DELETE FROM pay_receiver WHERE app_id = $1 AND receiver = $2`, app, r.Account); err != nil {
			return err
		}
	}
	return nil
}

// Receivers lists who is bound, at most MaxReceivers, in the order of their accounts.
func Receivers(ctx context.Context, tx *db.Tx, app merchant.AppID) ([]Receiver, error) {
	rows, err := tx.Query(`SELECT receiver, name, memo FROM pay_receiver WHERE app_id = $1 ORDER BY receiver LIMIT $2`, app, MaxReceivers)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Receiver{}
	for rows.Next() {
		var r Receiver
		if err := rows.Scan(&r.Account, &r.Name, &r.Memo); err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// SplitLine gives a receiver its part. Returned is what of it came back by refunds.
type SplitLine struct {
	Receiver ledger.AccountID
	Amount   money.Fen
	Returned money.Fen
	Memo     string
}

// SplitRequest divides a paid trade's money. OutRequestNo is its key within the trade; Finish lets the rest be settled.
type SplitRequest struct {
	App          merchant.AppID
	No           No
	OutRequestNo string
	Lines        []SplitLine
	Finish       bool
}

// Split is a division that was made.
type Split struct {
	SettleNo     string
	Trade        No
	OutRequestNo string
	Lines        []SplitLine
	At           int64
	Repeated     bool
}

func (r SplitRequest) check() (money.Fen, error) {
	if !outRequestNo.MatchString(r.OutRequestNo) || len(r.Lines) > MaxSplitLines || len(r.Lines) == 0 && !r.Finish {
		return 0, ErrInvalid.With("a split has a number and 1 to %d lines", MaxSplitLines)
	}
	var sum money.Fen
	seen := map[ledger.AccountID]bool{}
	for _, l := range r.Lines {
		if l.Amount <= 0 || l.Amount > money.Max || seen[l.Receiver] || len(l.Memo) > 256 {
			return 0, ErrInvalid.With("each receiver is named once, with an amount")
		}
		seen[l.Receiver] = true
		sum += l.Amount
	}
	return sum, nil
}

// MakeSplit moves parts of a paid trade's money from its seller to bound receivers, once for each OutRequestNo.
// Errors: ErrNotFound, ErrInvalid, ErrStatus, ErrReceiver, ErrSplitAmount, ErrRefundKey for a number used with other content.
func MakeSplit(ctx context.Context, tx *db.Tx, r SplitRequest) (Split, error) {
	sum, err := r.check()
	if err != nil {
		return Split{}, err
	}
	t, err := findOwn(tx, r.App, r.No, "")
	if err != nil {
		return Split{}, err
	}
	content, err := json.Marshal([]any{r.Lines, r.Finish})
	if err != nil {
		return Split{}, err
	}
	digest := sha256.Sum256(content)
	s := Split{SettleNo: string(newNo(tx.Now())), Trade: t.No, OutRequestNo: r.OutRequestNo, Lines: r.Lines, At: tx.Now()}
	n, err := tx.Exec(`INSERT INTO pay_split (trade_no, out_request_no, settle_no, digest, made_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (trade_no, out_request_no) DO NOTHING`, t.No, r.OutRequestNo, s.SettleNo, digest[:], tx.Now())
	if err != nil {
		return s, err
	}
	if n == 0 {
		return sameSplit(ctx, tx, t, r.OutRequestNo, digest[:])
	}
	return s, s.carryOut(ctx, tx, t, sum, r.Finish)
}

func (s Split) carryOut(ctx context.Context, tx *db.Tx, t Trade, sum money.Fen, finish bool) error {
	n, err := tx.Exec(`UPDATE pay_trade SET split_fen = split_fen + $1, frozen = frozen AND NOT $2 WHERE trade_no = $3 AND status = 'TRADE_SUCCESS'
		AND split_fen + $1 <= total_fen - refunded_fen - (total_fen * fee_bp + 5000) / 10000`, sum, finish, t.No)
	if err != nil {
		return err
	}
	if n == 0 && t.Status != Success {
		return ErrStatus.With("only a paid trade is split")
	}
	if n == 0 {
		return ErrSplitAmount
	}
	for i, l := range s.Lines {
		if err := bound(tx, t.App, l.Receiver); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO pay_split_line (settle_no, line, trade_no, receiver, amount_fen, memo) VALUES ($1, $2, $3, $4, $5, $6)`,
			s.SettleNo, i, t.No, l.Receiver, l.Amount, l.Memo); err != nil {
			return err
		}
	}
	if sum == 0 {
		return nil
	}
	from, err := t.purse(ctx, tx, sum)
	if err != nil {
		return err
	}
	e := ledger.Entry{ID: ledger.EntryID("split:" + s.SettleNo), Kind: "royalty", Title: clip(t.Subject), Ref: string(t.No),
		Lines: []ledger.Line{{Account: from, Unit: ledger.CNY, Amount: -int64(sum)}}}
	for _, l := range s.Lines {
		e.Lines = append(e.Lines, ledger.Line{Account: l.Receiver, Unit: ledger.CNY, Amount: int64(l.Amount)})
	}
	_, err = ledger.Post(ctx, tx, e)
	if errors.Is(err, ledger.ErrBalance) {
		return ErrSellerBalance
	}
	return err
}

// purse is the seller's account that this trade's money is in, gathered until it has the amount.
func (t Trade) purse(ctx context.Context, tx *db.Tx, amount money.Fen) (ledger.AccountID, error) {
	if t.Settlement != "" {
		return merchant.Merchant{ID: t.Merchant}.Settled(), nil
	}
	return t.seller, gather(ctx, tx, t.seller, t.stripes, amount)
}

func bound(tx *db.Tx, app merchant.AppID, receiver ledger.AccountID) error {
	var n int64
	if err := tx.QueryRow(`SELECT COUNT(*) FROM pay_receiver WHERE app_id = $1 AND receiver = $2`, app, receiver).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		return ErrReceiver.With("%s", receiver)
	}
	return nil
}

func sameSplit(ctx context.Context, tx *db.Tx, t Trade, outRequestNo string, digest []byte) (Split, error) {
	var was []byte
	if err := tx.QueryRow(`SELECT digest FROM pay_split WHERE trade_no = $1 AND out_request_no = $2`, t.No, outRequestNo).Scan(&was); err != nil {
		return Split{}, err
	}
	if string(was) != string(digest) {
		return Split{}, ErrRefundKey.With("%s", outRequestNo)
	}
	s, err := FindSplit(ctx, tx, t.App, t.No, outRequestNo, "")
	s.Repeated = true
	return s, err
}

// FindSplit reads a division of an app's trade by out_request_no, or by settle_no alone. Error: ErrNotFound.
func FindSplit(ctx context.Context, tx *db.Tx, app merchant.AppID, no No, outRequestNo, settleNo string) (Split, error) {
	s := Split{}
	row := tx.QueryRow(`SELECT trade_no, out_request_no, settle_no, made_at FROM pay_split WHERE trade_no = $1 AND out_request_no = $2`, no, outRequestNo)
	if settleNo != "" {
		row = tx.QueryRow(`SELECT trade_no, out_request_no, settle_no, made_at FROM pay_split WHERE settle_no = $1`, settleNo)
	}
	if err := row.Scan(&s.Trade, &s.OutRequestNo, &s.SettleNo, &s.At); err != nil {
		if errors.Is(err, db.ErrNoRows) {
			return s, ErrNotFound
		}
		return s, err
	}
	if _, err := findOwn(tx, app, s.Trade, ""); err != nil {
		return Split{}, err
	}
	rows, err := tx.Query(`SELECT receiver, amount_fen, returned_fen, memo FROM pay_split_line WHERE settle_no = $1 ORDER BY line`, s.SettleNo)
	if err != nil {
		return s, err
	}
	defer rows.Close()
	for rows.Next() {
		var l SplitLine
		if err := rows.Scan(&l.Receiver, &l.Amount, &l.Returned, &l.Memo); err != nil {
			return s, err
		}
		s.Lines = append(s.Lines, l)
	}
	return s, rows.Err()
}

// takeBack returns part of what receivers got to the seller, before a refund of the same trade. Errors: ErrReceiver, ErrSplitAmount, ErrSellerBalance
// when a receiver no longer has it.
func takeBack(ctx context.Context, tx *db.Tx, t Trade, outRequestNo string, back []SplitLine) error {
	if len(back) == 0 {
		return nil
	}
	var sum money.Fen
	e := ledger.Entry{ID: ledger.EntryID("unsplit:" + string(t.No) + ":" + outRequestNo), Kind: "royalty", Title: clip(t.Subject), Ref: string(t.No)}
	for _, l := range back {
		if err := countReturned(tx, t.No, l); err != nil {
			return err
		}
		sum += l.Amount
		e.Lines = append(e.Lines, ledger.Line{Account: l.Receiver, Unit: ledger.CNY, Amount: -int64(l.Amount)})
	}
	n, err := tx.Exec(`UPDATE pay_trade SET split_fen = split_fen - $1 WHERE trade_no = $2 AND split_fen >= $1`, sum, t.No)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrSplitAmount
	}
	to := t.seller
	if t.Settlement != "" {
		to = merchant.Merchant{ID: t.Merchant}.Settled()
	}
	e.Lines = append(e.Lines, ledger.Line{Account: to, Unit: ledger.CNY, Amount: int64(sum)})
	_, err = ledger.Post(ctx, tx, e)
	if errors.Is(err, ledger.ErrBalance) {
		return ErrSellerBalance.With("%s no longer has its part", "a receiver")
	}
	return err
}

// countReturned takes the amount from the receiver's lines of this trade, oldest first.
func countReturned(tx *db.Tx, no No, back SplitLine) error {
	if back.Amount <= 0 {
		return ErrSplitAmount
	}
	left := back.Amount
	for left > 0 {
		var settleNo string
		var line int64
		var rest money.Fen
		err := tx.QueryRow(`SELECT settle_no, line, amount_fen - returned_fen FROM pay_split_line
			WHERE trade_no = $1 AND receiver = $2 AND returned_fen < amount_fen ORDER BY settle_no, line LIMIT 1`, no, back.Receiver).Scan(&settleNo, &line, &rest)
		if errors.Is(err, db.ErrNoRows) {
			return ErrSplitAmount.With("%s did not get that much of this trade", back.Receiver)
		}
		if err != nil {
			return err
		}
		part := min(left, rest)
		if _, err := tx.Exec(`UPDATE pay_split_line SET returned_fen = returned_fen + $1 WHERE settle_no = $2 AND line = $3`, part, settleNo, line); err != nil {
			return err
		}
		left -= part
	}
	return nil
}
