// Package hold is authorisations: a person agrees that an amount of the wallet is reserved for a merchant, who later takes payment out of
// it, in one or several parts, and gives the rest back.
//
// An authorisation moves INIT → AUTHORIZED → FINISH, or INIT → CLOSED. What is reserved is always exactly one ledger hold (number Part); taking or
// giving back a part ends that hold and places the next for the rest, in one transaction. Operations have keys (out_request_no) and
// happen once. Paying a trade out of it is platform/pay's, which calls Take. Start reading at Auth, then Freeze.
package hold

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"time"
	"unicode/utf8"

	"souk/kit/db"
	"souk/kit/event"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/wallet"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the room's tables.
var Schema = db.Schema{Room: "hold", Files: files}

// Refusals carry the open API's own codes.
var (
	ErrNotFound     = fault.New(fault.NotFound, "AUTH_ORDER_NOT_EXIST", "no such authorisation")
	ErrOperation    = fault.New(fault.NotFound, "AUTH_OPERATION_NOT_EXIST", "no such operation of this authorisation")
	ErrInvalid      = fault.New(fault.Invalid, "ILLEGAL_ARGUMENT", "this authorisation is not well formed")
	ErrInconsistent = fault.New(fault.Conflict, "UNIQUE_VIOLATION", "this number was used with other content")
	ErrFrozen       = fault.New(fault.Conflict, "FREEZE_ALREADY_SUCCESS", "this authorisation was agreed to already")
	ErrFinished     = fault.New(fault.Conflict, "ORDER_ALREADY_FINISH", "this authorisation has ended")
	ErrClosed       = fault.New(fault.Conflict, "ORDER_ALREADY_CLOSED", "this authorisation was closed")
	ErrStatus       = fault.New(fault.Conflict, "ILLEGAL_STATUS", "the authorisation's state does not allow this")
	ErrPayer        = fault.New(fault.Forbidden, "PAYER_NOT_MATCH", "this authorisation is for another person")
	ErrAmount       = fault.New(fault.Conflict, "REQUEST_AMOUNT_EXCEED", "this is more than is left of the authorisation")
	ErrMoney        = fault.New(fault.Conflict, "MONEY_NOT_ENOUGH", "the balance is not enough for this authorisation")
)

// Lifetimes, ms.
const (
	QuestionMillis    = 15 * 60 * 1000
	ReservationMillis = 365 * 24 * 60 * 60 * 1000
)

// No is Souk's number of an authorisation.
type No string

// Status is where an authorisation stands.
type Status string

const (
	Init       Status = "INIT"
	Authorized Status = "AUTHORIZED"
	Finished   Status = "FINISH"
	Closed     Status = "CLOSED"
)

// Auth is one authorisation.
type Auth struct {
	No         No
	App        merchant.AppID
	Merchant   merchant.ID
	OutOrderNo string
	Title      string
	Product    string
	NotifyURL  string
	Payer      identity.PersonID
	Status     Status
	Total      money.Fen
	Paid       money.Fen
	Unfrozen   money.Fen
	MadeAt     int64
	ExpiresAt  int64
	EndedAt    int64
	part       int64
}

// Rest is what is still reserved.
func (a Auth) Rest() money.Fen {
	if a.Status != Authorized {
		return 0
	}
	return a.Total - a.Paid - a.Unfrozen
}

// Operation is one step: FREEZE, UNFREEZE or PAY.
type Operation struct {
	ID           string
	Auth         Auth
	OutRequestNo string
	Kind         string
	Status       string // INIT, SUCCESS, CLOSED
	Amount       money.Fen
	Remark       string
	At           int64
	Repeated     bool // it had been done before
}

const columns = `auth_no, app_id, merchant_id, out_order_no, title, product, notify_url, COALESCE(payer_id, ''), status, total_fen,
	paid_fen, unfrozen_fen, part, made_at, expires_at, COALESCE(ended_at, 0)`

func one(row db.Scanner) (Auth, error) {
	var a Auth
	err := row.Scan(&a.No, &a.App, &a.Merchant, &a.OutOrderNo, &a.Title, &a.Product, &a.NotifyURL, &a.Payer, &a.Status, &a.Total,
		&a.Paid, &a.Unfrozen, &a.part, &a.MadeAt, &a.ExpiresAt, &a.EndedAt)
	if errors.Is(err, db.ErrNoRows) {
		return a, ErrNotFound
	}
	return a, err
}

// Find reads an authorisation. Error: ErrNotFound.
func Find(ctx context.Context, tx *db.Tx, no No) (Auth, error) {
	return one(tx.QueryRow(`SELECT `+columns+` FROM hold_auth WHERE auth_no = $1`, no))
}

// FindOut reads an app's authorisation by Souk's number, or, when that is "", by the merchant's. Error: ErrNotFound.
func FindOut(ctx context.Context, tx *db.Tx, app merchant.AppID, no No, outOrderNo string) (Auth, error) {
	if no != "" {
		return one(tx.QueryRow(`SELECT `+columns+` FROM hold_auth WHERE auth_no = $1 AND app_id = $2`, no, app))
	}
	return one(tx.QueryRow(`SELECT `+columns+` FROM hold_auth WHERE app_id = $1 AND out_order_no = $2`, app, outOrderNo))
}

// Request is what a merchant asks to have reserved.
type Request struct {
	App          merchant.AppID
	OutOrderNo   string
	OutRequestNo string
	Title        string
	Product      string
	NotifyURL    string
	Amount       money.Fen
	Payer        identity.PersonID // who alone may agree; "" is anybody
	ExpiresAt    int64             // of the question, ms; 0 is QuestionMillis from now
}

var key = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// Ask makes an authorisation to agree to, or answers the one that the same request made. Errors: ErrInvalid, ErrInconsistent, merchant.ErrAppNotFound.
func Ask(ctx context.Context, tx *db.Tx, r Request) (a Auth, repeated bool, err error) {
	if r.ExpiresAt == 0 {
		r.ExpiresAt = tx.Now() + QuestionMillis
	}
	bad := !key.MatchString(r.OutOrderNo) || !key.MatchString(r.OutRequestNo) || r.Amount <= 0 || r.Amount > money.Max || r.ExpiresAt <= tx.Now()
	if bad || r.Title == "" || utf8.RuneCountInString(r.Title) > 100 || len(r.Product) > 64 || len(r.NotifyURL) > 512 {
		return a, false, ErrInvalid.With("it needs out_order_no, out_request_no, a title and an amount")
	}
	app, err := merchant.FindApp(ctx, tx, r.App)
	if err != nil {
		return a, false, err
	}
	a = Auth{No: No(number(tx.Now())), App: r.App, Merchant: app.Merchant.ID, OutOrderNo: r.OutOrderNo, Title: r.Title, Product: r.Product,
		NotifyURL: r.NotifyURL, Payer: r.Payer, Status: Init, Total: r.Amount, MadeAt: tx.Now(), ExpiresAt: r.ExpiresAt}
	var payer *string
	if r.Payer != "" {
		payer = (*string)(&r.Payer)
	}
	n, err := tx.Exec(`INSERT INTO hold_auth (auth_no, app_id, merchant_id, out_order_no, title, product, notify_url, payer_id, status, total_fen, made_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'INIT', $9, $10, $11) ON CONFLICT (app_id, out_order_no) DO NOTHING`,
		a.No, a.App, a.Merchant, a.OutOrderNo, a.Title, a.Product, a.NotifyURL, payer, a.Total, a.MadeAt, a.ExpiresAt)
	if err != nil {
		return a, false, err
	}
	if n == 1 {
		_, _, err := operate(ctx, tx, a, r.OutRequestNo, "FREEZE", "INIT", r.Amount, "")
		return a, false, err
	}
	a, err = FindOut(ctx, tx, r.App, "", r.OutOrderNo)
	if err == nil && (a.Total != r.Amount || a.Title != r.Title || r.Payer != "" && a.Payer != r.Payer) {
		err = ErrInconsistent.With("%s", r.OutOrderNo)
	}
	return a, true, err
}

// operate records a step; fresh is false when the same step was recorded before. Error: ErrInconsistent.
func operate(ctx context.Context, tx *db.Tx, a Auth, outRequestNo, kind, status string, amount money.Fen, remark string) (op Operation, fresh bool, err error) {
	if !key.MatchString(outRequestNo) || amount <= 0 || amount > money.Max || utf8.RuneCountInString(remark) > 100 {
		return op, false, ErrInvalid.With("out_request_no, amount or remark")
	}
	op = Operation{ID: number(tx.Now()), Auth: a, OutRequestNo: outRequestNo, Kind: kind, Status: status, Amount: amount, Remark: remark, At: tx.Now()}
	n, err := tx.Exec(`INSERT INTO hold_operation (auth_no, out_request_no, id, kind, status, amount_fen, remark, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (auth_no, out_request_no) DO NOTHING`, a.No, outRequestNo, op.ID, kind, status, amount, remark, tx.Now())
	if err != nil || n == 1 {
		return op, true, err
	}
	was, err := FindOperation(ctx, tx, a, outRequestNo, "")
	if err == nil && (was.Kind != kind || was.Amount != amount) {
		err = ErrInconsistent.With("%s", outRequestNo)
	}
	was.Repeated = true
	return was, false, err
}

// FindOperation reads a step of an authorisation by its key, or by Souk's id when the key is "". Error: ErrOperation.
func FindOperation(ctx context.Context, tx *db.Tx, a Auth, outRequestNo, id string) (Operation, error) {
	op := Operation{Auth: a}
	err := tx.QueryRow(`SELECT id, out_request_no, kind, status, amount_fen, remark, made_at FROM hold_operation
		WHERE auth_no = $1 AND (out_request_no = $2 OR CAST($2 AS TEXT) = '' AND id = $3)`, a.No, outRequestNo, id).
		Scan(&op.ID, &op.OutRequestNo, &op.Kind, &op.Status, &op.Amount, &op.Remark, &op.At)
	if errors.Is(err, db.ErrNoRows) {
		return op, ErrOperation
	}
	return op, err
}

// Freeze is the payer's yes: the amount is reserved in the wallet. The same payer's second yes answers the same authorisation.
// Errors: ErrNotFound, ErrPayer, ErrClosed, ErrFinished, ErrMoney.
func Freeze(ctx context.Context, tx *db.Tx, no No, payer identity.PersonID) (a Auth, repeated bool, err error) {
	a, err = one(tx.QueryRow(`UPDATE hold_auth SET status = 'AUTHORIZED', payer_id = $1, part = 1, expires_at = $2
		WHERE auth_no = $3 AND CASE status WHEN 'INIT' THEN expires_at END > $4 AND (payer_id IS NULL OR payer_id = $1) RETURNING `+columns,
		payer, tx.Now()+ReservationMillis, no, tx.Now()))
	if errors.Is(err, ErrNotFound) {
		return notFrozen(ctx, tx, no, payer)
	}
	if err != nil {
		return a, false, err
	}
	if _, err := tx.Exec(`UPDATE hold_operation SET status = 'SUCCESS' WHERE auth_no = $1 AND kind = 'FREEZE'`, no); err != nil {
		return a, false, err
	}
	if err := a.reserve(ctx, tx); err != nil {
		return a, false, err
	}
	return a, false, announce(ctx, tx, "auth.frozen", a, "")
}

func notFrozen(ctx context.Context, tx *db.Tx, no No, payer identity.PersonID) (Auth, bool, error) {
	a, err := Find(ctx, tx, no)
	switch {
	case err != nil:
		return a, false, err
	case a.Payer != "" && a.Payer != payer:
		return Auth{}, false, ErrPayer
	case a.Status == Authorized:
		return a, true, nil
	case a.Status == Finished:
		return a, false, ErrFinished
	}
	return a, false, ErrClosed
}

func (a Auth) holdID() ledger.HoldID { return ledger.HoldID(fmt.Sprintf("auth:%s:%d", a.No, a.part)) }

// reserve places the ledger hold of the current part for what is left.
func (a Auth) reserve(ctx context.Context, tx *db.Tx) error {
	_, err := ledger.Place(ctx, tx, ledger.Hold{ID: a.holdID(), Account: wallet.Account(a.Payer), Unit: ledger.CNY, Amount: int64(a.Rest()), ExpiresAt: a.ExpiresAt})
	if errors.Is(err, ledger.ErrBalance) || errors.Is(err, ledger.ErrDayLimit) {
		return ErrMoney
	}
	return err
}

// Unfreeze gives part of the reservation back to the payer, once for each outRequestNo. Errors: ErrNotFound, ErrInvalid, ErrInconsistent, ErrStatus, ErrAmount.
func Unfreeze(ctx context.Context, tx *db.Tx, app merchant.AppID, no No, outRequestNo string, amount money.Fen, remark string) (Operation, error) {
	a, err := FindOut(ctx, tx, app, no, "")
	if err != nil {
		return Operation{}, err
	}
	op, fresh, err := operate(ctx, tx, a, outRequestNo, "UNFREEZE", "SUCCESS", amount, remark)
	if err != nil || !fresh {
		return op, err
	}
	before, after, err := a.claim(ctx, tx, 0, amount, false)
	if err != nil {
		return op, err
	}
	if _, err := ledger.Void(ctx, tx, before.holdID()); err != nil {
		return op, err
	}
	op.Auth = after
	return op, after.afterPart(ctx, tx, "auth.unfrozen", outRequestNo)
}

// claim counts paid and unfrozen of an authorised rest, moves on to the next part and ends the authorisation when nothing is left or complete is true.
func (a Auth) claim(ctx context.Context, tx *db.Tx, paid, unfrozen money.Fen, complete bool) (before, after Auth, err error) {
	after, err = one(tx.QueryRow(`UPDATE hold_auth SET paid_fen = paid_fen + $1, unfrozen_fen = CASE WHEN $3 THEN total_fen - paid_fen - $1 ELSE unfrozen_fen + $2 END,
		part = part + 1, status = CASE WHEN $3 OR paid_fen + unfrozen_fen + $1 + $2 = total_fen THEN 'FINISH' ELSE status END,
		ended_at = CASE WHEN $3 OR paid_fen + unfrozen_fen + $1 + $2 = total_fen THEN CAST($4 AS BIGINT) END
		WHERE auth_no = $5 AND CASE status WHEN 'AUTHORIZED' THEN expires_at END > $4 AND paid_fen + unfrozen_fen + $1 + $2 <= total_fen RETURNING `+columns,
		paid, unfrozen, complete, tx.Now(), a.No))
	if errors.Is(err, ErrNotFound) {
		return a, a, a.whyNot(ctx, tx)
	}
	before = after
	before.part--
	return before, after, err
}

func (a Auth) whyNot(ctx context.Context, tx *db.Tx) error {
	now, err := Find(ctx, tx, a.No)
	switch {
	case err != nil:
		return err
	case now.Status == Finished:
		return ErrFinished
	case now.Status == Closed:
		return ErrClosed
	case now.Status == Init:
		return ErrStatus.With("the payer has not agreed yet")
	}
	return ErrAmount.With("%s is left", now.Rest().Yuan())
}

// afterPart reserves the rest again, if there is one, and announces.
func (a Auth) afterPart(ctx context.Context, tx *db.Tx, what, outRequestNo string) error {
	if a.Rest() > 0 {
		if err := a.reserve(ctx, tx); err != nil {
			return err
		}
	}
	return announce(ctx, tx, what, a, outRequestNo)
}

// Take pays out of the reservation by posting e, which takes amount from the payer's wallet; complete gives the rest back at once.
// outRequestNo is the key; for the same key again nothing happens and Repeated is true. Errors as Unfreeze's, and those of ledger.Capture.
func Take(ctx context.Context, tx *db.Tx, app merchant.AppID, no No, outRequestNo string, amount money.Fen, complete bool, e ledger.Entry) (Operation, error) {
	a, err := FindOut(ctx, tx, app, no, "")
	if err != nil {
		return Operation{}, err
	}
	op, fresh, err := operate(ctx, tx, a, outRequestNo, "PAY", "SUCCESS", amount, "")
	if err != nil || !fresh {
		return op, err
	}
	before, after, err := a.claim(ctx, tx, amount, 0, complete)
	if err != nil {
		return op, err
	}
	if _, err := ledger.Capture(ctx, tx, before.holdID(), e); err != nil {
		return op, err
	}
	op.Auth = after
	return op, after.afterPart(ctx, tx, "auth.paid", outRequestNo)
}

// Cancel closes an authorisation that was not agreed to yet, and gives everything back of one from which nothing was taken.
// action is "close", "unfreeze", or "" when it had ended. Errors: ErrNotFound, ErrStatus when something was taken.
func Cancel(ctx context.Context, tx *db.Tx, app merchant.AppID, no No, outOrderNo string) (a Auth, action string, err error) {
	a, err = FindOut(ctx, tx, app, no, outOrderNo)
	if err != nil {
		return a, "", err
	}
	closed, err := one(tx.QueryRow(`UPDATE hold_auth SET status = 'CLOSED', ended_at = $1 WHERE auth_no = $2 AND CASE status WHEN 'INIT' THEN true END RETURNING `+columns, tx.Now(), a.No))
	if err == nil {
		return closed, "close", closeFreeze(ctx, tx, closed)
	}
	if !errors.Is(err, ErrNotFound) {
		return a, "", err
	}
	a, err = Find(ctx, tx, a.No)
	if err != nil || a.Status != Authorized {
		return a, "", err
	}
	if a.Paid > 0 {
		return a, "", ErrStatus.With("payment was taken out of it")
	}
	op, err := Unfreeze(ctx, tx, app, a.No, "cancel-"+string(a.No), a.Rest(), "cancelled")
	return op.Auth, "unfreeze", err
}

func closeFreeze(ctx context.Context, tx *db.Tx, a Auth) error {
	if _, err := tx.Exec(`UPDATE hold_operation SET status = 'CLOSED' WHERE auth_no = $1 AND kind = 'FREEZE'`, a.No); err != nil {
		return err
	}
	return announce(ctx, tx, "auth.closed", a, "")
}

// Expire ends up to limit authorisations whose time is over: questions nobody answered are closed, reservations are given back. A job calls it.
func Expire(ctx context.Context, tx *db.Tx, limit int) (int, error) {
	rows, err := tx.Query(`SELECT `+columns+` FROM hold_auth WHERE status IN ('INIT', 'AUTHORIZED') AND expires_at <= $1 ORDER BY expires_at, auth_no LIMIT $2`, tx.Now(), limit)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	over := []No{}
	for rows.Next() {
		var a Auth
		if err := rows.Scan(&a.No, &a.App, &a.Merchant, &a.OutOrderNo, &a.Title, &a.Product, &a.NotifyURL, &a.Payer, &a.Status, &a.Total,
			&a.Paid, &a.Unfrozen, &a.part, &a.MadeAt, &a.ExpiresAt, &a.EndedAt); err != nil {
			return 0, err
		}
		over = append(over, a.No)
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	rows.Close()
	for _, no := range over {
		if err := expire(ctx, tx, no); err != nil {
			return 0, err
		}
	}
	return len(over), nil
}

func expire(ctx context.Context, tx *db.Tx, no No) error {
	was, err := Find(ctx, tx, no)
	if err != nil {
		return err
	}
	a, err := one(tx.QueryRow(`UPDATE hold_auth SET status = CASE WHEN status = 'INIT' THEN 'CLOSED' ELSE 'FINISH' END, ended_at = $1,
		unfrozen_fen = CASE WHEN status = 'AUTHORIZED' THEN total_fen - paid_fen ELSE unfrozen_fen END
		WHERE auth_no = $2 AND CASE WHEN status IN ('INIT', 'AUTHORIZED') THEN expires_at END <= $1 RETURNING `+columns, tx.Now(), no))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if was.Status == Init && a.Status == Closed {
		return closeFreeze(ctx, tx, a)
	}
	if _, err := ledger.Void(ctx, tx, a.holdID()); err != nil && !errors.Is(err, ledger.ErrHoldEnded) {
		return err // the ledger's own expiry may have been first
	}
	return announce(ctx, tx, "auth.finished", a, "")
}

// Event is what is appended when an authorisation moves: kind auth.frozen, auth.paid, auth.unfrozen, auth.closed or auth.finished.
type Event struct {
	AuthNo       No                `json:"authNo"`
	App          merchant.AppID    `json:"app"`
	OutOrderNo   string            `json:"outOrderNo"`
	Payer        identity.PersonID `json:"payer,omitempty"`
	Status       Status            `json:"status"`
	OutRequestNo string            `json:"outRequestNo,omitempty"`
	At           int64             `json:"at"`
}

func announce(ctx context.Context, tx *db.Tx, kind string, a Auth, outRequestNo string) error {
	return event.Append(ctx, tx, event.Event{Kind: kind, Key: string(a.No), Data: Event{
		AuthNo: a.No, App: a.App, OutOrderNo: a.OutOrderNo, Payer: a.Payer, Status: a.Status, OutRequestNo: outRequestNo, At: tx.Now()}})
}

// number is 17 digits of the time in China and 11 random ones.
func number(now int64) string {
	n, err := rand.Int(rand.Reader, big.NewInt(1e11))
	if err != nil {
		panic("hold: no randomness: " + err.Error())
	}
	t := time.UnixMilli(now).UTC().Add(8 * time.Hour)
	return fmt.Sprintf("%s%03d%011d", t.Format("20060102150405"), t.Nanosecond()/1e6, n)
}

// MaxOf bounds Of.
const MaxOf = 100

// Of lists the authorisations that a person agreed to, newest first, at most MaxOf.
func Of(_ context.Context, tx *db.Tx, payer identity.PersonID) ([]Auth, error) {
	rows, err := tx.Query(`SELECT `+columns+` FROM hold_auth WHERE payer_id = $1 AND status IN ('AUTHORIZED', 'FINISH') ORDER BY made_at DESC, auth_no DESC LIMIT $2`, string(payer), MaxOf)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Auth{}
	for rows.Next() {
		a, err := one(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}
