package open

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"souk/kit/db"
	"souk/kit/sign"
	"souk/platform/identity"
	"souk/platform/openapp"
)

// oauthToken trades an auth code or a refresh token for tokens. Its answer
// stands without code and msg.
func oauthToken(ctx context.Context, c *call) (any, error) {
	return exchangeFor(ctx, c, identity.Exchange, renewed, refuse("isv.grant-type-invalid"), func(_ *db.Tx, t identity.Tokens) (any, error) {
		return tokenAnswer(t), nil
	})
}

func renewed(ctx context.Context, tx *db.Tx, app, refresh string) (identity.Tokens, error) {
	tokens, err := identity.Renew(ctx, tx, app, refresh)
	if errors.Is(err, identity.ErrTokenInvalid) {
		err = refuse("isv.refresh-token-invalid")
	}
	return tokens, err
}

func tokenAnswer(t identity.Tokens) any {
	return struct {
		UserID    string `json:"user_id"`
		OpenID    string `json:"open_id"`
		Access    string `json:"access_token"`
		ExpiresIn int64  `json:"expires_in"` // seconds
		Refresh   string `json:"refresh_token"`
		ReExpires int64  `json:"re_expires_in"`
		AuthStart string `json:"auth_start"`
	}{t.Link.UserID, t.Link.OpenID, t.Access, identity.AccessMillis / 1000, t.Refresh, identity.RefreshMillis / 1000, stamp(t.StartedAt)}
}

// userInfo tells what a person agreed to tell: name and picture, never the
// phone number, which has its own scope.
func userInfo(ctx context.Context, c *call) (any, error) {
	var in struct {
		Token text `json:"auth_token"`
	}
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	token := c.authToken
	if token == "" {
		token = string(in.Token)
	}
	if token == "" || len(token) > maxText {
		return nil, refuse("aop.invalid-auth-token")
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		p, err := identity.ByAccess(ctx, tx, c.app.ID, token, "auth_user")
		if err != nil {
			return nil, err
		}
		link, err := identity.LinkTo(ctx, tx, c.app.ID, p.ID)
		name := p.Name
		if p.NameZh != "" {
			name = p.NameZh
		}
		return struct {
			UserID string `json:"user_id"`
			OpenID string `json:"open_id"`
			Nick   string `json:"nick_name"`
			Avatar string `json:"avatar,omitempty"`
		}{link.UserID, link.OpenID, name, c.door.absolute(p.Avatar)}, err
	})
}

// absolute makes an address of our site complete.
func (d *Door) absolute(address string) string {
	if strings.HasPrefix(address, "/") {
		return d.Base + address
	}
	return address
}

// relationship tells which scopes a person has granted to the app.
func relationship(ctx context.Context, c *call) (any, error) {
	var in struct {
		OpenID text `json:"open_id"`
		UserID text `json:"user_id"`
		Scopes text `json:"scopes"`
	}
	if err := first(c.bind(&in), need("scopes", in.Scopes, maxText)); err != nil {
		return nil, err
	}
	who := string(in.OpenID)
	if who == "" {
		who = string(in.UserID)
	}
	details := map[string]string{}
	err := c.door.DB.Read(ctx, func(tx *db.Tx) error {
		p, err := identity.PersonOf(ctx, tx, c.app.ID, who)
		if errors.Is(err, identity.ErrPersonNotFound) {
			return refuse("app-openid-not-match")
		}
		if err != nil {
			return err
		}
		for scope := range strings.SplitSeq(string(in.Scopes), ",") {
			err := identity.Allowed(ctx, tx, c.app.ID, p.ID, scope)
			if errors.Is(err, identity.ErrScopeUnknown) {
				return invalid("scopes", "names an unknown scope")
			}
			if err != nil && !errors.Is(err, identity.ErrConsentMissing) {
				return err
			}
			details[scope] = strconv.FormatBool(err == nil)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(details)
	return struct {
		Detail string `json:"query_detail"`
	}{string(text)}, err
}

type aesFields struct {
	App text `json:"merchant_app_id"`
}

// check: an app may manage its own content key only.
func (in aesFields) check(c *call) error {
	if in.App != "" && string(in.App) != c.app.ID {
		return refuse("ACCESS_DENIED", "merchant_app_id is another app's")
	}
	return nil
}

type aesAnswer struct {
	Key string `json:"aes_key"`
}

// aesSet gives the app a fresh content key.
func aesSet(ctx context.Context, c *call) (any, error) {
	var in aesFields
	if err := first(c.bind(&in)); err != nil {
		return nil, err
	}
	if err := in.check(c); err != nil {
		return nil, err
	}
	fresh := sign.NewAESKey()
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		return aesAnswer{fresh}, openapp.SetAESKey(ctx, tx, c.app.ID, fresh)
	})
}

func aesGet(_ context.Context, c *call) (any, error) {
	var in aesFields
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	return aesAnswer{c.app.AESKey}, in.check(c)
}
