package pay

import (
	"context"
	"errors"
	"unicode/utf8"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/ledger"
	"souk/platform/merchant"
)

var (
	ErrPayer         = fault.New(fault.Conflict, "PAYER_BALANCE_NOT_ENOUGH", "the merchant's own money is not enough for this transfer")
	ErrTransferKey   = fault.New(fault.Conflict, "PAYMENT_INFO_INCONSISTENCY", "this out_biz_no was used with other content")
	ErrTransferFound = fault.New(fault.NotFound, "ORDER_NOT_EXIST", "no such transfer")
)

// Transfer is a merchant's payment out of its own (settled) money to a person's wallet or another merchant.
type Transfer struct {
	App      merchant.AppID
	OutBizNo string // its key within the app
	OrderID  string // Souk's number; set by Send
	Payee    ledger.AccountID
	Amount   money.Fen
	Title    string
	Remark   string
	At       int64
	From     No // "": out of the merchant's own money; else out of this paid, frozen trade of the app
}

// Send makes a transfer, once for each OutBizNo; repeated is true for one that was made before. Errors: ErrInvalid, ErrTransferKey, ErrPayer,
// ledger.ErrAccountNotFound for the payee, merchant.ErrAppNotFound; with From those of MakeSplit.
func Send(ctx context.Context, tx *db.Tx, tr Transfer) (made Transfer, repeated bool, err error) {
	if !outNo.MatchString(tr.OutBizNo) || tr.Amount <= 0 || tr.Amount > money.Max || utf8.RuneCountInString(tr.Title) > 128 || utf8.RuneCountInString(tr.Remark) > 200 {
		return tr, false, ErrInvalid.With("a transfer has an out_biz_no, an amount and a short title")
	}
	app, err := merchant.FindApp(ctx, tx, tr.App)
	if err != nil {
		return tr, false, err
	}
	tr.OrderID, tr.At = string(newNo(tx.Now())), tx.Now()
	n, err := tx.Exec(`INSERT INTO pay_transfer (app_id, out_biz_no, order_id, payee, amount_fen, title, remark, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (app_id, out_biz_no) DO NOTHING`,
		tr.App, tr.OutBizNo, tr.OrderID, tr.Payee, tr.Amount, tr.Title, tr.Remark, tr.At)
	if err != nil {
		return tr, false, err
	}
	if n == 0 {
		was, err := FindTransfer(ctx, tx, tr.App, tr.OutBizNo, "")
		if err == nil && (was.Payee != tr.Payee || was.Amount != tr.Amount) {
			err = ErrTransferKey.With("%s", tr.OutBizNo)
		}
		return was, true, err
	}
	if tr.From != "" {
		return tr, false, passOn(ctx, tx, tr)
	}
	_, err = ledger.Post(ctx, tx, ledger.Entry{ID: ledger.EntryID("send:" + tr.OrderID), Kind: "transfer", Title: clip(tr.Title), Ref: tr.OrderID, Lines: []ledger.Line{
		{Account: app.Merchant.Settled(), Unit: ledger.CNY, Amount: -int64(tr.Amount)}, {Account: tr.Payee, Unit: ledger.CNY, Amount: int64(tr.Amount)}}})
	if errors.Is(err, ledger.ErrBalance) {
		err = ErrPayer
	}
	return tr, false, err
}

// passOn hands part of a frozen trade's money to the payee as a split of the trade, for which no receiver needs to be bound: whoever paid a red
// packet meant it to go on.
func passOn(ctx context.Context, tx *db.Tx, tr Transfer) error {
	t, err := findOwn(tx, tr.App, tr.From, "")
	if err == nil && (!t.Frozen || t.Product != RedPacket) {
		err = ErrStatus.With("only a red packet's money is passed on")
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO pay_receiver (app_id, receiver, name, memo, bound_at) VALUES ($1, $2, '', '', $3) ON CONFLICT (app_id, receiver) DO NOTHING`,
		tr.App, tr.Payee, packetBound); err != nil {
		return err
	}
	if _, err := MakeSplit(ctx, tx, SplitRequest{App: tr.App, No: tr.From, OutRequestNo: tr.OutBizNo, Lines: []SplitLine{{Receiver: tr.Payee, Amount: tr.Amount, Memo: tr.Title}}}); err != nil {
		return err
	}
	_, err = tx.Exec(`DELETE FROM pay_receiver WHERE app_id = $1 AND receiver = $2 AND bound_at = $3`, tr.App, tr.Payee, packetBound)
	return err
}

// RedPacket is the product of trades whose money is passed on by Send, or goes back to its payer.
const RedPacket = "STD_RED_PACKET"

// packetBound marks a receiver that is bound for one statement only: no real binding is that old.
const packetBound = 1

// FindTransfer reads an app's transfer by out_biz_no, or by order id when that is "". Error: ErrTransferFound (there is none).
func FindTransfer(ctx context.Context, tx *db.Tx, app merchant.AppID, outBizNo, orderID string) (Transfer, error) {
	t := Transfer{App: app}
	err := tx.QueryRow(`SELECT out_biz_no, order_id, payee, amount_fen, title, remark, made_at FROM pay_transfer
		WHERE app_id = $1 AND (out_biz_no = $2 OR CAST($2 AS TEXT) = '' AND order_id = $3)`, app, outBizNo, orderID).
		Scan(&t.OutBizNo, &t.OrderID, &t.Payee, &t.Amount, &t.Title, &t.Remark, &t.At)
	if errors.Is(err, db.ErrNoRows) {
		return t, ErrTransferFound
	}
	return t, err
}
