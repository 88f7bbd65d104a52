package ledger

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"souk/kit/db"
)

// Unit is what an account counts: CNY (fen), or "points:<merchant>", "card:<program>" and the like, in whole numbers.
type Unit string

// CNY counts fen.
const CNY Unit = "CNY"

// Shards is the number of virtual shards; an owner's accounts all live on one.
const Shards = 1024

// MaxStripes bounds the stripes of one account.
const MaxStripes = 256

// AccountID is "owner kind/owner/purpose", as in "person/2088000000000017/CNY"; a stripe has "#n" after it.
type AccountID string

// Shard is where the account lives: computed from kind and owner, so nothing need be read to know it.
func (id AccountID) Shard() int64 {
	s := string(id)
	if _, n, striped := strings.Cut(s, "#"); striped {
		if k, err := strconv.ParseInt(n, 10, 64); err == nil {
			return k % Shards
		}
	}
	if cut := strings.LastIndexByte(s, '/'); cut > 0 {
		s = s[:cut]
	}
	return ShardOf(s)
}

// ShardOf maps an owner ("person/2088000000000017") to its virtual shard, 0 to Shards-1.
func ShardOf(owner string) int64 {
	h := fnv.New32a()
	h.Write([]byte(owner))
	return int64(h.Sum32() % Shards)
}

// Stripe is the stripe of id that takes a credit coming from the account given: id itself when it is not striped.
// Payers of one shard meet in one stripe, so a credit never leaves the payer's shard and rarely waits.
func (id AccountID) Stripe(stripes int, from AccountID) AccountID {
	if stripes == 0 {
		return id
	}
	return AccountID(fmt.Sprintf("%s#%d", id, from.Shard()%int64(stripes)))
}

// Account is what Open needs and Find answers. A nil Floor means no limit below (the world outside); a nil DayLimit none by day.
type Account struct {
	ID       AccountID
	Unit     Unit
	Floor    *int64 // least balance - held
	DayLimit *int64
	Stripes  int
	Balance  int64 // of a striped account: with its stripes
	Held     int64
	Closed   bool
}

// Available is what may leave now, as far as the floor goes.
func (a Account) Available() int64 {
	if a.Floor == nil {
		return MaxAmount
	}
	return a.Balance - a.Held - *a.Floor
}

// Zero is the floor of ordinary accounts: never negative.
func Zero() *int64 { return new(int64) }

// Open makes an account, with its stripes, or finds that it exists with the same unit and floor. Error: ErrAccountMismatch.
func Open(ctx context.Context, tx *db.Tx, a Account) error {
	if a.Unit == "" || strings.Count(string(a.ID), "/") < 2 || strings.Contains(string(a.ID), "#") || len(a.ID) > maxID-4 {
		return ErrEntryInvalid.With("account %q in unit %q", a.ID, a.Unit)
	}
	if a.Stripes < 0 || a.Stripes > MaxStripes {
		return ErrEntryInvalid.With("%d stripes, not 0 to %d", a.Stripes, MaxStripes)
	}
	made, err := insertAccount(tx, a, nil)
	if err != nil {
		return err
	}
	if !made {
		return sameAccount(tx, a)
	}
	for i := range a.Stripes {
		stripe := Account{ID: AccountID(fmt.Sprintf("%s#%d", a.ID, i)), Unit: a.Unit, Floor: Zero()}
		if _, err := insertAccount(tx, stripe, &a.ID); err != nil {
			return err
		}
	}
	return nil
}

func insertAccount(tx *db.Tx, a Account, parent *AccountID) (bool, error) {
	n, err := tx.Exec(`INSERT INTO ledger_account (id, shard, unit, parent_id, stripes, floor, day_limit, opened_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING`,
		string(a.ID), a.ID.Shard(), string(a.Unit), (*string)(parent), int64(a.Stripes), a.Floor, a.DayLimit, tx.Now())
	return n == 1, err
}

func sameAccount(tx *db.Tx, a Account) error {
	was, err := find(tx, a.ID)
	if err != nil {
		return err
	}
	same := was.Unit == a.Unit && was.Stripes == a.Stripes && (was.Floor == nil) == (a.Floor == nil) &&
		(a.Floor == nil || *was.Floor == *a.Floor)
	if !same {
		return ErrAccountMismatch.With("%s", a.ID)
	}
	return nil
}

// SetDayLimit changes how much may leave the account in a day; nil is no limit. Error: ErrAccountNotFound.
func SetDayLimit(ctx context.Context, tx *db.Tx, id AccountID, limit *int64) error {
	n, err := tx.Exec(`UPDATE ledger_account SET day_limit = $1 WHERE id = $2`, limit, string(id))
	if err == nil && n == 0 {
		return ErrAccountNotFound.With("%s", id)
	}
	return err
}

// Close shuts an empty account for good: nothing moves on it again. Errors: ErrAccountNotFound, ErrBalance when it is not empty.
func Close(ctx context.Context, tx *db.Tx, id AccountID) error {
	n, err := tx.Exec(`UPDATE ledger_account SET closed_at = COALESCE(closed_at, $1)
		WHERE id = $2 AND balance = 0 AND held = 0 AND stripes = 0`, tx.Now(), string(id))
	if err != nil || n == 1 {
		return err
	}
	if _, err := find(tx, id); err != nil {
		return err
	}
	return ErrBalance.With("%s is not empty", id)
}

// Find reads an account; the balance of a striped one is the sum with its stripes. Error: ErrAccountNotFound.
func Find(ctx context.Context, tx *db.Tx, id AccountID) (Account, error) {
	a, err := find(tx, id)
	if err != nil || a.Stripes == 0 {
		return a, err
	}
	var more int64
	err = tx.QueryRow(`SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT) FROM ledger_account WHERE parent_id = $1`, string(id)).Scan(&more)
	a.Balance += more
	return a, err
}

// Own reads an account without its stripes: what can leave it right now. Error: ErrAccountNotFound.
func Own(ctx context.Context, tx *db.Tx, id AccountID) (Account, error) { return find(tx, id) }

func find(tx *db.Tx, id AccountID) (Account, error) {
	a := Account{ID: id}
	var stripes int64
	var closedAt *int64
	err := tx.QueryRow(`SELECT unit, floor, day_limit, stripes, balance, held, closed_at FROM ledger_account WHERE id = $1`, string(id)).
		Scan(&a.Unit, &a.Floor, &a.DayLimit, &stripes, &a.Balance, &a.Held, &closedAt)
	if errors.Is(err, db.ErrNoRows) {
		return a, ErrAccountNotFound.With("%s", id)
	}
	a.Stripes, a.Closed = int(stripes), closedAt != nil
	return a, err
}

// BalanceAt is the balance as it was just before the moment given (ms), stripes included, summed from the postings.
// Source of reports as of a day: see Day.
func BalanceAt(ctx context.Context, tx *db.Tx, id AccountID, before int64) (int64, error) {
	var sum int64
	err := tx.QueryRow(`SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM ledger_posting
		WHERE posted_at < $1 AND account_id IN (SELECT id FROM ledger_account WHERE id = $2 OR parent_id = $2)`, before, string(id)).Scan(&sum)
	return sum, err
}

// Sweep gathers what lies in an account's stripes into the account itself, in one entry. It answers how much moved. Payers who
// want the same stripes wait for it.
func Sweep(ctx context.Context, tx *db.Tx, id AccountID) (int64, error) {
	stripes, err := filled(tx, id)
	if err != nil {
		return 0, err
	}
	into := Line{Account: id}
	lines := []Line{}
	for _, stripe := range stripes {
		l := Line{Account: stripe}
		// Locks the stripe and reads what it has now, which may be more or less than a moment ago.
		if err := tx.QueryRow(`UPDATE ledger_account SET held = held WHERE id = $1 RETURNING unit, balance - held`, stripe).Scan(&l.Unit, &l.Amount); err != nil {
			return 0, err
		}
		if l.Amount > 0 {
			into.Unit, into.Amount = l.Unit, into.Amount+l.Amount
			l.Amount = -l.Amount
			lines = append(lines, l)
		}
	}
	if len(lines) == 0 {
		return 0, nil
	}
	e := Entry{ID: EntryID("sweep:" + string(id) + ":" + randomID()), Kind: "sweep", Ref: string(id), Lines: append(lines, into)}
	_, err = post(tx, e, nil)
	return into.Amount, err
}

// filled lists stripes that have something, in the order of their ids, at most as many as one entry takes.
func filled(tx *db.Tx, id AccountID) (stripes []AccountID, err error) {
	err = each(tx, func(rows *db.Rows) error {
		var stripe AccountID
		err := rows.Scan(&stripe)
		stripes = append(stripes, stripe)
		return err
	}, `SELECT id FROM ledger_account WHERE parent_id = $1 AND balance > held ORDER BY id LIMIT $2`, id, MaxLines-1)
	return stripes, err
}

// move is one touch of one account: amount is gained (or lost), held grows (or shrinks).
type move struct {
	account AccountID
	unit    Unit
	amount  int64
	held    int64
}

// step changes the account's row if it is open and stays above its floor and below its day limit, else touches nothing.
func (m move) step(now int64) db.Step {
	if m.amount >= 0 && m.held <= 0 {
		return db.Step{SQL: `UPDATE ledger_account SET balance = balance + $1, held = held + $2
			WHERE id = $3 AND unit = $4 AND closed_at IS NULL`, Args: []any{m.amount, m.held, string(m.account), string(m.unit)}}
	}
	if m.held < 0 { // what was held before leaves now: its day limit was the hold's concern
		return db.Step{SQL: `UPDATE ledger_account SET balance = balance + $1, held = held + $2 WHERE id = $3 AND unit = $4
			AND closed_at IS NULL AND (floor IS NULL OR balance - held + $1 - $2 >= floor)`,
			Args: []any{m.amount, m.held, string(m.account), string(m.unit)}}
	}
	return db.Step{SQL: `UPDATE ledger_account SET balance = balance - $1, held = held + $2,
		day_out = CASE WHEN day = $3 THEN day_out ELSE 0 END + $1, day = $3
		WHERE id = $4 AND unit = $5 AND closed_at IS NULL
		AND (floor IS NULL OR balance - held - $1 - $2 >= floor)
		AND (day_limit IS NULL OR CASE WHEN day = $3 THEN day_out ELSE 0 END + $1 <= day_limit)`,
		Args: []any{max(0, -m.amount), m.held, string(DayOf(now)), string(m.account), string(m.unit)}}
}

func (m move) apply(tx *db.Tx) error {
	s := m.step(tx.Now())
	n, err := tx.Exec(s.SQL, s.Args...)
	if err == nil && n != 1 {
		err = m.whyNot(tx)
	}
	return err
}

// whyNot finds the reason for which a step touched nothing.
func (m move) whyNot(tx *db.Tx) error {
	a, err := find(tx, m.account)
	switch {
	case err != nil:
		return err
	case a.Closed:
		return ErrAccountClosed.With("%s", m.account)
	case a.Unit != m.unit:
		return ErrAccountMismatch.With("%s counts %s, not %s", m.account, a.Unit, m.unit)
	case a.Floor != nil && a.Balance-a.Held+m.amount-m.held < *a.Floor, a.DayLimit == nil:
		return ErrBalance // without a day limit it was the floor, even if another has filled the account since
	}
	return ErrDayLimit
}

// Day is a calendar day in China, "2026-11-22": closing, limits and bills go by it.
type Day string

var china = time.FixedZone("CST", 8*60*60)

// DayOf is the day in which a moment (ms) falls.
func DayOf(ms int64) Day { return Day(time.UnixMilli(ms).In(china).Format(time.DateOnly)) }

// ParseDay reads "2026-11-22".
func ParseDay(s string) (Day, error) {
	if _, err := time.ParseInLocation(time.DateOnly, s, china); err != nil {
		return "", ErrEntryInvalid.With("%q is not a day such as 2026-11-22", s)
	}
	return Day(s), nil
}

// Span is the first moment of the day and the first after it, in ms.
func (d Day) Span() (from, to int64) {
	t, err := time.ParseInLocation(time.DateOnly, string(d), china)
	if err != nil {
		panic("ledger: a Day that ParseDay did not see: " + string(d))
	}
	return t.UnixMilli(), t.AddDate(0, 0, 1).UnixMilli()
}
