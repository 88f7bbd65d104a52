// Package agreement is standing consents to pay: a person signs that an app may take payments from the wallet later, each within a bound,
// and either whenever something is due or on the days of a plan.
//
// An agreement moves TEMP (asked) → NORMAL (signed) → UNSIGN (ended by the person or by the merchant), never back. Charge claims one
// payment with one conditional UPDATE; it moves no money: the caller confirms the trade of platform/pay in the same transaction, so that
// bounds and money agree. What happened is appended as agreement.signed and agreement.ended. This room checks no PIN and knows no HTTP.
// Start reading at Agreement, then Ask, Sign and Charge.
package agreement

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
	"souk/platform/merchant"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the room's tables.
var Schema = db.Schema{Room: "agreement", Files: files}

// Refusals carry the open API's own codes where it has them.
var (
	ErrNotFound     = fault.New(fault.NotFound, "AGREEMENT_NOT_EXIST", "there is no such agreement")
	ErrInvalid      = fault.New(fault.Invalid, "ILLEGAL_ARGUMENT", "this agreement is not well formed")
	ErrInconsistent = fault.New(fault.Conflict, "AGREEMENT_CONTENT_DIFFERS", "this external_agreement_no was used with other content")
	ErrStatus       = fault.New(fault.Conflict, "AGREEMENT_STATUS_NOT_NORMAL", "the agreement is not in force")
	ErrPerson       = fault.New(fault.Forbidden, "AGREEMENT_OF_ANOTHER", "this agreement is another person's")
	ErrDate         = fault.New(fault.Conflict, "CYCLE_PAY_DATE_NOT_MATCH", "the plan's next payment is not due yet")
	ErrSingle       = fault.New(fault.Conflict, "CYCLE_PAY_SINGLE_FEE_EXCEED", "this is more than one payment of the agreement may be")
	ErrTotal        = fault.New(fault.Conflict, "CYCLE_PAY_TOTAL_FEE_EXCEED", "this is more than the agreement allows in all")
	ErrTimes        = fault.New(fault.Conflict, "CYCLE_PAY_TOTAL_TIMES_EXCEED", "the agreement's payments have all been made")
	ErrPlanDate     = fault.New(fault.Invalid, "ILLEGAL_EXECUTION_TIME", "the next payment's day must be a day of the next twelve months, later than the one planned")
)

// Bounds.
const (
	QuestionMillis = 15 * 60 * 1000
	yearMillis     = 365 * 24 * 60 * 60 * 1000
	// DefaultSingle is the most of one payment when the merchant names no amount.
	DefaultSingle money.Fen = 1000_00
	// EarlyDays is how many days before its planned day a payment may be taken.
	EarlyDays = 5
	// MaxPage bounds Of.
	MaxPage   = 200
	maxPeriod = 366
	maxTimes  = 1000
)

// No is Souk's number of an agreement.
type No string

// Status is where an agreement stands.
type Status string

const (
	Temp   Status = "TEMP"
	Normal Status = "NORMAL"
	Ended  Status = "UNSIGN"
)

// Plan says when payments are due: every Period days or months, beginning on First (2006-01-02). The zero Plan is none.
type Plan struct {
	Type   string // "", DAY, MONTH
	Period int64
	First  string
}

// Paper is what an agreement says.
type Paper struct {
	App        merchant.AppID
	ExternalNo string // the merchant's own number; "" makes one
	Product    string
	Scene      string
	Subject    string
	NotifyURL  string
	ReturnURL  string
	Single     money.Fen // the most of one payment; 0 is DefaultSingle
	Total      money.Fen // the most of all payments; 0 is no bound
	Times      int64     // the most payments; 0 is no bound
	Plan       Plan
}

// Agreement is a paper and how it went.
type Agreement struct {
	Paper
	No         No
	Merchant   merchant.ID
	Person     identity.PersonID
	Status     Status
	NextOn     string
	anchor     int64 // the plan's day of the month
	Paid       money.Fen
	Payments   int64
	MadeAt     int64
	AskUntil   int64
	SignedAt   int64
	ValidUntil int64
	LastAt     int64
	EndedAt    int64
}

const columns = `agreement_no, app_id, merchant_id, external_no, product, scene, subject, notify_url, return_url, COALESCE(person_id, ''), status,
	single_fen, total_fen, times, period_type, period, next_on, paid_fen, payments, made_at, ask_until, COALESCE(signed_at, 0), valid_until,
	COALESCE(last_at, 0), COALESCE(ended_at, 0), anchor`

func scan(row db.Scanner) (a Agreement, err error) {
	err = row.Scan((*string)(&a.No), (*string)(&a.App), (*string)(&a.Merchant), &a.ExternalNo, &a.Product, &a.Scene, &a.Subject, &a.NotifyURL, &a.ReturnURL,
		(*string)(&a.Person), (*string)(&a.Status), (*int64)(&a.Single), (*int64)(&a.Total), &a.Times, &a.Plan.Type, &a.Plan.Period, &a.NextOn,
		(*int64)(&a.Paid), &a.Payments, &a.MadeAt, &a.AskUntil, &a.SignedAt, &a.ValidUntil, &a.LastAt, &a.EndedAt, &a.anchor)
	if errors.Is(err, db.ErrNoRows) {
		err = ErrNotFound
	}
	return a, err
}

// Find reads an agreement. Error: ErrNotFound.
func Find(_ context.Context, tx *db.Tx, no No) (Agreement, error) {
	return scan(tx.QueryRow(`SELECT `+columns+` FROM agreement_paper WHERE agreement_no = $1`, no))
}

// FindOut reads an app's agreement by Souk's number, or, when that is "", by the merchant's own and the product. Error: ErrNotFound.
func FindOut(_ context.Context, tx *db.Tx, app merchant.AppID, no No, externalNo, product string) (Agreement, error) {
	if no != "" {
		return scan(tx.QueryRow(`SELECT `+columns+` FROM agreement_paper WHERE agreement_no = $1 AND app_id = $2`, no, app))
	}
	return scan(tx.QueryRow(`SELECT `+columns+` FROM agreement_paper WHERE app_id = $1 AND external_no = $2 AND product = $3`, app, externalNo, product))
}

// FindPerson reads the app's newest agreement in force with a person about a product. Error: ErrNotFound.
func FindPerson(_ context.Context, tx *db.Tx, app merchant.AppID, person identity.PersonID, product string) (Agreement, error) {
	return scan(tx.QueryRow(`SELECT `+columns+` FROM agreement_paper WHERE app_id = $1 AND person_id = $2 AND product = $3 AND status = 'NORMAL'
		ORDER BY signed_at DESC, agreement_no DESC LIMIT 1`, app, person, product))
}

// Of lists what a person signed, newest first, at most MaxPage.
func Of(_ context.Context, tx *db.Tx, person identity.PersonID) ([]Agreement, error) {
	rows, err := tx.Query(`SELECT `+columns+` FROM agreement_paper WHERE person_id = $1 ORDER BY signed_at DESC, agreement_no DESC LIMIT $2`, person, MaxPage)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Agreement{}
	for rows.Next() {
		a, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

var (
	outNo = regexp.MustCompile(`^[0-9A-Za-z_-]{1,32}$`)
	china = time.FixedZone("CST", 8*60*60)
)

func (p Paper) check(now int64) error {
	switch {
	case !outNo.MatchString(p.ExternalNo):
		return ErrInvalid.With("external_agreement_no has 1 to 32 letters, digits and _")
	case p.Product == "" || len(p.Product) > 64 || len(p.Scene) > 64 || utf8.RuneCountInString(p.Subject) > 256 || len(p.NotifyURL) > 512 || len(p.ReturnURL) > 512:
		return ErrInvalid.With("a product code is needed; codes and addresses are short")
	case p.Single <= 0 || p.Single > money.Max || p.Total < 0 || p.Total > money.Max || p.Times < 0 || p.Times > maxTimes:
		return ErrInvalid.With("amounts and the number of payments have bounds")
	case p.Plan == Plan{}:
		return nil
	case p.Plan.Type != "DAY" && p.Plan.Type != "MONTH" || p.Plan.Period < 1 || p.Plan.Period > maxPeriod || p.Plan.Type == "DAY" && p.Plan.Period < 7:
		return ErrInvalid.With("a plan's period is 7 days or more, or 1 month or more")
	}
	first, err := time.ParseInLocation(time.DateOnly, p.Plan.First, china)
	today := dayOf(now)
	if err != nil || p.Plan.First < today || first.UnixMilli() > now+yearMillis {
		return ErrInvalid.With("execute_time must be a day of the next twelve months such as 2006-01-02")
	}
	return nil
}

func dayOf(now int64) string { return time.UnixMilli(now).In(china).Format(time.DateOnly) }

// Ask makes an agreement to sign, or answers the one that the same paper asked for before. Errors: ErrInvalid, ErrInconsistent, ErrStatus when
// that one has ended, merchant.ErrAppNotFound.
func Ask(ctx context.Context, tx *db.Tx, p Paper) (Agreement, error) {
	no := number(tx.Now())
	if p.ExternalNo == "" {
		p.ExternalNo = "auto" + string(no)
	}
	if p.Single == 0 {
		p.Single = DefaultSingle
	}
	if err := p.check(tx.Now()); err != nil {
		return Agreement{}, err
	}
	app, err := merchant.FindApp(ctx, tx, p.App)
	if err != nil {
		return Agreement{}, err
	}
	a := Agreement{Paper: p, No: no, Merchant: app.Merchant.ID, Status: Temp, NextOn: p.Plan.First, MadeAt: tx.Now(), AskUntil: tx.Now() + QuestionMillis,
		ValidUntil: tx.Now() + 100*yearMillis}
	if first, err := time.ParseInLocation(time.DateOnly, p.Plan.First, china); err == nil && p.Plan.Type == "MONTH" {
		a.anchor = int64(first.Day())
	}
	n, err := tx.Exec(`INSERT INTO agreement_paper (agreement_no, app_id, merchant_id, external_no, product, scene, subject, notify_url, return_url, status,
		single_fen, total_fen, times, period_type, period, next_on, made_at, ask_until, valid_until, anchor)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'TEMP', $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ON CONFLICT (app_id, external_no, product) DO NOTHING`,
		a.No, a.App, a.Merchant, a.ExternalNo, a.Product, a.Scene, a.Subject, a.NotifyURL, a.ReturnURL, a.Single, a.Total, a.Times, a.Plan.Type, a.Plan.Period,
		a.NextOn, a.MadeAt, a.AskUntil, a.ValidUntil, a.anchor)
	if err != nil || n == 1 {
		return a, err
	}
	return askedBefore(ctx, tx, p)
}

func askedBefore(ctx context.Context, tx *db.Tx, p Paper) (Agreement, error) {
	was, err := FindOut(ctx, tx, p.App, "", p.ExternalNo, p.Product)
	if err != nil {
		return was, err
	}
	if was.Status == Ended {
		return was, ErrStatus.With("it has ended; sign a new one under another external_agreement_no")
	}
	if was.Single != p.Single || was.Total != p.Total || was.Times != p.Times || was.Plan.Type != p.Plan.Type || was.Plan.Period != p.Plan.Period {
		return was, ErrInconsistent.With("%s", p.ExternalNo)
	}
	if was.Status == Temp {
		_, err = tx.Exec(`UPDATE agreement_paper SET ask_until = $1 WHERE agreement_no = $2 AND status = 'TEMP'`, tx.Now()+QuestionMillis, was.No)
		was.AskUntil = tx.Now() + QuestionMillis
	}
	return was, err
}

// Sign is a person's yes. The same person's second yes answers the same agreement. Errors: ErrNotFound, ErrPerson, ErrStatus.
func Sign(ctx context.Context, tx *db.Tx, no No, person identity.PersonID) (Agreement, error) {
	a, err := scan(tx.QueryRow(`UPDATE agreement_paper SET status = 'NORMAL', person_id = $1, signed_at = $2
		WHERE agreement_no = $3 AND status = 'TEMP' AND ask_until > $2 RETURNING `+columns, person, tx.Now(), no))
	if err == nil {
		return a, announce(ctx, tx, "agreement.signed", a)
	}
	if !errors.Is(err, ErrNotFound) {
		return a, err
	}
	a, err = Find(ctx, tx, no)
	switch {
	case err != nil:
		return a, err
	case a.Person != "" && a.Person != person:
		return Agreement{}, ErrPerson
	case a.Status == Normal:
		return a, nil
	case a.Status == Temp:
		return a, ErrStatus.With("it was to be signed within 15 minutes; ask the merchant again")
	}
	return a, ErrStatus.With("it has ended")
}

// End ends an agreement for good; ending it again changes nothing. Errors: ErrNotFound, ErrStatus when it was never signed.
func End(ctx context.Context, tx *db.Tx, no No) (Agreement, error) {
	a, err := scan(tx.QueryRow(`UPDATE agreement_paper SET status = 'UNSIGN', ended_at = $1 WHERE agreement_no = $2 AND status = 'NORMAL' RETURNING `+columns, tx.Now(), no))
	if err == nil {
		return a, announce(ctx, tx, "agreement.ended", a)
	}
	if !errors.Is(err, ErrNotFound) {
		return a, err
	}
	if a, err = Find(ctx, tx, no); err == nil && a.Status == Temp {
		err = ErrStatus.With("it was never signed")
	}
	return a, err
}

// Charge claims one payment of an app's agreement: the caller then pays the trade from the person's wallet in the same transaction.
// Errors: ErrNotFound, ErrStatus, ErrSingle, ErrTotal, ErrTimes, ErrDate.
func Charge(ctx context.Context, tx *db.Tx, app merchant.AppID, no No, amount money.Fen) (Agreement, error) {
	a, err := FindOut(ctx, tx, app, no, "", "")
	if err != nil {
		return a, err
	}
	if err := a.allows(amount, tx.Now()); err != nil {
		return a, err
	}
	charged, err := scan(tx.QueryRow(`UPDATE agreement_paper SET paid_fen = paid_fen + $1, payments = payments + 1, last_at = $2, next_on = $3
		WHERE agreement_no = $4 AND status = 'NORMAL' AND next_on = $5 AND $1 <= single_fen AND (total_fen = 0 OR paid_fen + $1 <= total_fen)
		AND (times = 0 OR payments < times) RETURNING `+columns, amount, tx.Now(), a.after(), no, a.NextOn))
	if !errors.Is(err, ErrNotFound) {
		return charged, err
	}
	if a, err = Find(ctx, tx, no); err == nil { // another payment came between: it says why
		err = a.allows(amount, tx.Now())
	}
	if err == nil {
		err = ErrDate.With("another payment of it was just made")
	}
	return a, err
}

func (a Agreement) allows(amount money.Fen, now int64) error {
	switch {
	case a.Status != Normal || now >= a.ValidUntil:
		return ErrStatus.With("it is %s", a.Status)
	case amount > a.Single:
		return ErrSingle.With("%s at most", a.Single.Yuan())
	case a.Total > 0 && a.Paid+amount > a.Total:
		return ErrTotal.With("%s is left", (a.Total - a.Paid).Yuan())
	case a.Times > 0 && a.Payments >= a.Times:
		return ErrTimes
	case a.NextOn != "" && dayOf(now+EarlyDays*24*60*60*1000) < a.NextOn:
		return ErrDate.With("it is planned for %s and may be taken %d days before", a.NextOn, EarlyDays)
	}
	return nil
}

// after is the planned day after the present one: the 31st becomes a shorter month's last day, and the 31st again after it.
func (a Agreement) after() string {
	day, err := time.ParseInLocation(time.DateOnly, a.NextOn, china)
	if err != nil {
		return ""
	}
	if a.Plan.Type == "DAY" {
		return day.AddDate(0, 0, int(a.Plan.Period)).Format(time.DateOnly)
	}
	month := time.Date(day.Year(), day.Month()+time.Month(a.Plan.Period), 1, 0, 0, 0, 0, china)
	last := month.AddDate(0, 1, -1).Day()
	wanted := int(a.anchor)
	if wanted == 0 {
		wanted = day.Day()
	}
	return month.AddDate(0, 0, min(wanted, last)-1).Format(time.DateOnly)
}

// Move puts the next planned payment off to a later day. Errors: ErrNotFound, ErrStatus without a plan or signature, ErrPlanDate.
func Move(ctx context.Context, tx *db.Tx, app merchant.AppID, no No, to string) (Agreement, error) {
	a, err := FindOut(ctx, tx, app, no, "", "")
	if err != nil {
		return a, err
	}
	if a.Status != Normal || a.NextOn == "" {
		return a, ErrStatus.With("only a signed agreement with a plan has a next payment")
	}
	day, err := time.ParseInLocation(time.DateOnly, to, china)
	if err != nil || to < a.NextOn || to < dayOf(tx.Now()) || day.UnixMilli() > tx.Now()+yearMillis {
		return a, ErrPlanDate
	}
	return scan(tx.QueryRow(`UPDATE agreement_paper SET next_on = $1 WHERE agreement_no = $2 AND status = 'NORMAL' RETURNING `+columns, to, no))
}

// Event is what is appended when an agreement is signed or ends.
type Event struct {
	No  No             `json:"agreementNo"`
	App merchant.AppID `json:"app"`
}

func announce(ctx context.Context, tx *db.Tx, kind string, a Agreement) error {
	return event.Append(ctx, tx, event.Event{Kind: kind, Key: string(a.No), Data: Event{a.No, a.App}})
}

// number is 20 digits: the day in China, then randomness.
func number(now int64) No {
	n, err := rand.Int(rand.Reader, big.NewInt(1e12))
	if err != nil {
		panic("agreement: no randomness: " + err.Error())
	}
	return No(fmt.Sprintf("%s%012d", time.UnixMilli(now).In(china).Format("20060102"), n))
}
