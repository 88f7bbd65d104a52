package sign

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"strings"
)

// Key sizes we accept, in bits. Below the minimum RSA is breakable; above the
// maximum a stranger's key would make every check slow.
const (
	MinKeyBits = 2048
	MaxKeyBits = 4096
	newKeyBits = 2048
	maxKeyText = 16 << 10
)

// Errors of reading keys, worded for the person who pasted the key.
var (
	ErrKeyText = errors.New("this is not an RSA key: paste it as PEM or as one line of Base64")
	ErrKeySize = errors.New("the RSA key must have 2048 to 4096 bits")
)

// NewKey makes a private key of the size that SDKs expect.
func NewKey() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, newKeyBits) }

// ParsePublicKey reads a public key as Alipay's tools write it: PEM or bare
// Base64, SubjectPublicKeyInfo or PKCS#1.
func ParsePublicKey(text string) (*rsa.PublicKey, error) {
	der, err := keyBytes(text)
	if err != nil {
		return nil, err
	}
	if key, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return key, checkSize(key)
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, ErrKeyText
	}
	key, ok := parsed.(*rsa.PublicKey)
	if !ok {
		return nil, ErrKeyText
	}
	return key, checkSize(key)
}

// ParsePrivateKey reads a private key, PKCS#1 or PKCS#8, PEM or bare Base64.
func ParsePrivateKey(text string) (*rsa.PrivateKey, error) {
	der, err := keyBytes(text)
	if err != nil {
		return nil, err
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, checkSize(&key.PublicKey)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, ErrKeyText
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, ErrKeyText
	}
	return key, checkSize(&key.PublicKey)
}

// PublicText is the bare Base64 of SubjectPublicKeyInfo, the form that SDK
// configurations call "alipayPublicKey".
func PublicText(key *rsa.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic("sign: an RSA public key that cannot be written: " + err.Error())
	}
	return base64.StdEncoding.EncodeToString(der)
}

// PrivateText is the bare Base64 of PKCS#1, which npm, PHP, Go and Python
// take without a setting; Java wants PrivatePKCS8.
func PrivateText(key *rsa.PrivateKey) string {
	return base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PrivateKey(key))
}

// PrivatePKCS8 is the bare Base64 of PKCS#8, the form of the Java SDK.
func PrivatePKCS8(key *rsa.PrivateKey) string {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic("sign: an RSA private key that cannot be written: " + err.Error())
	}
	return base64.StdEncoding.EncodeToString(der)
}

func checkSize(key *rsa.PublicKey) error {
	if bits := key.N.BitLen(); bits < MinKeyBits || bits > MaxKeyBits {
		return ErrKeySize
	}
	return nil
}

func keyBytes(text string) ([]byte, error) {
	if len(text) > maxKeyText {
		return nil, ErrKeyText
	}
	if block, _ := pem.Decode([]byte(strings.TrimSpace(text))); block != nil {
		return block.Bytes, nil
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil || len(der) == 0 {
		return nil, ErrKeyText
	}
	return der, nil
}
