// Package identity knows the persons: who they are, how they prove it (PIN, session), what each program may know of them.
//
// A program never learns a person's own id. It gets an open_id and a user_id made for it alone (Link), an auth code that works once
// and tokens with scopes (oauth.go), and what the person agreed to (consent.go), which the person can read and take back. Secrets
// are hashed at rest: PINs by argon2id, tokens and codes by SHA-256 of 256 random bits.
//
// It moves no money and asks nobody anything: showing the question is the shell's work. Start reading at Person, then pin.go.
package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"souk/kit/db"
	"souk/kit/fault"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the room's tables.
var Schema = db.Schema{Room: "identity", Files: files}

var (
	ErrPersonNotFound = fault.New(fault.NotFound, "PERSON_NOT_FOUND", "no such person")
	ErrPersonInvalid  = fault.New(fault.Invalid, "PERSON_INVALID", "a person needs an id, a name and, if any, a phone number of 5 to 15 digits")
	ErrPhoneTaken     = fault.New(fault.Conflict, "PHONE_TAKEN", "this phone number belongs to another person")
	ErrNoSession      = fault.New(fault.Unauthorized, "NOT_SIGNED_IN", "nobody is signed in here")
)

// PersonID names a person inside Souk; it never leaves it.
type PersonID string

// Person is who somebody is.
type Person struct {
	ID     PersonID
	Name   string
	NameZh string
	Phone  string // digits; "" when not given
	Avatar string
}

// SessionDays is how long a session lasts.
const SessionDays = 30

const day = 24 * 60 * 60 * 1000

// Add registers a person; with the id of an existing one it changes nothing. Errors: ErrPersonInvalid, ErrPhoneTaken.
func Add(ctx context.Context, tx *db.Tx, p Person) error {
	if p.ID == "" || len(p.ID) > 32 || p.Name == "" || len(p.Name) > 128 || len(p.NameZh) > 128 || len(p.Avatar) > 512 || !phoneOK(p.Phone) {
		return ErrPersonInvalid
	}
	var phone *string
	if p.Phone != "" {
		phone = &p.Phone
	}
	_, err := tx.Exec(`INSERT INTO identity_person (id, name, name_zh, phone, avatar, made_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`,
		string(p.ID), p.Name, p.NameZh, phone, p.Avatar, tx.Now())
	if db.IsUnique(err) {
		return ErrPhoneTaken
	}
	return err
}

func phoneOK(s string) bool {
	return s == "" || len(s) >= 5 && len(s) <= 15 && strings.Trim(s, "0123456789") == ""
}

// NewPersonID makes an id that nobody has.
func NewPersonID() PersonID { return PersonID(digits("1", 15)) }

const personColumns = `id, name, name_zh, COALESCE(phone, ''), avatar`

func scanPerson(row interface{ Scan(...any) error }) (Person, error) {
	var p Person
	err := row.Scan(&p.ID, &p.Name, &p.NameZh, &p.Phone, &p.Avatar)
	return p, err
}

// Find reads a person. Error: ErrPersonNotFound.
func Find(ctx context.Context, tx *db.Tx, id PersonID) (Person, error) {
	p, err := scanPerson(tx.QueryRow(`SELECT `+personColumns+` FROM identity_person WHERE id = $1 AND closed_at IS NULL`, string(id)))
	return p, orNotFound(err, ErrPersonNotFound)
}

// ByPhone finds who has this phone number. Error: ErrPersonNotFound.
func ByPhone(ctx context.Context, tx *db.Tx, phone string) (Person, error) {
	p, err := scanPerson(tx.QueryRow(`SELECT `+personColumns+` FROM identity_person WHERE phone = $1 AND closed_at IS NULL`, phone))
	return p, orNotFound(err, ErrPersonNotFound)
}

// List answers up to limit persons in the order of their ids, after the id given.
func List(ctx context.Context, tx *db.Tx, after PersonID, limit int) ([]Person, error) {
	rows, err := tx.Query(`SELECT `+personColumns+` FROM identity_person WHERE id > $1 AND closed_at IS NULL ORDER BY id LIMIT $2`, string(after), int64(limit))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	persons := []Person{}
	for rows.Next() {
		p, err := scanPerson(rows)
		if err != nil {
			return nil, err
		}
		persons = append(persons, p)
	}
	return persons, rows.Err()
}

// StartSession signs a person in and answers the token for the cookie. Error: ErrPersonNotFound.
func StartSession(ctx context.Context, tx *db.Tx, person PersonID) (token string, err error) {
	if _, err := Find(ctx, tx, person); err != nil {
		return "", err
	}
	token, hash := secret()
	_, err = tx.Exec(`INSERT INTO identity_session (hash, person_id, made_at, expires_at) VALUES ($1, $2, $3, $4)`,
		hash, string(person), tx.Now(), tx.Now()+SessionDays*day)
	return token, err
}

// SessionTables are what Session reads, for a db.Memo of it.
var SessionTables = []string{"identity_session", "identity_person"}

// Session tells whose token this is. Error: ErrNoSession.
func Session(ctx context.Context, tx *db.Tx, token string) (Person, error) {
	p, err := scanPerson(tx.QueryRow(`SELECT p.id, p.name, p.name_zh, COALESCE(p.phone, ''), p.avatar FROM identity_session s
		JOIN identity_person p ON p.id = s.person_id WHERE s.hash = $1 AND s.expires_at > $2 AND p.closed_at IS NULL`, hashOf(token), tx.Now()))
	return p, orNotFound(err, ErrNoSession)
}

// EndSession signs out; an unknown token is signed out already.
func EndSession(ctx context.Context, tx *db.Tx, token string) error {
	_, err := tx.Exec(`DELETE FROM identity_session WHERE hash = $1`, hashOf(token))
	return err
}

// Link is who a person is to one program.
type Link struct {
	App    string
	Person PersonID
	OpenID string
	UserID string // 16 digits beginning 2088
}

// LinkTo finds or makes the names by which a program knows a person.
func LinkTo(ctx context.Context, tx *db.Tx, app string, person PersonID) (Link, error) {
	l := Link{App: app, Person: person}
	read := func() error {
		return tx.QueryRow(`SELECT open_id, user_id FROM identity_link WHERE app_id = $1 AND person_id = $2`, app, string(person)).Scan(&l.OpenID, &l.UserID)
	}
	if err := read(); !errors.Is(err, db.ErrNoRows) {
		return l, err
	}
	open, _ := secret()
	if _, err := tx.Exec(`INSERT INTO identity_link (app_id, person_id, open_id, user_id, made_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (app_id, person_id) DO NOTHING`, app, string(person), open, digits("2088", 12), tx.Now()); err != nil {
		return l, err
	}
	return l, read()
}

// PersonOf finds whom a program means by an open_id or a user_id of its own. Error: ErrPersonNotFound, for other programs' ids too.
func PersonOf(ctx context.Context, tx *db.Tx, app, openOrUserID string) (Person, error) {
	p, err := scanPerson(tx.QueryRow(`SELECT p.id, p.name, p.name_zh, COALESCE(p.phone, ''), p.avatar FROM identity_link l
		JOIN identity_person p ON p.id = l.person_id WHERE l.app_id = $1 AND (l.open_id = $2 OR l.user_id = $2) AND p.closed_at IS NULL`, app, openOrUserID))
	return p, orNotFound(err, ErrPersonNotFound)
}

func orNotFound(err error, f *fault.Fault) error {
	if errors.Is(err, db.ErrNoRows) {
		return f
	}
	return err
}

// secret makes 256 random bits for somebody to carry, and the hash to keep.
func secret() (token string, hash []byte) {
	b := make([]byte, 32)
	rand.Read(b)
	token = base64.RawURLEncoding.EncodeToString(b)
	return token, hashOf(token)
}

func hashOf(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// digits is prefix and n random digits.
func digits(prefix string, n int) string {
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
	v, err := rand.Int(rand.Reader, limit)
	if err != nil {
		panic("identity: no randomness: " + err.Error())
	}
	return prefix + fmt.Sprintf("%0*d", n, v)
}
