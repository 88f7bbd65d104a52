package payments

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// china is the zone of the open API's dates.
var china = time.FixedZone("GMT+8", 8*60*60)

func timestamp(ms int64) string { return time.UnixMilli(ms).In(china).Format(time.DateTime) }

const textbookConns = 16 // with 64 it is slower: rows are locked across eight round trips

// textbookTables are the least that a payment needs, with numbers for keys.
const textbookTables = `
CREATE TABLE account (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL) WITH (fillfactor = 70);
CREATE TABLE trade (trade_no BIGINT NOT NULL, app_id BIGINT NOT NULL, out_trade_no TEXT NOT NULL, payer BIGINT NOT NULL, payee BIGINT NOT NULL,
	amount BIGINT NOT NULL, status SMALLINT NOT NULL, created BIGINT NOT NULL, PRIMARY KEY (app_id, out_trade_no));
CREATE TABLE entry (id BIGINT NOT NULL, account BIGINT NOT NULL, trade_no BIGINT NOT NULL, amount BIGINT NOT NULL, balance BIGINT NOT NULL,
	created BIGINT NOT NULL, PRIMARY KEY (account, id));`

// addPostgres adds the textbook form and Souk's rooms on a server that keeps what it acknowledges.
func (b *bench) addPostgres(ctx context.Context) error {
	b.say("filling PostgreSQL")
	plain, err := b.freshSchema(ctx, "textbook")
	if err != nil {
		return err
	}
	book, err := b.openTextbook(ctx, plain)
	if err != nil {
		return err
	}
	own, err := b.freshSchema(ctx, "souk")
	if err != nil {
		return err
	}
	h, err := b.openHouse(ctx, own, b.Persons)
	if err != nil {
		return err
	}
	b.undo = append(b.undo, func() { h.d.Close() })
	least := book.form("PostgreSQL, textbook: 8 round trips", b.Clients)
	spread := h.confirming("PostgreSQL, pay.Till, spread sellers", b.Clients, sellers)
	hot := h.confirming("PostgreSQL, pay.Till, one hot seller", b.Clients, 1)
	b.forms = append(b.forms, least, spread, hot)
	b.verify = append(b.verify, h.books, book.books)
	b.compare("PostgreSQL in process / textbook", spread, least, 1.5)
	b.compare("PostgreSQL hot / spread", hot, spread, 0.95)
	return nil
}

// freshSchema makes a schema that is dropped at the end, and answers the address at which it is the one.
func (b *bench) freshSchema(ctx context.Context, what string) (string, error) {
	c, err := pgx.Connect(ctx, b.Postgres)
	if err != nil {
		return "", ErrOptions.With("PostgreSQL: %w", err)
	}
	defer c.Close(ctx)
	for _, setting := range []string{"fsync", "synchronous_commit"} {
		var is string
		if err := c.QueryRow(ctx, "SHOW "+setting).Scan(&is); err != nil || is == "off" {
			return "", ErrOptions.With("this PostgreSQL has %s = %s, so its payments would not be durable (%v)", setting, is, err)
		}
	}
	name := fmt.Sprintf("bench_%s_%d", what, time.Now().UnixNano())
	if _, err := c.Exec(ctx, "CREATE SCHEMA "+name); err != nil {
		return "", err
	}
	b.undo = append(b.undo, func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if c, err := pgx.Connect(ctx, b.Postgres); err == nil {
			c.Exec(ctx, "SET client_min_messages = warning; DROP SCHEMA "+name+" CASCADE")
			c.Close(ctx)
		}
	})
	u, err := url.Parse(b.Postgres)
	if err != nil {
		return "", err
	}
	query := u.Query()
	query.Set("search_path", name)
	u.RawQuery = query.Encode()
	return u.String(), nil
}

// textbook is the payment as textbooks write it, through pgx: a statement a round trip, rows locked from the first.
type textbook struct {
	pool    *pgxpool.Pool
	persons int
	next    atomic.Int64
	paid    atomic.Int64
}

func (b *bench) openTextbook(ctx context.Context, address string) (*textbook, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	config.MaxConns = textbookConns
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	b.undo = append(b.undo, pool.Close)
	for _, sql := range strings.Split(textbookTables, ";") {
		if _, err := pool.Exec(ctx, sql); err != nil {
			return nil, err
		}
	}
	_, err = pool.Exec(ctx, `INSERT INTO account SELECT i, $1 FROM generate_series(1, $2) i`, topUp, sellers+b.Persons)
	return &textbook{pool: pool, persons: b.Persons}, err
}

func (t *textbook) form(name string, clients int) *form {
	return &form{name: name, unit: "payments", clients: clients, ready: endless(func(i int) error {
		err := pgx.BeginFunc(context.Background(), t.pool, func(tx pgx.Tx) error {
			return t.pay(tx, t.next.Add(1), int64(1+sellers+i*7919%t.persons), int64(1+i%sellers))
		})
		if err == nil {
			t.paid.Add(1)
		}
		return err
	})}
}

var errPoor = errors.New("the balance is not enough")

func (t *textbook) pay(tx pgx.Tx, no, payer, payee int64) error {
	ctx, now := context.Background(), time.Now().UnixMicro()
	const amount = 1
	var balance, other int64
	if err := tx.QueryRow(ctx, `SELECT balance FROM account WHERE id = $1 FOR UPDATE`, payer).Scan(&balance); err != nil {
		return err
	}
	if balance < amount {
		return errPoor
	}
	if _, err := tx.Exec(ctx, `INSERT INTO trade VALUES ($1, $2, $3, $4, $2, $5, 1, $6) ON CONFLICT DO NOTHING`,
		no, payee, fmt.Sprintf("bench_%d", no), payer, amount, now); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE account SET balance = balance - $2 WHERE id = $1`, payer, amount); err != nil {
		return err
	}
	if err := tx.QueryRow(ctx, `UPDATE account SET balance = balance + $2 WHERE id = $1 RETURNING balance`, payee, amount).Scan(&other); err != nil {
		return err
	}
	const entry = `INSERT INTO entry VALUES ($1, $2, $3, $4, $5, $6)`
	if _, err := tx.Exec(ctx, entry, 2*no, payer, no, -amount, balance-amount, now); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, entry, 2*no+1, payee, no, amount, other, now)
	return err
}

func (t *textbook) books(ctx context.Context) (string, error) {
	var trades, entries, sum int64
	if err := t.pool.QueryRow(ctx, `SELECT (SELECT COUNT(*) FROM trade), (SELECT COUNT(*) FROM entry), (SELECT CAST(SUM(amount) AS BIGINT) FROM entry)`).
		Scan(&trades, &entries, &sum); err != nil {
		return "", err
	}
	if trades != t.paid.Load() || entries != 2*trades || sum != 0 {
		return "", fmt.Errorf("the textbook form answered %d payments, wrote %d with %d entries that sum to %d", t.paid.Load(), trades, entries, sum)
	}
	return fmt.Sprintf("textbook form: %d payments answered and written, the entries sum to 0", trades), nil
}
