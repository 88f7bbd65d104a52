package open

import (
	"context"
	"errors"
	"slices"

	"souk/kit/db"
	"souk/kit/job"
	"souk/platform/openapp"
)

// forAnother makes c a call for the app that a token names: business runs as that app, signature and content key stay the caller's.
func (c *call) forAnother(ctx context.Context, token string) error {
	if len(token) > maxText {
		return refuse("aop.invalid-app-auth-token")
	}
	return c.door.DB.Read(ctx, func(tx *db.Tx) error {
		t, err := openapp.GrantedTo(ctx, tx, c.app.ID, token)
		switch {
		case errors.Is(err, openapp.ErrGrantToken):
			return refuse("aop.invalid-app-auth-token")
		case errors.Is(err, openapp.ErrGrantOld):
			return refuse("aop.app-auth-token-time-out")
		case err != nil:
			return err
		}
		owner, err := openapp.Find(ctx, tx, t.App)
		if errors.Is(err, openapp.ErrUnknown) {
			owner, err = openapp.App{ID: t.App}, nil
		}
		c.agent, c.app = c.app.ID, owner
		return err
	})
}

// tokenApp trades the code that a merchant gave, or a refresh token, for the token with which this app acts for the merchant's.
func tokenApp(ctx context.Context, c *call) (any, error) {
	unknown := refuse("GRANT_TYPE_INVALID", "grant_type must be authorization_code or refresh_token")
	return exchangeFor(ctx, c, openapp.ExchangeGrant, openapp.RenewGrant, unknown, func(tx *db.Tx, t openapp.GrantTokens) (any, error) {
		owner, err := merchantOf(ctx, tx, t.App)
		line := grantLine{t.App, owner, t.Access, t.Refresh, int64(openapp.GrantTokenLife.Seconds()), int64(openapp.GrantRefreshLife.Seconds())}
		return struct {
			grantLine
			Tokens []grantLine `json:"tokens"`
		}{line, []grantLine{line}}, err
	})
}

// grantLine is an AppTokenExchangeSubElement.
type grantLine struct {
	App       string `json:"auth_app_id"`
	User      string `json:"user_id"`
	Access    string `json:"app_auth_token"`
	Refresh   string `json:"app_refresh_token"`
	Expires   int64  `json:"expires_in"` // seconds
	ReExpires int64  `json:"re_expires_in"`
}

func tokenAppQuery(ctx context.Context, c *call) (any, error) {
	var in struct {
		Token text `json:"app_auth_token"`
	}
	if err := first(c.bind(&in), need("app_auth_token", in.Token, maxText)); err != nil {
		return nil, err
	}
	type answer struct {
		App     string   `json:"auth_app_id"`
		User    string   `json:"user_id"`
		Start   string   `json:"auth_start"`
		End     string   `json:"auth_end"`
		Expires int64    `json:"expires_in"`
		Status  string   `json:"status"`
		ByApp   bool     `json:"is_by_app_auth"`
		Methods []string `json:"auth_methods"`
	}
	var out answer
	err := c.door.DB.Read(ctx, func(tx *db.Tx) error {
		t, err := openapp.GrantedTo(ctx, tx, c.app.ID, string(in.Token))
		status := "valid"
		if errors.Is(err, openapp.ErrGrantOld) {
			status, err = "invalid", nil
		}
		if err != nil {
			return err
		}
		owner, err := merchantOf(ctx, tx, t.App)
		out = answer{t.App, owner, stamp(t.StartedAt), stamp(t.EndsAt), max(0, (t.EndsAt-tx.Now())/1000), status, true, c.door.names}
		return err
	})
	return out, err
}

// offeredNames are the methods that an agent may call: all that work here.
func offeredNames() []string {
	names := []string{}
	for name, m := range methods {
		if m.run != nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// AllowAgent lets agent act for app and returns the code that agent's server exchanges for a token, good once and for a day. Errors:
// openapp.ErrUnknown, openapp.ErrGrantSelf.
func AllowAgent(ctx context.Context, tx *db.Tx, app, agent string) (code string, err error) {
	return openapp.Allow(ctx, tx, app, agent)
}

// EndAgent takes that back and tells the agent's server. Error: openapp.ErrNoGrant.
func EndAgent(ctx context.Context, tx *db.Tx, app, agent string) error {
	if err := openapp.EndGrant(ctx, tx, app, agent); err != nil {
		return err
	}
	owner, err := merchantOf(ctx, tx, app)
	if err != nil {
		return err
	}
	return message(ctx, tx, agent, "alipay.open.auth.appauth.cancelled", app+":"+newTrace(), map[string]string{
		"auth_app_id": app, "cancel_time": stamp(tx.Now()), "user_id": owner,
	})
}

// message records something that happened for an app's message address, if it has one, and the job that sends it. cause is what it tells of:
// one cause, one message.
func message(ctx context.Context, tx *db.Tx, appID, name, cause string, content map[string]string) error {
	app, err := openapp.Find(ctx, tx, appID)
	if errors.Is(err, openapp.ErrUnknown) || err == nil && app.MessageURL == "" {
		return nil
	}
	if err != nil {
		return err
	}
	return tellAs(ctx, tx, openapp.Notification{AppID: appID, Cause: name + ":" + cause, URL: app.MessageURL, Form: openapp.Message,
		Fields: map[string]string{"msg_method": name, "biz_content": clipCall(jsonText(content))}})
}

// tellAs records a notification in its form and the job that sends it.
func tellAs(ctx context.Context, tx *db.Tx, n openapp.Notification) error {
	id, fresh, err := openapp.Tell(ctx, tx, n)
	if err != nil || !fresh {
		return err
	}
	_, err = job.Add(ctx, tx, job.Task{Kind: notifyJob, UniqueKey: id, Args: notifyArgs{id}})
	return err
}
