// Package merchant knows the merchants, their programs (apps), and which hosts a program may call.
//
// A merchant sells through apps and has two ledger accounts: Pending takes what customers pay (striped, so that a busy seller never
// makes payers wait), Settled is its own money after settlement. Keys, certificates and releases of an app live in other rooms.
// It decides nothing about money. Start reading at Merchant and App.
package merchant

import (
	"context"
	"embed"
	"errors"
	"regexp"
	"strings"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/platform/ledger"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the room's tables.
var Schema = db.Schema{Room: "merchant", Files: files}

var (
	ErrMerchantNotFound = fault.New(fault.NotFound, "MERCHANT_NOT_FOUND", "no such merchant")
	ErrAppNotFound      = fault.New(fault.NotFound, "APP_NOT_FOUND", "no such mini-program")
	ErrInvalid          = fault.New(fault.Invalid, "MERCHANT_INVALID", "a merchant or app needs an id of letters and digits and a name of at most 128 bytes")
	ErrHostInvalid      = fault.New(fault.Invalid, "HOST_INVALID", "an allowed host is a plain host name, with a port if it is not 443")
)

// ID names a merchant, AppID a program: 16 digits beginning 2021 as in Alipay, or any letters and digits.
type (
	ID    string
	AppID string
)

// Stripes is how many stripes the account of a new merchant has.
const Stripes = 16

// MaxHosts is how many hosts an app may allow.
const MaxHosts = 200

// Merchant is who sells.
type Merchant struct {
	ID      ID
	Name    string
	NameZh  string
	FeeBP   int64 // ten-thousandths of a payment that settlement keeps
	Stripes int
}

// Pending is the account of what customers paid and settlement has not moved on.
func (m Merchant) Pending() ledger.AccountID {
	return ledger.AccountID("merchant/" + string(m.ID) + "/pending")
}

// Settled is the account of the merchant's own money.
func (m Merchant) Settled() ledger.AccountID {
	return ledger.AccountID("merchant/" + string(m.ID) + "/settled")
}

// App is a program of a merchant.
type App struct {
	ID       AppID
	Merchant Merchant
	Name     string
	NameZh   string
	Icon     string
}

var idPattern = regexp.MustCompile(`^[0-9A-Za-z_-]{1,32}$`)

// Add registers a merchant and opens its accounts; with the id of an existing one it changes nothing. Error: ErrInvalid.
func Add(ctx context.Context, tx *db.Tx, m Merchant) error {
	if !idPattern.MatchString(string(m.ID)) || m.Name == "" || len(m.Name) > 128 || len(m.NameZh) > 128 || m.FeeBP < 0 || m.FeeBP > 10000 {
		return ErrInvalid
	}
	n, err := tx.Exec(`INSERT INTO merchant_merchant (id, name, name_zh, fee_bp, stripes, made_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`, m.ID, m.Name, m.NameZh, m.FeeBP, Stripes, tx.Now())
	if err != nil || n == 0 {
		return err
	}
	if err := ledger.Open(ctx, tx, ledger.Account{ID: m.Pending(), Unit: ledger.CNY, Floor: ledger.Zero(), Stripes: Stripes}); err != nil {
		return err
	}
	return ledger.Open(ctx, tx, ledger.Account{ID: m.Settled(), Unit: ledger.CNY, Floor: ledger.Zero()})
}

// Find reads a merchant. Error: ErrMerchantNotFound.
func Find(ctx context.Context, tx *db.Tx, id ID) (Merchant, error) {
	m := Merchant{ID: id}
	err := tx.QueryRow(`SELECT name, name_zh, fee_bp, stripes FROM merchant_merchant WHERE id = $1`, id).Scan(&m.Name, &m.NameZh, &m.FeeBP, &m.Stripes)
	if errors.Is(err, db.ErrNoRows) {
		return m, ErrMerchantNotFound
	}
	return m, err
}

// List answers up to limit merchants in the order of their ids, after the id given.
func List(ctx context.Context, tx *db.Tx, after ID, limit int) ([]Merchant, error) {
	rows, err := tx.Query(`SELECT id, name, name_zh, fee_bp, stripes FROM merchant_merchant WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Merchant{}
	for rows.Next() {
		var m Merchant
		if err := rows.Scan(&m.ID, &m.Name, &m.NameZh, &m.FeeBP, &m.Stripes); err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, rows.Err()
}

// AddApp registers a program; with the id of an existing one it changes nothing. Only a.Merchant.ID is looked at.
// Errors: ErrInvalid, ErrMerchantNotFound.
func AddApp(ctx context.Context, tx *db.Tx, a App) error {
	if !idPattern.MatchString(string(a.ID)) || a.Name == "" || len(a.Name) > 128 || len(a.NameZh) > 128 || len(a.Icon) > 512 {
		return ErrInvalid
	}
	if _, err := Find(ctx, tx, a.Merchant.ID); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO merchant_app (id, merchant_id, name, name_zh, icon, made_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`, a.ID, a.Merchant.ID, a.Name, a.NameZh, a.Icon, tx.Now())
	return err
}

const appColumns = `a.id, a.name, a.name_zh, a.icon, m.id, m.name, m.name_zh, m.fee_bp, m.stripes
	FROM merchant_app a JOIN merchant_merchant m ON m.id = a.merchant_id`

func scanApp(row interface{ Scan(...any) error }) (App, error) {
	var a App
	err := row.Scan(&a.ID, &a.Name, &a.NameZh, &a.Icon, &a.Merchant.ID, &a.Merchant.Name, &a.Merchant.NameZh, &a.Merchant.FeeBP, &a.Merchant.Stripes)
	return a, err
}

// AppTables are what FindApp reads, for a db.Memo of it.
var AppTables = []string{"merchant_app", "merchant_merchant"}

// FindApp reads a program with its merchant. Error: ErrAppNotFound.
func FindApp(ctx context.Context, tx *db.Tx, id AppID) (App, error) {
	a, err := scanApp(tx.QueryRow(`SELECT `+appColumns+` WHERE a.id = $1`, id))
	if errors.Is(err, db.ErrNoRows) {
		return a, ErrAppNotFound
	}
	return a, err
}

// Apps answers up to limit programs in the order of their ids, after the id given.
func Apps(ctx context.Context, tx *db.Tx, after AppID, limit int) ([]App, error) {
	rows, err := tx.Query(`SELECT `+appColumns+` WHERE a.id > $1 ORDER BY a.id LIMIT $2`, after, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []App{}
	for rows.Next() {
		a, err := scanApp(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

var hostPattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?)*(:[0-9]{1,5})?$`)

// Allow lets a program call a host ("api.example.com", "127.0.0.1:8000"). Errors: ErrHostInvalid, ErrAppNotFound.
func Allow(ctx context.Context, tx *db.Tx, app AppID, host string) error {
	host = strings.ToLower(host)
	if len(host) > 253 || !hostPattern.MatchString(host) {
		return ErrHostInvalid
	}
	if _, err := FindApp(ctx, tx, app); err != nil {
		return err
	}
	n, err := tx.Exec(`INSERT INTO merchant_domain (app_id, host) SELECT CAST($1 AS TEXT), CAST($2 AS TEXT)
		WHERE (SELECT COUNT(*) FROM merchant_domain WHERE app_id = $1) < $3 ON CONFLICT (app_id, host) DO NOTHING`, app, host, MaxHosts)
	if err == nil && n == 0 {
		ok, err := Allows(ctx, tx, app, host)
		if err == nil && !ok {
			err = ErrHostInvalid.With("more than %d hosts", MaxHosts)
		}
		return err
	}
	return err
}

// Allows tells whether a program may call a host; the port counts unless it is the scheme's own.
func Allows(ctx context.Context, tx *db.Tx, app AppID, host string) (bool, error) {
	var n int64
	err := tx.QueryRow(`SELECT COUNT(*) FROM merchant_domain WHERE app_id = $1 AND host = $2`, app, strings.ToLower(host)).Scan(&n)
	return n > 0, err
}
