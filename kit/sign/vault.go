package sign

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
)

// Vault seals secrets that are kept in a database with a key that is not: AES-256-GCM with a random nonce. What it seals says which vault
// opens it, and is bound to its place, so that a sealed text moved to another row or column opens nowhere.
type Vault struct {
	aead cipher.AEAD
	id   string
}

// Refusals of a vault.
var (
	ErrVaultKey = errors.New("sign: a master key is Base64 of 32 bytes")
	ErrSealed   = errors.New("sign: this was sealed with another master key, or for another place, or was changed")
)

const sealedPrefix = "sealed1."

// NewVaultKey makes a master key: Base64 of 32 random bytes.
func NewVaultKey() string {
	raw := make([]byte, 32)
	rand.Read(raw)
	return base64.StdEncoding.EncodeToString(raw)
}

// ParseVault reads a master key. Error: ErrVaultKey.
func ParseVault(key string) (Vault, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(key))
	if err != nil || len(raw) != 32 {
		return Vault{}, ErrVaultKey
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return Vault{}, err
	}
	aead, err := cipher.NewGCM(block)
	sum := sha256.Sum256(append([]byte("souk vault:"), raw...))
	return Vault{aead, hex.EncodeToString(sum[:8])}, err
}

// ID names the master key and tells nothing of it: 16 hex digits.
func (v Vault) ID() string { return v.id }

// Seal seals a text for a place ("openapp_app.aes_key/2021…").
func (v Vault) Seal(place, text string) string {
	nonce := make([]byte, v.aead.NonceSize())
	rand.Read(nonce)
	return sealedPrefix + v.id + "." + base64.RawStdEncoding.EncodeToString(v.aead.Seal(nonce, nonce, []byte(text), []byte(place)))
}

// SealedBy tells which vault sealed a text; ok is false for one that is not sealed.
func SealedBy(text string) (id string, ok bool) {
	rest, ok := strings.CutPrefix(text, sealedPrefix)
	id, _, found := strings.Cut(rest, ".")
	return id, ok && found
}

// Open opens what Seal sealed for the same place. Error: ErrSealed.
func (v Vault) Open(place, sealed string) (string, error) {
	if id, ok := SealedBy(sealed); !ok || id != v.id {
		return "", ErrSealed
	}
	raw, err := base64.RawStdEncoding.Strict().DecodeString(sealed[strings.LastIndexByte(sealed, '.')+1:])
	if err != nil || len(raw) < v.aead.NonceSize() {
		return "", ErrSealed
	}
	text, err := v.aead.Open(nil, raw[:v.aead.NonceSize()], raw[v.aead.NonceSize():], []byte(place))
	if err != nil {
		return "", ErrSealed
	}
	return string(text), nil
}
