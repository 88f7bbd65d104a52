package shell_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"strings"
	"testing"

	"souk/conformance/chrome"
)

func TestAMerchantsServerReadsWhatAProgramEncrypts(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := rsa.EncryptPKCS1v15(rand.Reader, &key.PublicKey, []byte("from the server: 茶"))
	if err != nil {
		t.Fatal(err)
	}
	text := base64.StdEncoding.EncodeToString
	long := strings.Repeat("four thousand shops ", 30)
	_, got := hear(t, `
		const public = `+chrome.Quote(text(public))+`, private = `+chrome.Quote(text(private))+`, long = `+chrome.Quote(long)+`;
		say('out', (await my.rsa({ action: 'encrypt', text: '订单 42', key: public })).text);
		say('in', (await my.rsa({ action: 'decrypt', text: `+chrome.Quote(text(theirs))+`, key: private })).text);
		const sealed = await my.rsa({ action: 'encrypt', text: long, key: '-----BEGIN PUBLIC KEY-----\n' + public + '\n-----END PUBLIC KEY-----' });
		say('long', (await my.rsa({ action: 'decrypt', text: sealed.text, key: private })).text === long);
		say('nokey', (await failing(my.rsa({ action: 'encrypt', text: 'x', key: 'AAAA' }))).error);
		say('broken', (await failing(my.rsa({ action: 'decrypt', text: public, key: private }))).error);
	`, nil)
	wantSaid(t, got, map[string]string{"in": "from the server: 茶", "long": "true", "nokey": "2", "broken": "2"})
	sealed, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(got["out"]), ""))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := rsa.DecryptPKCS1v15(nil, key, sealed); err != nil || string(plain) != "订单 42" {
		t.Errorf("the server reads %q, %v", plain, err)
	}
}
