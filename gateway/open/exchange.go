package open

import (
	"context"

	"souk/kit/db"
)

// exchange is what both kinds of tokens are asked for with: a code that was given once, or the refresh token of before.
type exchange struct {
	Grant   text `json:"grant_type"`
	Code    text `json:"code"`
	Refresh text `json:"refresh_token"`
}

// exchanger is a verb of a room that takes a secret of an app for tokens.
type exchanger[T any] func(ctx context.Context, tx *db.Tx, app, secret string) (T, error)

// exchangeFor reads what a call wants to exchange and answers what tell makes of the tokens it gets; unknown is the refusal of another grant_type.
func exchangeFor[T any](ctx context.Context, c *call, byCode, byRefresh exchanger[T], unknown error, tell func(*db.Tx, T) (any, error)) (any, error) {
	var in exchange
	if err := first(c.bind(&in), short("code", in.Code, maxText), short("refresh_token", in.Refresh, maxText)); err != nil {
		return nil, err
	}
	by, secret := byCode, in.Code
	switch in.Grant {
	case "authorization_code":
	case "refresh_token":
		by, secret = byRefresh, in.Refresh
	default:
		return nil, unknown
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		tokens, err := by(ctx, tx, c.app.ID, string(secret))
		if err != nil {
			return nil, err
		}
		return tell(tx, tokens)
	})
}
