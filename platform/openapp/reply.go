package openapp

import (
	"context"
	"encoding/json"
	"errors"

	"souk/kit/db"
	"souk/kit/sign"
)

// Sealed is a JSON object that a mini-program's front end carries to its own
// server, which checks the signature and decrypts: my.getPhoneNumber.
type Sealed struct {
	Response json.RawMessage `json:"response"` // Base64 ciphertext in quotes, or the plain object
	Sign     string          `json:"sign,omitempty"`
	SignType string          `json:"sign_type,omitempty"`
	Encrypt  string          `json:"encrypt_type,omitempty"`
	Charset  string          `json:"charset,omitempty"`
}

// Seal signs object (JSON) with the platform's key, after encrypting it when
// the app has a content key. The signature covers the response as it stands,
// the ciphertext's quotes included. For an app that the open API does not know
// the object stays plain and unsigned.
func Seal(ctx context.Context, tx *db.Tx, appID string, object []byte) (Sealed, error) {
	app, err := Find(ctx, tx, appID)
	if errors.Is(err, ErrUnknown) {
		return Sealed{Response: object}, nil
	}
	if err != nil {
		return Sealed{}, err
	}
	out := Sealed{Response: object, SignType: string(sign.RSA2), Charset: "UTF-8"}
	if app.AESKey != "" {
		cipher, err := sign.Encrypt(app.AESKey, object)
		if err != nil {
			return Sealed{}, err
		}
		out.Response, out.Encrypt = json.RawMessage(`"`+cipher+`"`), "AES"
	}
	own, err := Platform(ctx, tx)
	if err != nil {
		return Sealed{}, err
	}
	signer, _ := own.For(app.Signer, tx.Now())
	out.Sign, err = sign.Sign(signer.Key, sign.RSA2, out.Response)
	return out, err
}
