// Package sign signs and verifies the way Alipay's open API does: RSA and RSA2
// signatures, the strings to sign of its v2 and v3 dialects, certificate serial
// numbers, and AES content encryption.
//
// It is pure: no HTTP, no database, no clock of its own beyond certificate
// dates handed in. It never decides who may call; it only says whether bytes
// and a key belong together.
//
// Start reading here, then v2.go (parameters joined with &), v3.go (lines), and
// cert.go (serial numbers and issuing).
package sign

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"errors"
)

// Type is the sign_type of a request: which hash goes under the RSA signature.
type Type string

// RSA is SHA-1 with RSA, still the default of two official SDKs; RSA2 is
// SHA-256 with RSA. Both are PKCS#1 v1.5 and therefore deterministic.
const (
	RSA  Type = "RSA"
	RSA2 Type = "RSA2"
)

// ErrSignature says that a signature does not belong to this text and key.
var ErrSignature = errors.New("sign: the signature does not match the text and the key")

// Known reports whether t is a type that this package can check.
func (t Type) Known() bool { return t == RSA || t == RSA2 }

func (t Type) digest(text []byte) (crypto.Hash, []byte) {
	if t == RSA {
		sum := sha1.Sum(text)
		return crypto.SHA1, sum[:]
	}
	sum := sha256.Sum256(text)
	return crypto.SHA256, sum[:]
}

// Sign returns the standard Base64 signature of text.
func Sign(key *rsa.PrivateKey, t Type, text []byte) (string, error) {
	hash, sum := t.digest(text)
	raw, err := rsa.SignPKCS1v15(rand.Reader, key, hash, sum)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(raw), nil
}

// Verify returns ErrSignature unless signature (standard Base64) is text's.
func Verify(key *rsa.PublicKey, t Type, text []byte, signature string) error {
	raw, err := base64.StdEncoding.DecodeString(signature)
	if err != nil || len(raw) != key.Size() {
		return ErrSignature
	}
	hash, sum := t.digest(text)
	if rsa.VerifyPKCS1v15(key, hash, sum, raw) != nil {
		return ErrSignature
	}
	return nil
}
