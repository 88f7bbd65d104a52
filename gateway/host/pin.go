package host

import (
	"context"
	"fmt"
	"net/http"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/platform/identity"
	"souk/platform/messenger"
)

var (
	errNoPhone    = fault.New(fault.Conflict, "PHONE_MISSING", "there is no phone number to send a code to")
	errNoMessages = fault.New(fault.Unavailable, "MESSAGES_OFF", "this service sends no messages; start it with --messages FILE and let a carrier's program follow that file")
)

type pinOut struct {
	Set         bool   `json:"set"`
	TriesLeft   int64  `json:"triesLeft"`
	LockedUntil int64  `json:"lockedUntil,omitempty"` // ms
	Phone       string `json:"phone,omitempty"`       // where a code would go, masked
}

// pinState tells how the person's PIN stands.
func pinState(ctx context.Context, tx *db.Tx, person identity.Person, _ *http.Request) (any, error) {
	s, err := identity.ReadPIN(ctx, tx, person.ID)
	return pinOut{s.Set, s.TriesLeft, s.LockedUntil, maskPhone(person.Phone)}, err
}

// setPIN sets the PIN. The first needs nothing else, every other the old one, or the code sent to the person's phone, which also ends a
// lock. {pin, old} or {pin, code} → {}.
func (d door) setPIN(ctx context.Context, who asking, body []byte) (any, error) {
	var in struct{ PIN, Old, Code string }
	if err := parse(body, &in); err != nil {
		return nil, err
	}
	hash, err := identity.HashPIN(ctx, in.PIN) // first: a PIN that cannot be costs no try of the old one
	if err != nil {
		return nil, err
	}
	switch {
	case in.Code != "":
		err = identity.CheckPhoneCode(ctx, d.DB, identity.ForPIN, who.Phone, in.Code)
	case in.Old != "":
		err = identity.CheckPIN(ctx, d.DB, who.ID, in.Old)
	default:
		err = d.DB.Write(ctx, func(tx *db.Tx) error { return identity.SetFirstPIN(ctx, tx, who.ID, hash) })
		return struct{}{}, err
	}
	if err != nil {
		return nil, err
	}
	return struct{}{}, d.DB.Write(ctx, func(tx *db.Tx) error { return identity.SetPIN(ctx, tx, who.ID, hash) })
}

// sendPINCode sends the code that sets a forgotten PIN anew to the person's own phone. {} → {}.
func (d door) sendPINCode(ctx context.Context, who asking, _ []byte) (any, error) {
	if who.Phone == "" {
		return nil, errNoPhone
	}
	return struct{}{}, d.sendCode(ctx, identity.ForPIN, who.Phone, "%s is your code to set a new payment PIN, for 5 minutes. Give it to nobody. 您正在重设支付密码，验证码 %[1]s，5分钟内有效，请勿告知他人。")
}

// sendCode makes a code and sends it, after the transaction: a message cannot be called back.
func (d door) sendCode(ctx context.Context, purpose, phone, words string) error {
	if d.Messages == nil {
		return errNoMessages
	}
	var code string
	if err := d.DB.Write(ctx, func(tx *db.Tx) (err error) {
		code, err = identity.NewPhoneCode(ctx, tx, purpose, phone)
		return err
	}); err != nil {
		return err
	}
	return d.Messages.Send(ctx, messenger.Message{To: phone, Text: fmt.Sprintf(words, code)})
}
