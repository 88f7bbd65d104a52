package openapp

import (
	"context"

	"souk/kit/db"
)

// Call is one call of the open API as its developer sees it. Secrets are
// masked before it comes here.
type Call struct {
	TraceID  string
	AppID    string // as claimed; may be no app of ours
	Dialect  string // v2, v3
	Method   string
	SubCode  string // empty on success
	Request  string
	Reply    string
	Remote   string
	Micros   int64 // how long we took
	CalledAt int64 // ms
}

// MaxCallText bounds Request and Reply of a kept call, in bytes.
const MaxCallText = 4 << 10

// KeepCalls appends calls to the log. A call that is there already stays.
func KeepCalls(_ context.Context, tx *db.Tx, calls []Call) error {
	for _, c := range calls {
		_, err := tx.Exec(`INSERT INTO openapp_call (trace_id, app_id, dialect, method, sub_code, request, reply, remote, micros, called_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
			c.TraceID, c.AppID, c.Dialect, c.Method, c.SubCode, c.Request, c.Reply, c.Remote, c.Micros, c.CalledAt)
		if err != nil {
			return err
		}
	}
	return nil
}

// ForgetCalls removes at most limit calls older than before (ms) and returns
// how many it removed.
func ForgetCalls(_ context.Context, tx *db.Tx, before int64, limit int) (int64, error) {
	return tx.Exec(`DELETE FROM openapp_call WHERE trace_id IN
		(SELECT trace_id FROM openapp_call WHERE called_at < $1 ORDER BY called_at, trace_id LIMIT $2)`, before, limit)
}

// MaxPage bounds a page of calls or notifications.
const MaxPage = 100

// Calls returns an app's calls, newest first. after is the last Call of the
// page before, the zero Call for the first page; limit is at most MaxPage.
func Calls(_ context.Context, tx *db.Tx, appID string, after Call, limit int) ([]Call, error) {
	if after.TraceID == "" {
		after.CalledAt = 1<<63 - 1
	}
	rows, err := tx.Query(`SELECT trace_id, app_id, dialect, method, sub_code, request, reply, remote, micros, called_at FROM openapp_call
		WHERE app_id = $1 AND (called_at, trace_id) < ($2, $3) ORDER BY called_at DESC, trace_id DESC LIMIT $4`,
		appID, after.CalledAt, after.TraceID, min(limit, MaxPage))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Call
	for rows.Next() {
		var c Call
		if err := rows.Scan(&c.TraceID, &c.AppID, &c.Dialect, &c.Method, &c.SubCode, &c.Request, &c.Reply, &c.Remote, &c.Micros, &c.CalledAt); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}
