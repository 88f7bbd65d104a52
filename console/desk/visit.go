package desk

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/audit"
	"souk/platform/merchant"
	"souk/platform/openapp"
	"souk/platform/staff"
)

// Visit is one request: who asks, and how they like to read.
type Visit struct {
	R    *http.Request
	Who  staff.Member // the zero Member is nobody
	desk *Desk
	look
	token   string // of the session's cookie
	cookies []*http.Cookie
}

const (
	sessionCookie = "souk_console"
	lookCookie    = "souk_console_look"
)

// recognise finds whose session it is; an old cookie is nobody's.
func (d *Desk) recognise(ctx context.Context, v *Visit) error {
	if v.token == "" {
		return nil
	}
	err := d.DB.Read(ctx, func(tx *db.Tx) (err error) {
		v.Who, err = staff.Session(ctx, tx, v.token, d.Play)
		return err
	})
	if errors.Is(err, staff.ErrSession) {
		v.token = ""
		return nil
	}
	return err
}

func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// Begin gives the browser a session's token; "" takes it away.
func (v *Visit) Begin(token string) {
	age := staff.SessionHours * 60 * 60
	if token == "" {
		age = -1
	}
	v.cookies = append(v.cookies, v.cookie(sessionCookie, token, age))
}

func (v *Visit) cookie(name, value string, age int) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: Root, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: age,
		Secure: v.R.TLS != nil || strings.EqualFold(v.R.Header.Get("X-Forwarded-Proto"), "https")}
}

// Token is the session's token, to end it.
func (v *Visit) Token() string { return v.token }

// Form is the token that our own forms carry: it follows from the session and tells nothing of it.
func (v *Visit) Form() string {
	sum := sha256.Sum256([]byte("form:" + v.token))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// IsOperator tells whether all merchants are to be seen.
func (v *Visit) IsOperator() bool { return v.Who.Role == staff.Operator }

// MayManage and MayRefund tell what the visitor's duty allows; see staff.Duty.
func (v *Visit) MayManage() bool { return v.Who.MayManage() }
func (v *Visit) MayRefund() bool { return v.Who.MayRefund() }

// Play tells whether this is a demo or developer mode.
func (v *Visit) Play() bool { return v.desk.Play }

// Get is a field of the address; Post of the form, trimmed.
func (v *Visit) Get(name string) string  { return strings.TrimSpace(v.R.URL.Query().Get(name)) }
func (v *Visit) Post(name string) string { return strings.TrimSpace(v.R.PostForm.Get(name)) }

// Part is a part of the address's path.
func (v *Visit) Part(name string) string { return v.R.PathValue(name) }

// Path is the address of this page, to come back to.
func (v *Visit) Path() string { return v.R.URL.RequestURI() }

// With is this page's address with one field changed, and the ones that page through taken away.
func (v *Visit) With(name, value string) string {
	q := v.R.URL.Query()
	for _, gone := range []string{"after", "done", name} {
		q.Del(gone)
	}
	if value != "" {
		q.Set(name, value)
	}
	u := url.URL{Path: v.R.URL.Path, RawQuery: q.Encode()}
	return u.String()
}

// App reads an app that the visitor may see. Another merchant's does not exist. Error: merchant.ErrAppNotFound.
func (v *Visit) App(ctx context.Context, tx *db.Tx, id string) (merchant.App, error) {
	a, err := merchant.FindApp(ctx, tx, merchant.AppID(id))
	if err == nil && !v.IsOperator() && a.Merchant.ID != v.Who.Merchant {
		return merchant.App{}, merchant.ErrAppNotFound
	}
	return a, err
}

// MaxShops bounds the merchants that an operator chooses from; others are named by their id.
const MaxShops = 200

// Shop is the merchant that a page is about: one's own, or for an operator the one the address names, at first the first. choice is what an
// operator can choose from. Error: merchant.ErrMerchantNotFound, also when there is none yet.
func (v *Visit) Shop(ctx context.Context, tx *db.Tx) (m merchant.Merchant, choice []merchant.Merchant, err error) {
	if !v.IsOperator() {
		m, err = merchant.Find(ctx, tx, v.Who.Merchant)
		return m, nil, err
	}
	if choice, err = merchant.List(ctx, tx, "", MaxShops); err != nil {
		return m, nil, err
	}
	if id := v.Get("merchant"); id != "" {
		m, err = merchant.Find(ctx, tx, merchant.ID(id))
		return m, choice, err
	}
	if len(choice) == 0 {
		return m, nil, merchant.ErrMerchantNotFound.With("no merchant yet: make an app first")
	}
	return choice[0], choice, nil
}

// Yours tells whether a merchant is the visitor's to see.
func (v *Visit) Yours(m merchant.ID) bool { return v.IsOperator() || v.Who.Merchant == m }

// Read runs f on the database. Values that f sets must not depend on those before: it may run again.
func (v *Visit) Read(ctx context.Context, f func(tx *db.Tx) error) error {
	return v.desk.DB.Read(ctx, f)
}

// Write runs f on the database and commits. What a form does is noted in the audit log in the same transaction.
func (v *Visit) Write(ctx context.Context, f func(tx *db.Tx) error) error {
	return v.desk.DB.Write(ctx, func(tx *db.Tx) error {
		if err := f(tx); err != nil || v.R.Method != http.MethodPost {
			return err
		}
		return audit.Append(ctx, tx, v.done())
	})
}

// told are the fields of our forms that are noted beside an act. Keys, tokens and requests for certificates are not.
var told = []string{"amount", "reason", "name", "merchant", "role", "agent", "mode", "messageUrl", "member"}

// done is this visit's act for the audit log.
func (v *Visit) done() audit.Entry {
	note := map[string]string{}
	for _, name := range told {
		if value := v.Post(name); value != "" {
			note[name] = value
		}
	}
	_, pattern, _ := strings.Cut(v.R.Pattern, " ")
	remote, _, err := net.SplitHostPort(v.R.RemoteAddr)
	if err != nil {
		remote = v.R.RemoteAddr
	}
	return audit.Entry{Actor: v.Who.ID, Name: v.Who.Name, Role: string(v.Who.Role), Merchant: string(v.Who.Merchant),
		Act: strings.TrimPrefix(pattern, Root), Target: strings.TrimPrefix(v.R.URL.Path, Root), Note: note, Remote: remote}
}

// DB is for what needs more than one transaction.
func (v *Visit) DB() *db.DB { return v.desk.DB }

// Base is how merchants' servers reach us.
func (v *Visit) Base() string { return v.desk.Base }

// Registered reads how an app signs; the zero App when it has never been told.
func Registered(ctx context.Context, tx *db.Tx, id merchant.AppID) (openapp.App, error) {
	a, err := openapp.Find(ctx, tx, string(id))
	if errors.Is(err, openapp.ErrUnknown) {
		return openapp.App{}, nil
	}
	return a, err
}

// look is how a visitor likes to read.
type look struct {
	Chinese bool
	Theme   string // "" follows the device, else light or dark
}

func readLook(r *http.Request) look {
	lang, theme, found := strings.Cut(cookie(r, lookCookie), ".")
	l := look{Chinese: lang == "zh"}
	if !found || lang == "" {
		l.Chinese = prefersChinese(r.Header.Get("Accept-Language"))
	}
	if theme == "light" || theme == "dark" {
		l.Theme = theme
	}
	return l
}

// prefersChinese: the first language that is one of ours counts.
func prefersChinese(accept string) bool {
	for i, tag := range strings.Split(accept, ",") {
		tag = strings.ToLower(strings.TrimSpace(tag))
		if strings.HasPrefix(tag, "zh") {
			return true
		}
		if strings.HasPrefix(tag, "en") || i > 16 {
			return false
		}
	}
	return false
}

// Lang is the page's language for the browser.
func (l look) Lang() string {
	if l.Chinese {
		return "zh-CN"
	}
	return "en"
}

// Name chooses between a name and its Chinese twin.
func (l look) Name(name, zh string) string {
	if l.Chinese && zh != "" {
		return zh
	}
	return name
}

// T is a word in the visitor's language.
func (l look) T(key string) string {
	pair, known := words[key]
	switch {
	case !known:
		return key
	case l.Chinese:
		return pair[1]
	}
	return pair[0]
}

// refusal says a fault in the visitor's language where we know the words.
func (l look) refusal(f *fault.Fault) string {
	if zh, known := refusalsZh[f.Code]; known && l.Chinese {
		return zh
	}
	if f.Message == "" {
		return f.Code
	}
	return strings.ToUpper(f.Message[:1]) + f.Message[1:] + "."
}

var china = time.FixedZone("GMT+8", 8*60*60)

// At writes a moment (ms) as China's clocks show it; 0 is a dash.
func (l look) At(ms int64) string {
	if ms == 0 {
		return "–"
	}
	return time.UnixMilli(ms).In(china).Format(time.DateTime)
}

// Yuan writes an amount.
func (l look) Yuan(f money.Fen) string { return f.Yuan() }

// changeView sets language and theme and goes back to where the visitor was.
func (d *Desk) changeView(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "this form is too big", http.StatusBadRequest)
		return
	}
	l := readLook(r)
	if lang := r.PostForm.Get("lang"); lang != "" {
		l.Chinese = lang == "zh"
	}
	if theme := r.PostForm.Get("theme"); theme != "" {
		l.Theme = theme
	}
	lang := "en"
	if l.Chinese {
		lang = "zh"
	}
	if l.Theme != "light" && l.Theme != "dark" {
		l.Theme = "auto"
	}
	v := &Visit{R: r}
	http.SetCookie(w, v.cookie(lookCookie, lang+"."+l.Theme, 365*24*60*60))
	http.Redirect(w, r, Inside(r.PostForm.Get("back")), http.StatusSeeOther)
}

// Inside is an address if it is one of the console's own, else its first page: nobody is led elsewhere.
func Inside(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || !strings.HasPrefix(u.Path, Root+"/") || strings.ContainsAny(address, "\\\r\n") {
		return Root + "/"
	}
	return u.String()
}
