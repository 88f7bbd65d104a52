package open

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"math/big"
	"os"
	"path/filepath"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/sign"
	"souk/platform/merchant"
	"souk/platform/openapp"
)

// NewApp says what app to make for the open API.
type NewApp struct {
	Name       string
	Merchant   merchant.ID // of an existing merchant; empty makes one of the same name
	PublicKey  string      // the app's, PEM or Base64: key mode
	Request    string      // a certificate request (CSR), PEM: certificate mode
	AES        bool        // make a content key
	MessageURL string      // where messages go; may be empty
}

// AppCard is what a merchant's server needs to call us. The JSON names are
// those that `souk app create --json` prints.
type AppCard struct {
	AppID             string `json:"appId"`
	Merchant          string `json:"merchant"`
	Gateway           string `json:"gateway"`           // v2
	Endpoint          string `json:"endpoint"`          // v3
	PlatformPublicKey string `json:"platformPublicKey"` // "alipayPublicKey" of SDKs
	AESKey            string `json:"aesKey,omitempty"`
	PlatformCert      string `json:"platformCert,omitempty"` // PEM, certificate mode
	PlatformCertSN    string `json:"platformCertSn,omitempty"`
	RootCert          string `json:"rootCert,omitempty"`
	RootCertSN        string `json:"rootCertSn,omitempty"`
	AppCert           string `json:"appCert,omitempty"`
	AppCertSN         string `json:"appCertSn,omitempty"`
	Files             string `json:"files,omitempty"` // the folder that holds the certificates
}

// newMerchantFee is what settlement keeps of a new merchant's payments, in
// ten-thousandths: Alipay's usual 0.6 %.
const newMerchantFee = 60

// ErrNewApp refuses an app without a way to sign.
var ErrNewApp = fault.New(fault.Invalid, "OPENAPP_NEW", "an app needs a name and either a public key or a certificate request")

// CreateApp makes a merchant if need be, an app, and what it signs with. Keys
// are as strong as the SDKs'. base is our address without a slash at the end.
// Errors: ErrNewApp, ErrMessageURL, openapp.ErrKey, openapp.ErrOwnKey, merchant's.
func CreateApp(ctx context.Context, d *db.DB, base string, in NewApp) (AppCard, error) {
	if in.Name == "" || (in.PublicKey == "") == (in.Request == "") {
		return AppCard{}, ErrNewApp
	}
	if checkURL("message_url", in.MessageURL) != nil {
		return AppCard{}, ErrMessageURL
	}
	own, err := openapp.Ensure(ctx, d)
	if err != nil {
		return AppCard{}, err
	}
	var key *rsa.PublicKey
	if in.Request != "" {
		if key, err = sign.ParseRequest(in.Request); err != nil {
			return AppCard{}, openapp.ErrKey.With("%w", err)
		}
	}
	card := AppCard{AppID: newAppID(), Gateway: base + gatewayPath, Endpoint: base, PlatformPublicKey: own.PublicText()}
	if in.AES {
		card.AESKey = sign.NewAESKey()
	}
	err = d.Write(ctx, func(tx *db.Tx) error { return register(ctx, tx, in, key, &card) })
	if err == nil && key != nil {
		card.PlatformCert, card.PlatformCertSN = own.Certificate.PEM, own.Certificate.SN
		card.RootCert, card.RootCertSN = own.Root.Root.PEM, own.Root.Root.SN
	}
	return card, err
}

func register(ctx context.Context, tx *db.Tx, in NewApp, key *rsa.PublicKey, card *AppCard) error {
	owner := merchant.Merchant{ID: in.Merchant, Name: in.Name, FeeBP: newMerchantFee}
	if owner.ID == "" {
		owner.ID = merchant.ID("2088" + card.AppID[4:])
		if err := merchant.Add(ctx, tx, owner); err != nil {
			return err
		}
	}
	card.Merchant = string(owner.ID)
	if err := merchant.AddApp(ctx, tx, merchant.App{ID: merchant.AppID(card.AppID), Merchant: owner, Name: in.Name}); err != nil {
		return err
	}
	_, err := openapp.Save(ctx, tx, openapp.Register{AppID: card.AppID, PublicKey: in.PublicKey, AESKey: card.AESKey, MessageURL: in.MessageURL})
	if err != nil || key == nil {
		return err
	}
	issued, err := openapp.Certify(ctx, tx, card.AppID, key)
	card.AppCert, card.AppCertSN = issued.PEM, issued.SN
	return err
}

// newAppID is 16 digits beginning 2021, as SDK users expect of an app.
func newAppID() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1e12))
	if err != nil {
		panic("open: no randomness: " + err.Error())
	}
	return fmt.Sprintf("2021%012d", n)
}

// Files of a certificate folder, named as Alipay's tools name them.
const (
	requestFile      = "app.csr"
	privateKeyFile   = "app_private_key.txt" // Base64 of PKCS#1
	privatePKCS8File = "app_private_key_pkcs8.txt"
	platformCertFile = "alipayCertPublicKey_RSA2.crt"
	rootCertFile     = "alipayRootCert.crt"
)

// RequestIn returns the certificate request of a folder: the developer's
// app.csr, or, where there is none, one for a fresh key that is written there.
func RequestIn(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, requestFile))
	if err == nil || !os.IsNotExist(err) {
		return string(text), err
	}
	pair, err := NewPair()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	return pair.Request, writeFiles(dir, map[string]string{
		privateKeyFile: pair.PrivateKey, privatePKCS8File: pair.PKCS8, requestFile: pair.Request,
	})
}

// WriteCertificates puts a card's certificates into a folder and names the
// folder in the card.
func WriteCertificates(dir string, card *AppCard) error {
	card.Files = dir
	return writeFiles(dir, map[string]string{
		"appCertPublicKey_" + card.AppID + ".crt": card.AppCert, platformCertFile: card.PlatformCert, rootCertFile: card.RootCert,
	})
}

func writeFiles(dir string, files map[string]string) error {
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}
