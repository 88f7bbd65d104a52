package my

import (
	"context"
	"encoding/json"

	"souk/kit/db"
	"souk/platform/identity"
	"souk/platform/openapp"
)

// scopeNames maps the names that programs and the shell use to identity's.
var scopeNames = map[string]string{
	"userInfo": "auth_user", "member": "member_card", "scope.userInfo": "auth_user", "scope.location": "location",
	"scope.camera": "camera", "scope.album": "album", "scope.audioRecord": "microphone", "scope.addressList": "address",
}

func scope(name string) string {
	if own, ok := scopeNames[name]; ok {
		return own
	}
	return name
}

// getAuthCode makes a code that the program's server exchanges for tokens. {scopes} → {authCode}.
func getAuthCode(ctx context.Context, c call) (any, error) {
	var in struct{ Scopes []string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if len(in.Scopes) == 0 {
		in.Scopes = []string{identity.Silent}
	}
	if len(in.Scopes) > 8 {
		return nil, errBody
	}
	for i, s := range in.Scopes {
		in.Scopes[i] = scope(s)
	}
	var code string
	err := c.DB.Write(ctx, func(tx *db.Tx) (err error) {
		code, err = identity.NewAuthCode(ctx, tx, string(c.app.ID), c.person.ID, in.Scopes)
		return err
	})
	return map[string]any{"authCode": code, "authSuccessScopes": in.Scopes, "authErrorScopes": map[string]string{}}, err
}

func (c call) allowed(ctx context.Context, name string) error {
	return c.DB.Read(ctx, func(tx *db.Tx) error {
		return identity.Allowed(ctx, tx, string(c.app.ID), c.person.ID, name)
	})
}

// getOpenUserInfo → {response: JSON text}, as Alipay answers it.
func getOpenUserInfo(ctx context.Context, c call) (any, error) {
	if err := c.allowed(ctx, "auth_user"); err != nil {
		return nil, err
	}
	text, err := json.Marshal(map[string]any{"response": map[string]any{
		"code": "10000", "msg": "Success", "nickName": c.person.Name, "avatar": c.person.Avatar,
		"gender": "", "countryCode": "CN", "province": "", "city": ""}})
	return map[string]string{"response": string(text)}, err
}

// getAuthUserInfo → {nickName, avatar}.
func getAuthUserInfo(ctx context.Context, c call) (any, error) {
	if err := c.allowed(ctx, "auth_user"); err != nil {
		return nil, err
	}
	return map[string]string{"nickName": c.person.Name, "avatar": c.person.Avatar}, nil
}

// getPhoneNumber → {response: JSON text}: for an app of the open API encrypted with its key and signed with ours, for its server to open.
// Without a key of the app the number is plain inside, as Alipay's documents have it for such apps.
func getPhoneNumber(ctx context.Context, c call) (any, error) {
	if err := c.allowed(ctx, "phoneNumber"); err != nil {
		return nil, err
	}
	inner, err := json.Marshal(map[string]string{"code": "10000", "msg": "Success", "mobile": c.person.Phone})
	if err != nil {
		return nil, err
	}
	var sealed openapp.Sealed
	if err := c.DB.Read(ctx, func(tx *db.Tx) (err error) {
		sealed, err = openapp.Seal(ctx, tx, string(c.app.ID), inner)
		return err
	}); err != nil {
		return nil, err
	}
	text, err := json.Marshal(sealed)
	return map[string]string{"response": string(text)}, err
}

// getAddress → {result: {…}, resultStatus: "9000"}: the person's first address.
func getAddress(ctx context.Context, c call) (any, error) {
	if err := c.allowed(ctx, "address"); err != nil {
		return nil, err
	}
	var list []identity.Address
	if err := c.DB.Read(ctx, func(tx *db.Tx) (err error) {
		list, err = identity.Addresses(ctx, tx, c.person.ID)
		return err
	}); err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return map[string]any{"resultStatus": "6002", "result": nil}, nil
	}
	a := list[0]
	return map[string]any{"resultStatus": "9000", "result": map[string]string{
		"fullname": a.Name, "mobilePhone": a.Phone, "country": "CN", "prov": a.Province, "city": a.City, "area": a.District, "address": a.Street}}, nil
}

// consent records what the person answered in the shell. {scope, granted} → {}.
func consent(ctx context.Context, c call) (any, error) {
	var in struct {
		Scope   string
		Granted bool
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	return struct{}{}, c.DB.Write(ctx, func(tx *db.Tx) error {
		return identity.Decide(ctx, tx, string(c.app.ID), c.person.ID, scope(in.Scope), in.Granted)
	})
}

// consents lists the answers given to this program. {} → {consents: [{scope, granted, at}]}.
func consents(ctx context.Context, c call) (any, error) {
	type answer struct {
		Scope   string `json:"scope"`
		Granted bool   `json:"granted"`
		At      int64  `json:"at"`
	}
	list := []answer{}
	err := c.DB.Read(ctx, func(tx *db.Tx) error {
		given, err := identity.Consents(ctx, tx, c.person.ID, string(c.app.ID))
		for _, g := range given {
			list = append(list, answer{g.Scope, g.Granted, g.At})
		}
		return err
	})
	return map[string]any{"consents": list}, err
}
