package ledger

import (
	"context"
	"strconv"

	"souk/kit/db"
	"souk/kit/fault"
)

// closePage is how many accounts one transaction closes.
const closePage = 500

// zoneMillis is China's time before UTC's; a day's number is (ms + zoneMillis) / dayMillis, as in the statements here.
const (
	zoneMillis = 8 * 60 * 60 * 1000
	dayMillis  = 24 * 60 * 60 * 1000
)

// ErrDayNotClosed says that a day's balances are not fixed yet.
var ErrDayNotClosed = fault.New(fault.Conflict, "DAY_NOT_CLOSED", "the books of this day are not closed yet")

func (d Day) number() int64 {
	from, _ := d.Span()
	return (from + zoneMillis) / dayMillis
}

// endOf is the first moment after a day, in ms.
func endOf(day int64) int64 { return (day+1)*dayMillis - zoneMillis }

func dayNumbered(n int64) Day { return DayOf(n*dayMillis - zoneMillis) }

// CloseDays fixes what every account held at the end of each day until the one given, inclusive, which must be over. Closed days stay as they are;
// closing them again changes nothing. It works in many small transactions and may be interrupted. It answers how many balances it wrote. Error: ErrDayNotClosed.
func CloseDays(ctx context.Context, d *db.DB, until Day) (written int64, err error) {
	if _, over := until.Span(); over > d.Now() {
		return 0, ErrDayNotClosed.With("%s is not over", until)
	}
	var last int64
	if err := d.Read(ctx, func(tx *db.Tx) (err error) { last, err = lastClosed(tx); return err }); err != nil || last >= until.number() {
		return 0, err
	}
	for after := ""; ; {
		next, n := "", int64(0)
		if err := d.Write(ctx, func(tx *db.Tx) (err error) {
			next, n, err = closeSome(tx, after, last, until.number())
			return err
		}); err != nil {
			return written, err
		}
		written += n
		if next == "" {
			break
		}
		after = next
	}
	return written, d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO ledger_close (day, closed_at) VALUES ($1, $2) ON CONFLICT (day) DO NOTHING`, until.number(), tx.Now())
		return err
	})
}

// closeSome writes the balances of the accounts after the one given, for the days after last until the one given; next is "" at the end.
func closeSome(tx *db.Tx, after string, last, until int64) (next string, n int64, err error) {
	var accounts int64
	err = tx.QueryRow(`SELECT COALESCE(MAX(id), ''), COUNT(*) FROM (SELECT id FROM ledger_account WHERE id > $1 ORDER BY id LIMIT $2) page`, after, closePage).Scan(&next, &accounts)
	if err != nil {
		return "", 0, err
	}
	if accounts < closePage {
		next = ""
	}
	n, err = tx.Exec(`INSERT INTO ledger_closing (account_id, day, balance)
		SELECT m.account_id, m.day, CAST(COALESCE((SELECT c.balance FROM ledger_closing c WHERE c.account_id = m.account_id AND c.day <= $3 ORDER BY c.day DESC LIMIT 1), 0)
			+ SUM(m.moved) OVER (PARTITION BY m.account_id ORDER BY m.day) AS BIGINT)
		FROM (SELECT account_id, (posted_at + 28800000) / 86400000 AS day, SUM(amount) AS moved FROM ledger_posting
			WHERE account_id > $1 AND (account_id <= $2 OR CAST($2 AS TEXT) = '') AND posted_at >= $4 AND posted_at < $5
			GROUP BY account_id, (posted_at + 28800000) / 86400000) m
		WHERE true ON CONFLICT (account_id, day) DO NOTHING`, after, next, last, endOf(last), endOf(until))
	return next, n, err
}

func lastClosed(tx *db.Tx) (day int64, err error) {
	err = tx.QueryRow(`SELECT COALESCE(MAX(day), 0) FROM ledger_close`).Scan(&day)
	return day, err
}

// ClosedBalance is what an account, with its stripes, held at the end of a closed day: as it was fixed then. Errors: ErrDayNotClosed, ErrAccountNotFound.
func ClosedBalance(ctx context.Context, tx *db.Tx, id AccountID, day Day) (int64, error) {
	last, err := lastClosed(tx)
	if err != nil {
		return 0, err
	}
	if last < day.number() {
		return 0, ErrDayNotClosed.With("%s", day)
	}
	if _, err := find(tx, id); err != nil {
		return 0, err
	}
	var sum int64
	err = tx.QueryRow(`SELECT CAST(COALESCE(SUM(c.balance), 0) AS BIGINT) FROM ledger_closing c JOIN ledger_account a ON a.id = c.account_id
		WHERE (a.id = $1 OR a.parent_id = $1) AND c.day = (SELECT MAX(x.day) FROM ledger_closing x WHERE x.account_id = c.account_id AND x.day <= $2)`,
		string(id), day.number()).Scan(&sum)
	return sum, err
}

// closings compares the balances of closed days with the postings.
func closings(tx *db.Tx, r *Report) error {
	last, err := lastClosed(tx)
	if err != nil {
		return err
	}
	if err := tx.QueryRow(`SELECT COUNT(*) FROM ledger_closing WHERE day <= $1`, last).Scan(&r.Closings); err != nil {
		return err
	}
	return each(tx, func(rows *db.Rows) error {
		var account string
		var day int64
		var closed, posted *int64
		err := rows.Scan(&account, &day, &closed, &posted)
		r.differ("account %s closed %s with %s, its postings say %s", account, dayNumbered(day), amountOr(closed, "nothing"), amountOr(posted, "that nothing moved"))
		return err
	}, `WITH moved AS (SELECT account_id, day, CAST(SUM(sum) OVER (PARTITION BY account_id ORDER BY day) AS BIGINT) AS balance FROM
			(SELECT account_id, (posted_at + 28800000) / 86400000 AS day, SUM(amount) AS sum FROM ledger_posting GROUP BY account_id, (posted_at + 28800000) / 86400000) p)
		SELECT COALESCE(m.account_id, c.account_id), COALESCE(m.day, c.day), c.balance, m.balance FROM moved m
		FULL JOIN ledger_closing c ON c.account_id = m.account_id AND c.day = m.day
		WHERE COALESCE(m.day, c.day) BETWEEN 1 AND $1 AND c.balance IS DISTINCT FROM m.balance ORDER BY 1, 2 LIMIT 100`, last)
}

func amountOr(n *int64, none string) string {
	if n == nil {
		return none
	}
	return strconv.FormatInt(*n, 10)
}
