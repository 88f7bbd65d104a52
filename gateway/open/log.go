package open

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"souk/kit/db"
	"souk/platform/openapp"
)

// The call log is written behind the answers: a full backlog loses news of calls,
// never a call, and says how many it lost. Kept for a week.
const (
	callBacklog  = 4096
	callBatch    = 256
	callInterval = 250 * time.Millisecond
	callLife     = 7 * 24 * time.Hour
	callPrune    = 1000 // calls forgotten at once
)

// secret are fields whose values never reach the log, in requests and answers.
var secret = map[string]bool{
	"sign": true, "auth_token": true, "app_auth_token": true, "access_token": true, "refresh_token": true, "auth_code": true,
	"code": true, "cert_no": true, "mobile": true, "phone": true, "aes_key": true, "bankcard_no": true, "identity": true,
	"name": true, "user_name": true, "buyer_logon_id": true, "payer_logon_id": true, "email": true, "address": true,
}

// note hands a call to the log. Masking and writing happen in writeCalls.
func (d *Door) note(began time.Time, trace, dialect, remote string, params map[string]string, body []byte, signed func() string, result any, bad *refusal) {
	c := openapp.Call{
		TraceID: trace, AppID: clip(params["app_id"], 32), Dialect: dialect, Method: clip(params["method"], maxName), Remote: remote,
		Micros: time.Since(began).Microseconds(), CalledAt: d.DB.Now(),
	}
	if bad != nil {
		c.SubCode, result = bad.sub, nil
	}
	select {
	case d.calls <- noted{c, params, body, signed, result}:
	default: // the log is behind; the call itself is not
		d.lost.add(c.AppID)
	}
}

// maxLostApps bounds for how many apps lost lines are counted apart; the rest are counted together.
const maxLostApps = 256

// lost counts, by app, the calls that the log had no room for.
type lost struct {
	mu sync.Mutex
	by map[string]int64
}

func (l *lost) add(app string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by == nil {
		l.by = map[string]int64{}
	}
	if _, known := l.by[app]; !known && len(l.by) >= maxLostApps {
		app = ""
	}
	l.by[app]++
}

// take hands over what was counted, as lines of the log: one an app.
func (l *lost) take(now int64) (lines []openapp.Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for app, n := range l.by {
		lines = append(lines, openapp.Call{TraceID: newTrace(), AppID: app, Dialect: "v2", Method: fmt.Sprintf("(%d calls not logged)", n), SubCode: "LOG_BEHIND",
			Request: "these calls were answered; the log had no room for them", CalledAt: now})
	}
	l.by = nil
	return lines
}

// noted is a call before its texts are masked.
type noted struct {
	openapp.Call
	params map[string]string
	body   []byte
	signed func() string // the text to sign with its secrets masked
	result any
}

func (n noted) masked() openapp.Call {
	request := []byte{'{'}
	for _, name := range slices.Sorted(maps.Keys(n.params)) {
		request = appendField(request, name, maskText(name, n.params[name]))
	}
	if len(n.body) > 0 {
		request = appendField(request, "body", maskText("body", string(n.body)))
	}
	n.Request, n.Signed = clipCall(string(append(request, '}'))), clip(n.signed(), openapp.MaxCallText)
	if n.result != nil {
		n.Reply = clipCall(maskInPlace(jsonText(n.result)))
	}
	return n.Call
}

// appendField adds a field to an object in the making.
func appendField(object []byte, name string, value []byte) []byte {
	if len(object) > 1 {
		object = append(object, ',')
	}
	return append(append(append(object, quoted(name)...), ':'), value...)
}

// maskText is a parameter's value as JSON, a secret one hidden; of JSON inside a text, each secret field.
func maskText(name, value string) json.RawMessage {
	switch {
	case secret[name] && value != "":
		return quoted(masked)
	case strings.HasPrefix(value, "{") && json.Valid([]byte(value)):
		return json.RawMessage(maskInPlace(value))
	}
	return quoted(strings.ToValidUTF8(value, "?"))
}

// jsonText is a value as JSON; "" when JSON cannot write it.
func jsonText(value any) string {
	out, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(out)
}

// clipCall cuts a text of the log to what is kept, without what the database refuses in texts that are read as JSON.
func clipCall(text string) string {
	return clip(strings.ReplaceAll(text, `\u0000`, ""), openapp.MaxCallText)
}

// clip cuts text to a number of bytes without breaking a character.
func clip(text string, most int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "?"), "\x00", "")
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// writeCalls stores what note hands over until ctx ends, then the rest.
func (d *Door) writeCalls(ctx context.Context) {
	ticker := time.NewTicker(callInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			d.storeCalls(context.WithoutCancel(ctx))
			return
		case <-ticker.C:
			d.storeCalls(ctx)
		}
	}
}

// storeCalls writes what is waiting, in batches.
func (d *Door) storeCalls(ctx context.Context) {
	for {
		batch := d.nextCalls()
		if gone := d.lost.take(d.DB.Now()); len(gone) > 0 {
			d.Log.Warn("open api call log is behind", "apps", len(gone), "of", gone[0].Method)
			batch = append(batch, gone...)
		}
		if len(batch) == 0 {
			return
		}
		err := d.DB.Write(ctx, func(tx *db.Tx) error {
			if _, err := openapp.ForgetCalls(ctx, tx, tx.Now()-callLife.Milliseconds(), callPrune); err != nil {
				return err
			}
			return openapp.KeepCalls(ctx, tx, batch)
		})
		if err != nil {
			d.Log.Warn("open api call log", "lost", len(batch), "error", err)
			return
		}
	}
}

func (d *Door) nextCalls() (batch []openapp.Call) {
	for len(batch) < callBatch {
		select {
		case n := <-d.calls:
			batch = append(batch, n.masked())
		default:
			return batch
		}
	}
	return batch
}
