package passkey_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/identity"
	"souk/platform/passkey"
)

var ctx = context.Background()

func TestPasskeysBelongToAHostsName(t *testing.T) {
	for origin, want := range map[string]bool{
		"https://souk.example": true, "http://localhost:8080": true, "https://souk.example:8443": true,
		"http://127.0.0.1:8080": false, "http://souk.example": false, "https://[::1]": false, "": false, "null": false, "javascript:x": false,
	} {
		if _, err := passkey.At(origin); (err == nil) != want || err != nil && !errors.Is(err, passkey.ErrOrigin) {
			t.Errorf("%q: %v", origin, err)
		}
	}
}

// A real device's answers are proven in conformance/shell with Chromium's authenticator; here what must be refused, on both engines.
func TestAnswersToOtherQuestionsProveNothing(t *testing.T) {
	dbtest.Each(t, []db.Schema{identity.Schema, passkey.Schema}, func(t *testing.T, d *db.DB) {
		site, err := passkey.At("http://localhost:8080")
		if err != nil {
			t.Fatal(err)
		}
		write := func(f func(tx *db.Tx) error) error { return d.Write(ctx, f) }
		if err := write(func(tx *db.Tx) error { return identity.Add(ctx, tx, identity.Person{ID: "ann", Name: "Ann"}) }); err != nil {
			t.Fatal(err)
		}
		ask := func(purpose passkey.Purpose, person identity.PersonID, deed passkey.Deed) (challenge string, err error) {
			var asked any
			err = write(func(tx *db.Tx) (err error) { asked, err = site.Ask(ctx, tx, purpose, person, deed); return err })
			text, _ := json.Marshal(asked)
			var out struct{ PublicKey struct{ Challenge string } }
			if json.Unmarshal(text, &out) == nil {
				challenge = out.PublicKey.Challenge
			}
			return challenge, err
		}
		if _, err := ask(passkey.Spend, "ann", passkey.Paying("1", 1_00)); !errors.Is(err, passkey.ErrNone) {
			t.Errorf("without a passkey: %v", err)
		}
		challenge, err := ask(passkey.SignIn, "", "")
		if err != nil || len(challenge) < 40 {
			t.Fatalf("%q %v", challenge, err)
		}
		if _, err := ask(passkey.Register, "ann", ""); err != nil {
			t.Fatal(err)
		}
		client := base64.RawURLEncoding.EncodeToString([]byte(`{"type":"webauthn.get","challenge":"` + challenge + `","origin":"http://localhost:8080"}`))
		forged := fmt.Sprintf(`{"id":"AQID","rawId":"AQID","type":"public-key","response":{"clientDataJSON":"%s","authenticatorData":"%s","signature":"AQID","userHandle":"AQID"}}`,
			client, base64.RawURLEncoding.EncodeToString(make([]byte, 37)))
		for what, answer := range map[string]string{"nothing": ``, "null": `null`, "not JSON": `{`, "forged": forged} {
			if err := write(func(tx *db.Tx) error {
				_, err := site.Prove(ctx, tx, passkey.SignIn, "", "", []byte(answer))
				return err
			}); !errors.Is(err, passkey.ErrAnswer) {
				t.Errorf("%s: %v", what, err)
			}
			if err := write(func(tx *db.Tx) error { return site.Add(ctx, tx, "ann", "x", []byte(answer)) }); !errors.Is(err, passkey.ErrAnswer) {
				t.Errorf("%s, to register: %v", what, err)
			}
		}
		if err := write(func(tx *db.Tx) error { return passkey.Remove(ctx, tx, "ann", "AQID") }); !errors.Is(err, passkey.ErrNone) {
			t.Errorf("removing none: %v", err)
		}
	})
}
