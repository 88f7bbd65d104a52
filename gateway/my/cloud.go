package my

import (
	"context"
	"net/url"
	"path"
	"strings"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/platform/identity"
	"souk/platform/merchant"
)

var errPath = fault.New(fault.Invalid, "CLOUD_PATH", "a cloud function's name, or a container's path, stays below its environment's address")

// cloud calls below the address that the merchant set for a cloud environment: outgoing with env, and a path in url → incoming. The address stands for
// itself and need not be on the program's list of hosts. The other side learns who calls by a code for alipay.system.oauth.token (auth_base) in
// X-Souk-Auth-Code, which a program cannot set by itself.
func cloud(ctx context.Context, c call) (any, error) {
	var in struct {
		outgoing
		Env string
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	body, err := in.body()
	if err != nil {
		return nil, err
	}
	var address, code string
	err = c.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if address, err = merchant.Cloud(ctx, tx, c.app.ID, in.Env); err == nil {
			code, err = identity.NewAuthCode(ctx, tx, string(c.app.ID), c.person.ID, []string{identity.Silent})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	target, err := below(address, in.URL)
	if err != nil {
		return nil, err
	}
	in.URL = target.String()
	in.own = map[string]string{"X-Souk-App": string(c.app.ID), "X-Souk-Cloud-Env": in.Env, "X-Souk-Auth-Code": code}
	c.granted = target.Host
	return c.fetch(ctx, in.outgoing, body)
}

// below joins a path with its query to an address, and refuses one that leads elsewhere.
func below(address, rest string) (*url.URL, error) {
	base, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	more, err := url.Parse("/" + strings.TrimLeft(rest, "/"))
	if err != nil || more.Host != "" || more.Path == "/" || path.Clean(more.Path) != strings.TrimRight(more.Path, "/") || strings.Contains(more.EscapedPath(), "%2e") {
		return nil, errPath
	}
	base.Path, base.RawQuery = base.Path+more.Path, more.RawQuery
	return base, nil
}
