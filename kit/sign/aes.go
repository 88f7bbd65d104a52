package sign

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
)

// ErrCipher says that content cannot be decrypted with this app's key. One
// error for every cause, so that padding tells nothing to a guesser.
var ErrCipher = errors.New("sign: the content cannot be decrypted with the app's AES key")

// ErrAESKey says that a text is not an AES key.
var ErrAESKey = errors.New("the AES key must be Base64 of 16, 24 or 32 bytes")

// The scheme fixes the initial vector to zero bytes: equal texts give equal
// ciphertexts. That is the outside rule, not our choice.
var zeroIV [aes.BlockSize]byte

// NewAESKey makes a content key as Alipay hands it out: Base64 of 16 bytes.
func NewAESKey() string {
	raw := make([]byte, 16)
	rand.Read(raw)
	return base64.StdEncoding.EncodeToString(raw)
}

// CheckAESKey returns ErrAESKey unless key is Base64 of 16, 24 or 32 bytes.
func CheckAESKey(key string) error {
	_, err := block(key)
	return err
}

// Encrypt is AES/CBC/PKCS#7 with a zero vector; key and result are Base64.
func Encrypt(key string, plain []byte) (string, error) {
	b, err := block(key)
	if err != nil {
		return "", err
	}
	pad := aes.BlockSize - len(plain)%aes.BlockSize
	text := append(bytes.Clone(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(b, zeroIV[:]).CryptBlocks(text, text)
	return base64.StdEncoding.EncodeToString(text), nil
}

// Decrypt undoes Encrypt. It returns ErrCipher for anything that is not such a
// ciphertext under this key.
func Decrypt(key, content string) ([]byte, error) {
	b, err := block(key)
	if err != nil {
		return nil, err
	}
	text, err := base64.StdEncoding.DecodeString(content)
	if err != nil || len(text) == 0 || len(text)%aes.BlockSize != 0 {
		return nil, ErrCipher
	}
	cipher.NewCBCDecrypter(b, zeroIV[:]).CryptBlocks(text, text)
	pad := int(text[len(text)-1])
	if pad == 0 || pad > aes.BlockSize {
		return nil, ErrCipher
	}
	for _, p := range text[len(text)-pad:] {
		if int(p) != pad {
			return nil, ErrCipher
		}
	}
	return text[:len(text)-pad], nil
}

func block(key string) (cipher.Block, error) {
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return nil, ErrAESKey
	}
	b, err := aes.NewCipher(raw)
	if err != nil {
		return nil, ErrAESKey
	}
	return b, nil
}
