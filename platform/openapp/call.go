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
	Signed   string // the text that the gateway built from the request to check the signature
	Remote   string
	Micros   int64 // how long we took
	CalledAt int64 // ms
}

// MaxCallText bounds Request, Reply and Signed of a kept call, in bytes.
const MaxCallText = 4 << 10

// KeepCalls appends calls to the log. A call that is there already stays.
func KeepCalls(_ context.Context, tx *db.Tx, calls []Call) error {
	for _, c := range calls {
		_, err := tx.Exec(`INSERT INTO openapp_call (trace_id, app_id, dialect, method, sub_code, request, reply, signed, remote, micros, called_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
			c.TraceID, c.AppID, c.Dialect, c.Method, c.SubCode, c.Request, c.Reply, c.Signed, c.Remote, c.Micros, c.CalledAt)
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
