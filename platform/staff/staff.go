// Package staff knows who works at the console: operators of the platform, and people of a merchant who see that merchant only.
//
// A member signs in with a key that is shown once, when it is made; only its SHA-256 is kept. A key has 256 random bits, so nobody
// guesses one and nothing has to be locked. Ending a member ends its sessions at once. In a demo a session can be tried without a
// key; such a session opens nothing elsewhere, even on the same database.
//
// Role says what somebody may see, duty what they may do there; the console asks MayManage and MayRefund. Start reading at Member and Session.
package staff

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"unicode/utf8"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/platform/merchant"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the room's tables.
var Schema = db.Schema{Room: "staff", Files: files}

var (
	ErrKey     = fault.New(fault.Unauthorized, "STAFF_KEY", "this key opens nothing here; ask an operator for a new one")
	ErrSession = fault.New(fault.Unauthorized, "STAFF_SESSION", "nobody is signed in here")
	ErrInvalid = fault.New(fault.Invalid, "STAFF_INVALID", "a member needs a name of at most 64 characters, a duty (owner, finance or clerk), and either the role operator or a merchant")
	ErrUnknown = fault.New(fault.NotFound, "STAFF_UNKNOWN", "there is no such member")
)

// Role is what somebody is here.
type Role string

const (
	Operator Role = "operator"
	Merchant Role = "merchant"
)

// Duty is what somebody may do.
type Duty string

const (
	Owner   Duty = "owner"   // everything: apps, keys, people, money
	Finance Duty = "finance" // gives money back, and reads
	Clerk   Duty = "clerk"   // reads
)

// MayManage tells whether a member may change apps, keys and people.
func (m Member) MayManage() bool { return m.Duty == Owner }

// MayRefund tells whether a member may give money back.
func (m Member) MayRefund() bool { return m.Duty == Owner || m.Duty == Finance }

// Member is somebody who works at the console.
type Member struct {
	ID       string // 16 hexadecimal digits; "" of one who tries without a key
	Name     string
	Role     Role
	Duty     Duty        // "" when adding is Owner
	Merchant merchant.ID // "" of an operator
	MadeAt   int64
	UsedAt   int64 // the last sign-in; 0 is never
	EndedAt  int64 // 0 while the key opens
}

// MaxMembers bounds List.
const MaxMembers = 500

// SessionHours is how long a session lasts.
const SessionHours = 12

const hour = 60 * 60 * 1000

// keyMark begins every key, so that a leaked one is recognised.
const keyMark = "souk-key-"

// Add makes a member and the key, which is nowhere else. Errors: ErrInvalid, merchant.ErrMerchantNotFound.
func Add(ctx context.Context, tx *db.Tx, m Member) (Member, string, error) {
	m.Duty = cmp.Or(m.Duty, Owner)
	if err := m.check(ctx, tx); err != nil {
		return Member{}, "", err
	}
	key := keyMark + random()
	m.ID, m.MadeAt = hex.EncodeToString(hashOf(random())[:8]), tx.Now()
	_, err := tx.Exec(`INSERT INTO staff_member (id, name, role, duty, merchant_id, key_hash, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		m.ID, m.Name, string(m.Role), string(m.Duty), m.merchant(), hashOf(key), m.MadeAt)
	return m, key, err
}

func (m Member) check(ctx context.Context, tx *db.Tx) error {
	if m.Name == "" || utf8.RuneCountInString(m.Name) > 64 || (m.Role == Merchant) != (m.Merchant != "") || m.Role != Merchant && m.Role != Operator || m.Duty != Owner && m.Duty != Finance && m.Duty != Clerk {
		return ErrInvalid
	}
	if m.Role == Operator {
		return nil
	}
	_, err := merchant.Find(ctx, tx, m.Merchant)
	return err
}

// merchant is NULL for an operator.
func (m Member) merchant() *string {
	if m.Merchant == "" {
		return nil
	}
	id := string(m.Merchant)
	return &id
}

const columns = `id, name, role, duty, COALESCE(merchant_id, ''), made_at, COALESCE(used_at, 0), COALESCE(ended_at, 0)`

func scan(row interface{ Scan(...any) error }) (m Member, err error) {
	err = row.Scan(&m.ID, &m.Name, &m.Role, &m.Duty, &m.Merchant, &m.MadeAt, &m.UsedAt, &m.EndedAt)
	return m, err
}

// List answers the members, newest first, ended ones too.
func List(_ context.Context, tx *db.Tx) ([]Member, error) {
	rows, err := tx.Query(`SELECT `+columns+` FROM staff_member ORDER BY made_at DESC, id LIMIT $1`, int64(MaxMembers))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Member{}
	for rows.Next() {
		m, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, rows.Err()
}

// End takes a member's key and sessions away; again changes nothing. Error: ErrUnknown.
func End(_ context.Context, tx *db.Tx, id string) error {
	n, err := tx.Exec(`UPDATE staff_member SET ended_at = COALESCE(ended_at, $2) WHERE id = $1`, id, tx.Now())
	if err == nil && n == 0 {
		return ErrUnknown
	}
	return err
}

// SignIn starts a session for whoever has the key, and answers the token for the cookie. Error: ErrKey.
func SignIn(_ context.Context, tx *db.Tx, key string) (token string, err error) {
	m, err := scan(tx.QueryRow(`UPDATE staff_member SET used_at = $2 WHERE key_hash = $1 AND ended_at IS NULL RETURNING `+columns, hashOf(key), tx.Now()))
	if errors.Is(err, db.ErrNoRows) {
		return "", ErrKey
	}
	if err != nil {
		return "", err
	}
	return start(tx, m)
}

// Try starts a session without a key, for a demo. Errors: as Add.
func Try(ctx context.Context, tx *db.Tx, m Member) (token string, err error) {
	m.Duty = cmp.Or(m.Duty, Owner)
	if err := m.check(ctx, tx); err != nil {
		return "", err
	}
	m.ID = ""
	return start(tx, m)
}

func start(tx *db.Tx, m Member) (token string, err error) {
	token = random()
	var member *string
	if m.ID != "" {
		member = &m.ID
	}
	if _, err := tx.Exec(`DELETE FROM staff_session WHERE expires_at <= $1`, tx.Now()); err != nil {
		return "", err
	}
	_, err = tx.Exec(`INSERT INTO staff_session (hash, member_id, name, role, duty, merchant_id, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		hashOf(token), member, m.Name, string(m.Role), string(m.Duty), m.merchant(), tx.Now()+SessionHours*hour)
	return token, err
}

// Session tells whose token this is. tried says whether sessions without a key count, which only a demo allows. Error: ErrSession.
func Session(_ context.Context, tx *db.Tx, token string, tried bool) (m Member, err error) {
	var keyed bool
	err = tx.QueryRow(`SELECT COALESCE(s.member_id, ''), s.name, s.role, s.duty, COALESCE(s.merchant_id, ''), s.member_id IS NOT NULL FROM staff_session s
		LEFT JOIN staff_member m ON m.id = s.member_id WHERE s.hash = $1 AND s.expires_at > $2 AND m.ended_at IS NULL`, hashOf(token), tx.Now()).
		Scan(&m.ID, &m.Name, &m.Role, &m.Duty, &m.Merchant, &keyed)
	if errors.Is(err, db.ErrNoRows) || err == nil && !keyed && !tried {
		return Member{}, ErrSession
	}
	return m, err
}

// SignOut ends a session; an unknown token is signed out already.
func SignOut(_ context.Context, tx *db.Tx, token string) error {
	_, err := tx.Exec(`DELETE FROM staff_session WHERE hash = $1`, hashOf(token))
	return err
}

// random is 256 bits for somebody to carry.
func random() string {
	raw := make([]byte, 32)
	rand.Read(raw) // never fails
	return base64.RawURLEncoding.EncodeToString(raw)
}

func hashOf(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}
