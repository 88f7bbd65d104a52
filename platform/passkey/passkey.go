// Package passkey lets a person prove who they are with the key that their device keeps (WebAuthn), to sign in and to spend.
//
// A question is put (Ask… answers what the browser hands to the authenticator), and its answer is taken once, within five minutes, for the
// purpose and the person for which it was put: an answer given to sign in spends nothing. One that spends allows the one deed that was asked
// about (Deed): this trade at this total, that transfer, nothing else. The device must verify its user (finger, face or its own PIN). Passkeys belong to a host's name, so they do not work where the shell is open at a bare IP address. No attestation is
// asked for. It moves no money and starts no session. Start reading at Site.
package passkey

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/platform/identity"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the room's tables.
var Schema = db.Schema{Room: "passkey", Files: files}

// Purpose is what an answer is for.
type Purpose string

const (
	Register Purpose = "register"
	SignIn   Purpose = "signin"
	Spend    Purpose = "spend"
)

// Limits.
const (
	QuestionMillis = 5 * 60 * 1000
	MaxKeys        = 10 // of a person
)

var (
	ErrOrigin = fault.New(fault.Conflict, "PASSKEY_ORIGIN", "passkeys belong to a host's name: open this at https://, or at http://localhost, not at an IP address")
	ErrAnswer = fault.New(fault.Forbidden, "PASSKEY_WRONG", "this passkey's answer does not prove who you are; please try again")
	ErrNone   = fault.New(fault.NotFound, "PASSKEY_NONE", "there is no such passkey")
	ErrDeed   = fault.New(fault.Invalid, "PASSKEY_DEED", "a passkey is asked about one deed, such as paying one trade")
	ErrMany   = fault.New(fault.Conflict, "PASSKEY_TOO_MANY", "there are ten passkeys already; remove one first")
)

// Site is where the shell is open: an origin, "https://host" or "http://localhost:8080".
type Site struct{ rp *webauthn.WebAuthn }

// At reads an origin. Error: ErrOrigin.
func At(origin string) (Site, error) {
	u, err := url.Parse(origin)
	if err != nil || u.Hostname() == "" || net.ParseIP(u.Hostname()) != nil || u.Scheme != "https" && u.Hostname() != "localhost" {
		return Site{}, ErrOrigin
	}
	rp, err := webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: "Souk", RPOrigins: []string{u.Scheme + "://" + u.Host},
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired}})
	if err != nil {
		return Site{}, ErrOrigin
	}
	return Site{rp}, nil
}

// holder is a person as the library wants one.
type holder struct {
	person identity.Person
	keys   []webauthn.Credential
}

// WebAuthnID names the person to the authenticator; it is made of the id so that the id itself stays here.
func (h holder) WebAuthnID() []byte {
	sum := sha256.Sum256([]byte("souk/passkey/" + string(h.person.ID)))
	return sum[:]
}
func (h holder) WebAuthnName() string                       { return h.person.Name }
func (h holder) WebAuthnDisplayName() string                { return h.person.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func load(ctx context.Context, tx *db.Tx, person identity.PersonID) (holder, error) {
	h := holder{}
	var err error
	if h.person, err = identity.Find(ctx, tx, person); err != nil {
		return h, err
	}
	rows, err := tx.Query(`SELECT credential FROM passkey_key WHERE person_id = $1 ORDER BY made_at, id`, string(person))
	if err != nil {
		return h, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		var c webauthn.Credential
		if err := rows.Scan(&text); err != nil {
			return h, err
		}
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			return h, err
		}
		h.keys = append(h.keys, c)
	}
	return h, rows.Err()
}

// Ask puts a question: what the browser's navigator.credentials is to be called with, as JSON. person is "" for SignIn, where whoever has a
// passkey may answer; deed is "" but for Spend, which needs one. Errors: ErrMany, ErrNone (the person has no passkey to spend with), ErrDeed.
func (s Site) Ask(ctx context.Context, tx *db.Tx, purpose Purpose, person identity.PersonID, deed Deed) (any, error) {
	if (deed != "") != (purpose == Spend) {
		return nil, ErrDeed
	}
	if purpose == SignIn {
		options, session, err := s.rp.BeginDiscoverableLogin()
		if err != nil {
			return nil, err
		}
		return options, keep(tx, purpose, "", deed, session)
	}
	h, err := load(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	if purpose == Register {
		if len(h.keys) >= MaxKeys {
			return nil, ErrMany
		}
		options, session, err := s.rp.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()))
		if err != nil {
			return nil, err
		}
		return options, keep(tx, purpose, person, deed, session)
	}
	if len(h.keys) == 0 {
		return nil, ErrNone
	}
	options, session, err := s.rp.BeginLogin(h)
	if err != nil {
		return nil, err
	}
	return options, keep(tx, purpose, person, deed, session)
}

func keep(tx *db.Tx, purpose Purpose, person identity.PersonID, deed Deed, session *webauthn.SessionData) error {
	text, err := json.Marshal(session)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM passkey_question WHERE expires_at < $1`, tx.Now()); err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO passkey_question (id, purpose, person_id, deed, session, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		session.Challenge, string(purpose), string(person), string(deed), string(text), tx.Now()+QuestionMillis)
	return err
}

// take finds the question that an answer belongs to; it can be answered only once, and not again after it was offered for another deed.
func take(tx *db.Tx, purpose Purpose, person identity.PersonID, deed Deed, challenge string) (session webauthn.SessionData, err error) {
	var asked Deed
	var text string
	err = tx.QueryRow(`DELETE FROM passkey_question WHERE id = $1 AND purpose = $2 AND person_id = $3 AND expires_at > $4 RETURNING deed, session`,
		challenge, string(purpose), string(person), tx.Now()).Scan(&asked, &text)
	if errors.Is(err, db.ErrNoRows) || err == nil && (asked != deed || (deed != "") != (purpose == Spend)) {
		return session, ErrAnswer
	}
	if err != nil {
		return session, err
	}
	return session, json.Unmarshal([]byte(text), &session)
}

func id(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// Add keeps the passkey that a device made in answer to Register. name is the browser's own. Errors: ErrAnswer, ErrMany.
func (s Site) Add(ctx context.Context, tx *db.Tx, person identity.PersonID, name string, answer []byte) error {
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return ErrAnswer
	}
	session, err := take(tx, Register, person, "", parsed.Response.CollectedClientData.Challenge)
	if err != nil {
		return err
	}
	h, err := load(ctx, tx, person)
	if err != nil {
		return err
	}
	if len(h.keys) >= MaxKeys {
		return ErrMany
	}
	made, err := s.rp.CreateCredential(h, session, parsed)
	if err != nil {
		return ErrAnswer
	}
	text, err := json.Marshal(made)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`INSERT INTO passkey_key (id, person_id, name, credential, made_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
		id(made.ID), string(person), name[:min(len(name), 256)], string(text), tx.Now())
	if err == nil && n == 0 {
		return ErrAnswer // another person's key cannot become this one's
	}
	return err
}

// Prove takes the answer to Spend, and is nil when it is this person's, given for this deed; for SignIn pass "" and "", and learn who it is.
// Error: ErrAnswer.
func (s Site) Prove(ctx context.Context, tx *db.Tx, purpose Purpose, person identity.PersonID, deed Deed, answer []byte) (identity.PersonID, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil || purpose == Register {
		return "", ErrAnswer
	}
	session, err := take(tx, purpose, person, deed, parsed.Response.CollectedClientData.Challenge)
	if err != nil {
		return "", err
	}
	var owner identity.PersonID
	err = tx.QueryRow(`SELECT person_id FROM passkey_key WHERE id = $1`, id(parsed.RawID)).Scan(&owner)
	if errors.Is(err, db.ErrNoRows) || err == nil && person != "" && owner != person {
		return "", ErrAnswer
	}
	if err != nil {
		return "", err
	}
	h, err := load(ctx, tx, owner)
	if err != nil {
		return "", err
	}
	used, err := s.validate(h, session, parsed, purpose)
	if err != nil || used.Authenticator.CloneWarning {
		return "", ErrAnswer
	}
	text, err := json.Marshal(used)
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(`UPDATE passkey_key SET credential = $1, used_at = $2 WHERE id = $3`, string(text), tx.Now(), id(used.ID))
	return owner, err
}

func (s Site) validate(h holder, session webauthn.SessionData, parsed *protocol.ParsedCredentialAssertionData, purpose Purpose) (*webauthn.Credential, error) {
	if purpose != SignIn {
		return s.rp.ValidateLogin(h, session, parsed)
	}
	return s.rp.ValidateDiscoverableLogin(func(_, _ []byte) (webauthn.User, error) { return h, nil }, session, parsed)
}

// Key is a passkey as its person sees it.
type Key struct {
	ID     string
	Name   string
	MadeAt int64
	UsedAt int64 // 0 never
}

// Keys lists a person's passkeys, oldest first.
func Keys(_ context.Context, tx *db.Tx, person identity.PersonID) ([]Key, error) {
	rows, err := tx.Query(`SELECT id, name, made_at, COALESCE(used_at, 0) FROM passkey_key WHERE person_id = $1 ORDER BY made_at, id`, string(person))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	keys := []Key{}
	for rows.Next() {
		var k Key
		if err := rows.Scan(&k.ID, &k.Name, &k.MadeAt, &k.UsedAt); err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, rows.Err()
}

// Remove forgets one of a person's own passkeys. Error: ErrNone.
func Remove(_ context.Context, tx *db.Tx, person identity.PersonID, key string) error {
	n, err := tx.Exec(`DELETE FROM passkey_key WHERE id = $1 AND person_id = $2`, key, string(person))
	if err == nil && n == 0 {
		return ErrNone
	}
	return err
}
