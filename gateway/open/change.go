package open

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/sign"
	"souk/platform/openapp"
)

// Pair is a private key made for a developer, and the certificate request that goes with it. It is kept nowhere.
type Pair struct {
	PrivateKey string // Base64 of PKCS#1: npm, PHP, Go, Python
	PKCS8      string // Base64 of PKCS#8: Java
	Request    string // PEM
}

// NewPair makes one.
func NewPair() (Pair, error) {
	key, err := sign.NewKey()
	if err != nil {
		return Pair{}, err
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "app"}}, key)
	if err != nil {
		return Pair{}, err
	}
	request := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})
	return Pair{sign.PrivateText(key), sign.PrivatePKCS8(key), string(request)}, nil
}

// ErrMessageURL refuses an address that cannot be called back. Where it points is decided when we call it, since names change.
var ErrMessageURL = fault.New(fault.Invalid, "OPENAPP_MESSAGE_URL", "the address for messages must be http or https, of at most 512 bytes, without a name or password in it")

// Change says how an app signs from now on; what is nil stays. Certificates stay valid.
type Change struct {
	PublicKey  *string // PEM or Base64; "" takes the plain key away: certificates only
	AESKey     *string // Base64; "" is none
	MessageURL *string
}

// ChangeApp changes what an app told us; one that never did is registered. Errors: ErrMessageURL, openapp.Save's.
func ChangeApp(ctx context.Context, tx *db.Tx, appID string, c Change) error {
	now, err := openapp.Find(ctx, tx, appID)
	if err != nil && !errors.Is(err, openapp.ErrUnknown) {
		return err
	}
	in := openapp.Register{AppID: appID, AESKey: now.AESKey, MessageURL: now.MessageURL}
	if now.Key != nil {
		in.PublicKey = sign.PublicText(now.Key)
	}
	for _, field := range []struct{ to, from *string }{{&in.PublicKey, c.PublicKey}, {&in.AESKey, c.AESKey}, {&in.MessageURL, c.MessageURL}} {
		if field.from != nil {
			*field.to = *field.from
		}
	}
	if checkURL("message_url", in.MessageURL) != nil {
		return ErrMessageURL
	}
	_, err = openapp.Save(ctx, tx, in)
	return err
}

// CertifyRequest issues a certificate for the key of a certificate request. Errors: openapp.ErrKey, openapp.ErrOwnKey.
func CertifyRequest(ctx context.Context, tx *db.Tx, appID, request string) (sign.Issued, error) {
	key, err := sign.ParseRequest(request)
	if err != nil {
		return sign.Issued{}, openapp.ErrKey.With("%w", err)
	}
	if err := ChangeApp(ctx, tx, appID, Change{}); err != nil {
		return sign.Issued{}, err
	}
	return openapp.Certify(ctx, tx, appID, key)
}

// CardOf is what an app's server needs to call us, with the platform key s; base is our address without a slash at the end.
func CardOf(own openapp.Own, s openapp.Signer, appID, base string) AppCard {
	return AppCard{AppID: appID, Gateway: base + gatewayPath, Endpoint: base, PlatformPublicKey: s.PublicText(),
		PlatformCert: s.Certificate.PEM, PlatformCertSN: s.Certificate.SN, RootCert: own.Root.Root.PEM, RootCertSN: own.Root.Root.SN}
}
