package merchant

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"

	"souk/kit/db"
	"souk/kit/fault"
)

var (
	// ErrCloudUnknown says that an app has no such cloud environment.
	ErrCloudUnknown = fault.New(fault.NotFound, "CLOUD_UNKNOWN", "this program has no cloud environment of that name")
	// ErrCloudInvalid refuses an environment.
	ErrCloudInvalid = fault.New(fault.Invalid, "CLOUD_INVALID", "a cloud environment has a name of letters, digits, - and _, and an address of the form https://host/path")
)

// MaxClouds is how many cloud environments an app may have.
const MaxClouds = 20

var envPattern = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// SetCloud says where an app's cloud functions are; address "" takes the environment away. An address of http is for developer mode: elsewhere it
// is not called. Errors: ErrCloudInvalid, ErrAppNotFound.
func SetCloud(ctx context.Context, tx *db.Tx, app AppID, env, address string) error {
	address = strings.TrimRight(address, "/")
	u, err := url.Parse(address)
	if !envPattern.MatchString(env) || address != "" && (err != nil || len(address) > 512 || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "") {
		return ErrCloudInvalid
	}
	if _, err := FindApp(ctx, tx, app); err != nil {
		return err
	}
	if address == "" {
		_, err := tx.Exec(`DELETE FROM merchant_cloud WHERE app_id = $1 AND env = $2`, app, env)
		return err
	}
	n, err := tx.Exec(`INSERT INTO merchant_cloud (app_id, env, address) SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT)
		WHERE (SELECT COUNT(*) FROM merchant_cloud WHERE app_id = $1 AND env <> $2) < $4 ON CONFLICT (app_id, env) DO UPDATE SET address = excluded.address`, app, env, address, MaxClouds)
	if err == nil && n == 0 {
		err = ErrCloudInvalid.With("more than %d environments", MaxClouds)
	}
	return err
}

// Cloud reads where an app's cloud functions are. Error: ErrCloudUnknown.
func Cloud(_ context.Context, tx *db.Tx, app AppID, env string) (address string, err error) {
	err = tx.QueryRow(`SELECT address FROM merchant_cloud WHERE app_id = $1 AND env = $2`, app, env).Scan(&address)
	if errors.Is(err, db.ErrNoRows) {
		err = ErrCloudUnknown.With("%.64q", env)
	}
	return address, err
}
