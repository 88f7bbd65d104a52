package passkey_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"testing"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/identity"
	"souk/platform/passkey"
)

const origin = "http://localhost:8080"

// device is a phone's authenticator with one key, whose user always says yes.
type device struct {
	key   *ecdsa.PrivateKey
	id    []byte
	count uint32
}

func (d *device) facts(flags byte) []byte {
	host := sha256.Sum256([]byte("localhost"))
	d.count++
	return binary.BigEndian.AppendUint32(append(host[:], flags), d.count)
}

func client(kind, challenge string) []byte {
	text, _ := json.Marshal(map[string]string{"type": kind, "challenge": challenge, "origin": origin})
	return text
}

func text(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// credential writes what navigator.credentials answers with.
func (d *device) credential(response map[string]string) []byte {
	out, _ := json.Marshal(map[string]any{"id": text(d.id), "rawId": text(d.id), "type": "public-key", "response": response})
	return out
}

// register answers a question to register.
func (d *device) register(t *testing.T, challenge string) []byte {
	t.Helper()
	point, err := d.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		t.Fatal(err)
	}
	public, err := webauthncbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})
	if err != nil {
		t.Fatal(err)
	}
	facts := append(d.facts(0x45), make([]byte, 16)...)
	facts = append(binary.BigEndian.AppendUint16(facts, uint16(len(d.id))), d.id...)
	attestation, err := webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": append(facts, public...)})
	if err != nil {
		t.Fatal(err)
	}
	return d.credential(map[string]string{"clientDataJSON": text(client("webauthn.create", challenge)), "attestationObject": text(attestation)})
}

// prove answers any other question.
func (d *device) prove(t *testing.T, challenge string) []byte {
	t.Helper()
	said, facts := client("webauthn.get", challenge), d.facts(0x05)
	digest := sha256.Sum256(said)
	signed := sha256.Sum256(append(facts, digest[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, signed[:])
	if err != nil {
		t.Fatal(err)
	}
	return d.credential(map[string]string{"clientDataJSON": text(said), "authenticatorData": text(facts), "signature": text(signature)})
}

// desk puts questions and takes answers, each in a transaction of its own.
type desk struct {
	d    *db.DB
	site passkey.Site
}

func (k desk) ask(t *testing.T, purpose passkey.Purpose, person identity.PersonID, deed passkey.Deed) string {
	t.Helper()
	var asked any
	if err := k.d.Write(ctx, func(tx *db.Tx) (err error) { asked, err = k.site.Ask(ctx, tx, purpose, person, deed); return err }); err != nil {
		t.Fatal(err)
	}
	raw, _ := json.Marshal(asked)
	var out struct{ PublicKey struct{ Challenge string } }
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out.PublicKey.Challenge
}

func (k desk) check(answer []byte, person identity.PersonID, deed passkey.Deed) error {
	return passkey.Proof{Passkey: answer}.Check(ctx, k.d, origin, person, deed)
}

func newDesk(t *testing.T, d *db.DB, people ...identity.PersonID) (desk, map[identity.PersonID]*device) {
	t.Helper()
	site, err := passkey.At(origin)
	if err != nil {
		t.Fatal(err)
	}
	k, devices := desk{d, site}, map[identity.PersonID]*device{}
	for _, person := range people {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		devices[person] = &device{key: key, id: []byte("key of " + person)}
		if err := d.Write(ctx, func(tx *db.Tx) error { return identity.Add(ctx, tx, identity.Person{ID: person, Name: string(person)}) }); err != nil {
			t.Fatal(err)
		}
		answer := devices[person].register(t, k.ask(t, passkey.Register, person, ""))
		if err := d.Write(ctx, func(tx *db.Tx) error { return site.Add(ctx, tx, person, "a phone", answer) }); err != nil {
			t.Fatal(err)
		}
	}
	return k, devices
}

func TestAnAnswerAllowsTheDeedThatWasAskedAboutAndNoOther(t *testing.T) {
	lunch := passkey.Paying("2026112200000000000000000001", 12_30)
	rows := []struct {
		what        string
		asked, done passkey.Deed
		ok          bool
	}{
		{"this trade", lunch, lunch, true},
		{"another trade of the same total", passkey.Paying("2026112200000000000000000002", 12_30), lunch, false},
		{"this trade at another total", passkey.Paying("2026112200000000000000000001", 12_31), lunch, false},
		{"no deed", lunch, "", false},
		{"a transfer with the same words", passkey.For("transfer", "2026112200000000000000000001", "12.30"), lunch, false},
		{"this transfer", passkey.For("transfer", "5.00", "k1", "13800000002"), passkey.For("transfer", "5.00", "k1", "13800000002"), true},
		{"the same transfer tapped again", passkey.For("transfer", "5.00", "k1", "13800000002"), passkey.For("transfer", "5.00", "k2", "13800000002"), false},
		{"a transfer to somebody else", passkey.For("transfer", "5.00", "k1", "13800000002"), passkey.For("transfer", "5.00", "k1", "13800000003"), false},
		{"facts that look alike once joined", passkey.For("transfer", "5.00", `k","1`), passkey.For("transfer", "5.00", "k", "1"), false},
	}
	dbtest.Each(t, []db.Schema{identity.Schema, passkey.Schema}, func(t *testing.T, d *db.DB) {
		k, devices := newDesk(t, d, "ann", "bob")
		for _, row := range rows {
			answer := devices["ann"].prove(t, k.ask(t, passkey.Spend, "ann", row.asked))
			err := k.check(answer, "ann", row.done)
			if (err == nil) != row.ok || err != nil && !errors.Is(err, passkey.ErrAnswer) {
				t.Errorf("%s: %v", row.what, err)
			}
			if err := k.check(answer, "ann", row.asked); !errors.Is(err, passkey.ErrAnswer) {
				t.Errorf("%s, offered a second time: %v", row.what, err)
			}
		}
		for what, answer := range map[string][]byte{
			"an answer to sign in":                     devices["ann"].prove(t, k.ask(t, passkey.SignIn, "", "")),
			"another person's answer to this question": devices["bob"].prove(t, k.ask(t, passkey.Spend, "ann", lunch)),
			"the same deed asked of another person":    devices["ann"].prove(t, k.ask(t, passkey.Spend, "bob", lunch)),
			"an answer to a question that nobody put":  devices["ann"].prove(t, text(make([]byte, 32))),
		} {
			if err := k.check(answer, "ann", lunch); !errors.Is(err, passkey.ErrAnswer) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

func TestOnlySpendingIsAskedAboutADeedAndItAlwaysIs(t *testing.T) {
	dbtest.Each(t, []db.Schema{identity.Schema, passkey.Schema}, func(t *testing.T, d *db.DB) {
		k, _ := newDesk(t, d, "ann")
		for purpose, deed := range map[passkey.Purpose]passkey.Deed{passkey.Spend: "", passkey.SignIn: passkey.Paying("1", 1), passkey.Register: passkey.Paying("1", 1)} {
			if err := k.d.Write(ctx, func(tx *db.Tx) error { _, err := k.site.Ask(ctx, tx, purpose, "ann", deed); return err }); !errors.Is(err, passkey.ErrDeed) {
				t.Errorf("%s about %q: %v", purpose, deed, err)
			}
		}
	})
}
