// Package pay is trades: created by a seller, confirmed once by a payer, closed, refunded in parts, settled to the merchant.
//
// A trade moves WAIT_BUYER_PAY → TRADE_SUCCESS → TRADE_FINISHED, or to TRADE_CLOSED (never paid, or wholly refunded), never back. Each
// step claims the trade with one conditional UPDATE, so of two taps that meet one pays and the other reads the receipt; the
// money moves in the same transaction through platform/ledger, under entry ids made of the trade's number. What happened is
// appended as an event for those who act later (notify, points, insight).
//
// A trade's key is the seller's own number, out_trade_no, unique in its app: repeated with the same content it answers the same
// trade. A refund's key is out_request_no, unique in its trade. This room checks no PIN (see identity.CheckPIN), knows no HTTP and
// calls nobody. Start reading at Trade, then Create (create.go), Confirm (confirm.go), Refund (refund.go).
package pay

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"time"

	"souk/kit/db"
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
var Schema = db.Schema{Room: "pay", Files: files}

// Refusals carry the open API's own code without its "ACQ." where it has one.
var (
	ErrNotFound      = fault.New(fault.NotFound, "TRADE_NOT_EXIST", "no such trade")
	ErrInvalid       = fault.New(fault.Invalid, "INVALID_PARAMETER", "this trade is not well formed")
	ErrInconsistent  = fault.New(fault.Conflict, "CONTEXT_INCONSISTENT", "this trade number was used with other content")
	ErrPaid          = fault.New(fault.Conflict, "TRADE_HAS_SUCCESS", "this trade is paid already")
	ErrClosed        = fault.New(fault.Conflict, "TRADE_HAS_CLOSE", "this trade is closed")
	ErrFinished      = fault.New(fault.Conflict, "TRADE_HAS_FINISHED", "this trade is finished; it can no longer be refunded")
	ErrStatus        = fault.New(fault.Conflict, "TRADE_STATUS_ERROR", "the trade's state does not allow this")
	ErrBuyer         = fault.New(fault.Forbidden, "TRADE_BUYER_NOT_MATCH", "this trade is for another person to pay")
	ErrBuyerBalance  = fault.New(fault.Conflict, "BUYER_BALANCE_NOT_ENOUGH", "the balance is not enough for this payment")
	ErrSellerBalance = fault.New(fault.Conflict, "SELLER_BALANCE_NOT_ENOUGH", "the seller's balance is not enough for this refund")
	ErrBuyerLimit    = fault.New(fault.TooMany, "BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR", "this is more than may be paid from the wallet in a day")
	ErrRefundAmount  = fault.New(fault.Conflict, "REASON_TRADE_REFUND_FEE_ERR", "the refund is more than is left of the trade")
	ErrRefundKey     = fault.New(fault.Conflict, "DISCORDANT_REPEAT_REQUEST", "this refund number was used with another amount")
)

// Status is where a trade stands.
type Status string

const (
	Waiting  Status = "WAIT_BUYER_PAY"
	Success  Status = "TRADE_SUCCESS"
	Finished Status = "TRADE_FINISHED"
	Closed   Status = "TRADE_CLOSED"
)

// No is Souk's number of a trade: 28 digits.
type No string

// Good is one line of what is bought, as the seller described it.
type Good struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	NameZh string    `json:"nameZh,omitempty"`
	Price  money.Fen `json:"priceFen"`
	Count  int64     `json:"count"`
	Image  string    `json:"image,omitempty"`
}

// Funder says whose money a tender is: that decides which of the three refund figures it counts in.
type Funder string

const (
	ByBuyer    Funder = "buyer"
	ByPlatform Funder = "platform"
	ByMerchant Funder = "merchant"
)

// Tender is one part of how a trade was paid, in the order in which it is refunded: own money first, vouchers last.
type Tender struct {
	Kind    string           `json:"kind"` // balance, voucher, hold, giftcard, …
	Account ledger.AccountID `json:"account"`
	Funder  Funder           `json:"funder"`
	Amount  money.Fen        `json:"amountFen"`
}

// Trade is one sale.
type Trade struct {
	No         No
	App        merchant.AppID
	OutTradeNo string
	Merchant   merchant.ID
	Product    string
	Subject    string
	Body       string
	Goods      []Good
	NotifyURL  string
	Passback   string
	Total      money.Fen
	Buyer      identity.PersonID // "" while anybody may pay
	Status     Status
	Tenders    []Tender // as paid
	Refunded   money.Fen
	MadeAt     int64
	ExpiresAt  int64
	OpenedAt   int64 // 0: the payer has not seen it yet
	PaidAt     int64
	ClosedAt   int64
	Settlement string
	Split      money.Fen // what royalty receivers have of it
	Frozen     bool      // not settled before a split says that it was the last

	seller  ledger.AccountID
	stripes int
	feeBP   int64
}

// PaidBy sums the tenders of one funder.
func (t Trade) PaidBy(f Funder) money.Fen {
	var sum money.Fen
	for _, tender := range t.Tenders {
		if tender.Funder == f {
			sum += tender.Amount
		}
	}
	return sum
}

const columns = `trade_no, app_id, out_trade_no, merchant_id, product, subject, body, goods, notify_url, passback, total_fen,
	COALESCE(buyer_id, ''), status, tenders, refunded_fen, made_at, expires_at, COALESCE(opened_at, 0), COALESCE(paid_at, 0),
	COALESCE(closed_at, 0), COALESCE(settlement, ''), split_fen, frozen, seller, stripes, fee_bp`

func scan(row db.Scanner) (Trade, error) {
	var t Trade
	var goods, tenders string
	var stripes int64
	err := row.Scan((*string)(&t.No), (*string)(&t.App), &t.OutTradeNo, (*string)(&t.Merchant), &t.Product, &t.Subject, &t.Body, &goods,
		&t.NotifyURL, &t.Passback, (*int64)(&t.Total), (*string)(&t.Buyer), (*string)(&t.Status), &tenders, (*int64)(&t.Refunded), &t.MadeAt,
		&t.ExpiresAt, &t.OpenedAt, &t.PaidAt, &t.ClosedAt, &t.Settlement, (*int64)(&t.Split), &t.Frozen, (*string)(&t.seller), &stripes, &t.feeBP)
	if err != nil {
		return t, err
	}
	t.stripes = int(stripes)
	if t.Goods, err = readGoods(goods); err != nil {
		return t, fmt.Errorf("goods of %s: %w", t.No, err)
	}
	if t.Tenders, err = readTenders(tenders, t.Buyer, t.Total); err != nil {
		return t, fmt.Errorf("tenders of %s: %w", t.No, err)
	}
	return t, nil
}

func readGoods(text string) (goods []Good, err error) {
	if text == "[]" { // what most trades of other people's servers have
		return []Good{}, nil
	}
	err = json.Unmarshal([]byte(text), &goods)
	return goods, err
}

// readTenders reads JSON; the common one, the whole from the buyer's wallet, is known by its looks, since it is read in every payment.
func readTenders(text string, buyer identity.PersonID, total money.Fen) (tenders []Tender, err error) {
	if text == "" {
		return nil, nil
	}
	head, tail := walletTender(buyer)
	if len(text) < 512 && text == head+strconv.FormatInt(int64(total), 10)+tail {
		return []Tender{{Kind: "balance", Account: wallet.Account(buyer), Funder: ByBuyer, Amount: total}}, nil
	}
	err = json.Unmarshal([]byte(text), &tenders)
	return tenders, err
}

// one reads a single trade; ErrNotFound when the query gives none.
func one(row db.Scanner) (Trade, error) {
	t, err := scan(row)
	if errors.Is(err, db.ErrNoRows) {
		return t, ErrNotFound
	}
	return t, err
}

// Find reads a trade by Souk's number. Error: ErrNotFound.
func Find(ctx context.Context, tx *db.Tx, no No) (Trade, error) {
	return one(tx.QueryRow(`SELECT `+columns+` FROM pay_trade WHERE trade_no = $1`, no))
}

// FindOut reads an app's trade by Souk's number, or, when that is "", by the seller's. A trade of another app, and one that its payer has
// not opened yet, does not exist. Error: ErrNotFound.
func FindOut(ctx context.Context, tx *db.Tx, app merchant.AppID, no No, outTradeNo string) (Trade, error) {
	t, err := findOwn(tx, app, no, outTradeNo)
	if err == nil && t.OpenedAt == 0 {
		return Trade{}, ErrNotFound
	}
	return t, err
}

func findOwn(tx *db.Tx, app merchant.AppID, no No, outTradeNo string) (Trade, error) {
	if no != "" {
		return one(tx.QueryRow(`SELECT `+columns+` FROM pay_trade WHERE trade_no = $1 AND app_id = $2`, no, app))
	}
	return one(tx.QueryRow(`SELECT `+columns+` FROM pay_trade WHERE app_id = $1 AND out_trade_no = $2`, app, outTradeNo))
}

// MaxPage is the most trades of one page.
const MaxPage = 100

// Bought lists the trades that were made for this person in one app ("" is all), newest first, older than the trade given (zero: from
// the newest). What else a person paid is in the wallet's bill.
func Bought(ctx context.Context, tx *db.Tx, buyer identity.PersonID, app merchant.AppID, after Trade, limit int) ([]Trade, error) {
	if limit <= 0 || limit > MaxPage {
		limit = MaxPage
	}
	if after.MadeAt == 0 {
		after.MadeAt = 1 << 62
	}
	rows, err := tx.Query(`SELECT `+columns+` FROM pay_trade WHERE named AND buyer_id = $1 AND (made_at, trade_no) < ($2, $3)
		AND (app_id = $4 OR CAST($4 AS TEXT) = '') ORDER BY made_at DESC, trade_no DESC LIMIT $5`, buyer, after.MadeAt, after.No, app, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Trade{}
	for rows.Next() {
		t, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, rows.Err()
}

// newNo makes a trade number: 17 digits of the time in China and 11 random ones.
func newNo(now int64) No {
	n, err := rand.Int(rand.Reader, big.NewInt(1e11))
	if err != nil {
		panic("pay: no randomness: " + err.Error())
	}
	t := time.UnixMilli(now).UTC().Add(8 * time.Hour)
	return No(fmt.Sprintf("%s%03d%011d", t.Format("20060102150405"), t.Nanosecond()/1e6, n))
}
