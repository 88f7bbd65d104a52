package sign_test

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"souk/kit/sign"
)

// The three serials were computed by npm, PHP and Go clients alike.
func TestSerialsEqualThoseOfThreeSDKs(t *testing.T) {
	issuer := pkix.Name{Country: []string{"CN"}, Organization: []string{"Open Platform"},
		OrganizationalUnit: []string{"Certification Authority"}, CommonName: "Open Platform Root R1"}
	for serial, want := range map[int64]string{
		20260101000001: "bcfa4f26f65cd4092ac8bb58af9f18e6",
		20260101000002: "71079d46a2bdcd0d2788ab087a99a8ef",
		1001:           "ec0ba6711eab5df9036ae3eff35e89db",
	} {
		if got := sign.Serial(selfSigned(t, issuer, serial)); got != want {
			t.Errorf("serial %d: %s, want %s", serial, got, want)
		}
	}
}

func selfSigned(t *testing.T, name pkix.Name, serial int64) *x509.Certificate {
	t.Helper()
	key, err := sign.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: name, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAnIssuedCertificateChainsToItsRootAndKeepsItsKey(t *testing.T) {
	now := time.Now()
	authority, err := sign.NewAuthority("Souk", now)
	if err != nil {
		t.Fatal(err)
	}
	key, err := sign.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	issued, err := authority.Issue("2021000000000001", &key.PublicKey, now, sign.AppLife)
	if err != nil {
		t.Fatal(err)
	}
	if err := issued.Cert.CheckSignatureFrom(authority.Root.Cert); err != nil {
		t.Error(err)
	}
	if !issued.PublicKey().Equal(&key.PublicKey) {
		t.Error("the certificate holds another key")
	}
	again, err := sign.ParseCertificate(issued.PEM)
	if err != nil || again.SN != issued.SN {
		t.Errorf("read back: %q, %v; want %q", again.SN, err, issued.SN)
	}
	both, err := sign.RootSerial(authority.Root.PEM + issued.PEM)
	if err != nil || both != authority.Root.SN+"_"+issued.SN {
		t.Errorf("RootSerial = %q, %v", both, err)
	}
	if !issued.Cert.SerialNumber.IsInt64() {
		t.Error("the serial number does not fit 63 bits")
	}
}

func TestACertificateRequestMustBeSignedByItsOwnKey(t *testing.T) {
	key, err := sign.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "x"}}, key)
	if err != nil {
		t.Fatal(err)
	}
	text := func(der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
	}
	got, err := sign.ParseRequest(text(der))
	if err != nil || !got.Equal(&key.PublicKey) {
		t.Fatalf("ParseRequest: %v", err)
	}
	der[len(der)-1] ^= 1
	for _, bad := range []string{text(der), "", "-----BEGIN X-----"} {
		if _, err := sign.ParseRequest(bad); err == nil {
			t.Errorf("ParseRequest(%.20q) passes", bad)
		}
	}
}

func FuzzReadingKeysCertificatesAndHeadersNeverPanics(f *testing.F) {
	f.Add("MIIB")
	f.Add(sign.Scheme + " app_id=1,nonce=2,timestamp=3,sign=AA==")
	f.Fuzz(func(t *testing.T, text string) {
		sign.ParsePublicKey(text)
		sign.ParsePrivateKey(text)
		sign.ParseCertificate(text)
		sign.ParseRequest(text)
		if a, err := sign.ParseAuthorization(text); err == nil && (a.AppID == "" || a.Sign == "") {
			t.Errorf("%q: accepted without app or signature", text)
		}
		if plain, err := sign.Decrypt("aYA0GP8JEW+D7/UFaskCWA==", text); err == nil {
			back, err := sign.Encrypt("aYA0GP8JEW+D7/UFaskCWA==", plain)
			if err != nil || len(back) == 0 {
				t.Errorf("%q decrypts but does not encrypt back: %v", text, err)
			}
		}
	})
}
