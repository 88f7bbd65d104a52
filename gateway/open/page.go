package open

import (
	"errors"
	"html/template"
	"net/http"
	"strings"

	"souk/kit/db"
	"souk/platform/openapp"
)

// redirect is the result of a method that the payer's browser calls: where
// the browser goes next, from the root of our site.
type redirect string

// MarshalJSON puts the address into the call log.
func (to redirect) MarshalJSON() ([]byte, error) { return quoted(string(to)), nil }

// told is the result of such a method when there is nowhere to go: what was done.
type told struct{ Code, Words string }

// advice is the page for a browser: a title and what to do about it.
var advice = template.Must(template.New("advice").Parse(`<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Code}}</title>
<style>body{font:16px/1.6 system-ui,"PingFang SC","Noto Sans CJK SC",sans-serif;margin:15vh auto;max-width:34rem;padding:0 1.25rem;color:#1f2329}
h1{font-size:1.25rem;margin:0 0 .5rem}code{color:#646a73;word-break:break-all}</style></head>
<body><h1>{{.Words}}</h1><p><code>{{.Code}}</code></p></body></html>
`))

func writeNotice(w http.ResponseWriter, status int, code, words string) {
	h := w.Header()
	h.Set("Content-Type", "text/html;charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	w.WriteHeader(status)
	advice.Execute(w, struct{ Code, Words string }{code, words})
}

// writePage answers a browser: on to the cashier, or a page that names the
// sub_code, with status 200 as the real gateway does.
func (d *Door) writePage(w http.ResponseWriter, r *http.Request, result any, bad *refusal) {
	if done, ok := result.(told); ok && bad == nil {
		writeNotice(w, http.StatusOK, done.Code, done.Words)
		return
	}
	to, ok := result.(redirect)
	if bad != nil || !ok {
		if bad == nil {
			bad = refuse("isp.unknow-error")
		}
		writeNotice(w, http.StatusOK, bad.sub, bad.words)
		return
	}
	http.Redirect(w, r, string(to), http.StatusFound)
}

// serveErrorPage explains an error code: the link in every v3 error.
func (d *Door) serveErrorPage(w http.ResponseWriter, r *http.Request) {
	code := r.PathValue("code")
	for _, prefix := range [...]string{"", "isv.", "isp.", "aop."} {
		if r, known := common[prefix+code]; known {
			writeNotice(w, http.StatusOK, prefix+code, r.words)
			return
		}
	}
	if words, known := business[code]; known {
		writeNotice(w, http.StatusOK, code, words)
		return
	}
	writeNotice(w, http.StatusNotFound, clip(code, maxName), "this platform knows no such code")
}

// serveNotifyVerify answers the old question whether a notification is ours:
// true or false, nothing more.
func (d *Door) serveNotifyVerify(w http.ResponseWriter, r *http.Request, params map[string]string) {
	err := d.DB.Read(r.Context(), func(tx *db.Tx) error {
		_, err := openapp.FindNotification(r.Context(), tx, strings.ToValidUTF8(params["notify_id"], "?"))
		return err
	})
	w.Header().Set("Content-Type", "text/plain;charset=utf-8")
	switch {
	case err == nil:
		w.Write([]byte("true"))
	case errors.Is(err, openapp.ErrNoNotification):
		w.Write([]byte("false"))
	default:
		d.Log.Error("notify_verify", "error", err)
		http.Error(w, "the question could not be answered, ask again", http.StatusInternalServerError)
	}
}
