package open

import (
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"souk/gateway/host"
	"souk/kit/db"
	"souk/kit/fault"
	"souk/platform/agreement"
	"souk/platform/identity"
	"souk/platform/merchant"
	"souk/platform/openapp"
	"souk/platform/pay"
)

// Pages on which a person agrees to later payments, and sees and ends what they agreed to. They are plain pages of the server: they work
// without scripts and can be framed by nobody. An act must come from our own page (http.CrossOriginProtection), and agreeing takes the PIN.

//go:embed ask.html
var askPage string

var askTemplate = template.Must(template.New("ask").Parse(askPage))

const maxAskForm = 1 << 10

type fact struct{ Name, Value string }

// paperView is one agreement as its person reads it.
type paperView struct {
	Merchant, Says, Status, Action string
	Facts                          []fact
}

type askView struct {
	Title, Problem string
	Zh, SignIn     bool
	Papers         []paperView
}

// routeAsk adds the pages.
func (d *Door) routeAsk(mux *http.ServeMux) {
	guard := http.NewCrossOriginProtection()
	page := func(pattern string, f func(context.Context, *http.Request, identity.Person) (askView, string, error)) {
		mux.Handle(pattern, guard.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { d.serveAsk(w, r, f) })))
	}
	page("GET "+agreePath+"{no}", d.askAgreement)
	page("POST "+agreePath+"{no}", d.signAgreement)
	page("POST "+agreePath+"{no}/end", d.endAgreement)
	page("GET "+agreementsPath, d.listAgreements)
}

// serveAsk finds who asks, runs f, and shows its view or goes where it says.
func (d *Door) serveAsk(w http.ResponseWriter, r *http.Request, f func(context.Context, *http.Request, identity.Person) (askView, string, error)) {
	r.Body = http.MaxBytesReader(w, r.Body, maxAskForm)
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' http: https:; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin")
	person, err := d.visitor(r)
	var view askView
	var to string
	status := http.StatusOK
	if err == nil {
		view, to, err = f(r.Context(), r, person)
	} else {
		view.SignIn, err, status = true, nil, http.StatusUnauthorized
	}
	if err != nil {
		view.Problem, status = d.askProblem(err, readsChinese(r)), http.StatusBadRequest
	}
	if to != "" {
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	view.Title, view.Zh = "Souk", readsChinese(r)
	h.Set("Content-Type", "text/html;charset=utf-8")
	w.WriteHeader(status)
	askTemplate.Execute(w, view)
}

// askRefusalsZh are the Chinese words of what a person meets on these pages, by code; the English ones are the faults' own.
var askRefusalsZh = map[string]string{
	"PIN_WRONG": "支付密码错误，请重试。", "PIN_INVALID": "支付密码为6位数字。", "PIN_LOCKED": "支付密码已锁定，请稍后再试，或在“我的”中重设。", "PIN_MISSING": "您还没有设置支付密码。",
	"AGREEMENT_NOT_EXIST": "没有这份协议。", "AGREEMENT_STATUS_NOT_NORMAL": "该协议已失效，请返回商家重新发起。", "AGREEMENT_OF_ANOTHER": "这是其他人的协议。",
}

// askProblem says what went wrong in the person's language. What is our own fault is logged and told without details.
func (d *Door) askProblem(err error, zh bool) string {
	f, known := fault.Of(err)
	if !known || f.Kind == fault.Internal {
		d.Log.Error("agreement page", "error", err)
		f = fault.New(fault.Internal, "SYSTEM_ERROR", "something went wrong here; please try again")
	}
	if words, known := askRefusalsZh[f.Code]; known && zh {
		return words
	}
	return strings.ToUpper(f.Message[:1]) + f.Message[1:] + "."
}

func (d *Door) visitor(r *http.Request) (p identity.Person, err error) {
	cookie, err := r.Cookie(host.Cookie)
	if err != nil {
		return p, identity.ErrNoSession
	}
	err = d.DB.Read(r.Context(), func(tx *db.Tx) error { p, err = identity.Session(r.Context(), tx, cookie.Value); return err })
	return p, err
}

// readsChinese: the first language that is one of ours counts.
func readsChinese(r *http.Request) bool {
	for i, tag := range strings.Split(r.Header.Get("Accept-Language"), ",") {
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

// paperWords are what an agreement says of itself: English, Simplified Chinese.
var paperWords = map[string][2]string{
	"TEMP": {"asks to take payments from your balance later", "请求以后从您的余额中扣款"}, "NORMAL": {"may take payments from your balance", "可从您的余额中扣款"}, "UNSIGN": {"ended", "已解约"},
	"single": {"Each at most", "每笔最多"}, "total": {"In all at most", "合计最多"}, "times": {"Payments at most", "最多次数"}, "every": {"Every", "扣款周期"},
	"DAY": {"days", "天"}, "MONTH": {"months", "个月"}, "next": {"Next on", "下次扣款"}, "taken": {"Taken so far", "已扣款"}, "number": {"Number", "协议号"},
}

func describePaper(ctx context.Context, tx *db.Tx, a agreement.Agreement, zh bool) (paperView, error) {
	m, err := merchant.Find(ctx, tx, a.Merchant)
	word := func(key string) string {
		if zh {
			return paperWords[key][1]
		}
		return paperWords[key][0]
	}
	v := paperView{Merchant: m.Name, Says: word(string(a.Status)), Status: string(a.Status), Action: agreeURL(a.No)}
	if zh && m.NameZh != "" {
		v.Merchant = m.NameZh
	}
	add := func(key, value string) { v.Facts = append(v.Facts, fact{word(key), value}) }
	add("single", "¥"+a.Single.Yuan())
	if a.Total > 0 {
		add("total", "¥"+a.Total.Yuan())
	}
	if a.Times > 0 {
		add("times", fmt.Sprint(a.Times))
	}
	if a.NextOn != "" {
		unit := word(a.Plan.Type)
		if a.Plan.Period == 1 {
			unit = strings.TrimSuffix(unit, "s")
		}
		add("every", fmt.Sprint(a.Plan.Period, " ", unit))
		add("next", a.NextOn)
	}
	if a.Payments > 0 {
		add("taken", fmt.Sprintf("¥%s · %d", a.Paid.Yuan(), a.Payments))
	}
	add("number", string(a.No))
	return v, err
}

// paper finds the agreement in the address, for the person who may sign it or did.
func (d *Door) paper(ctx context.Context, r *http.Request, p identity.Person) (a agreement.Agreement, view paperView, err error) {
	err = d.DB.Read(ctx, func(tx *db.Tx) error {
		if a, err = agreement.Find(ctx, tx, agreement.No(clip(r.PathValue("no"), 64))); err != nil {
			return err
		}
		if a.Person != "" && a.Person != p.ID {
			return agreement.ErrPerson
		}
		view, err = describePaper(ctx, tx, a, readsChinese(r))
		return err
	})
	return a, view, err
}

func (d *Door) askAgreement(ctx context.Context, r *http.Request, p identity.Person) (askView, string, error) {
	_, view, err := d.paper(ctx, r, p)
	if err != nil {
		return askView{}, "", err
	}
	return askView{Papers: []paperView{view}}, "", nil
}

func (d *Door) signAgreement(ctx context.Context, r *http.Request, p identity.Person) (askView, string, error) {
	a, view, err := d.paper(ctx, r, p)
	if err != nil {
		return askView{}, "", err
	}
	again := askView{Papers: []paperView{view}}
	if err := r.ParseForm(); err != nil {
		return again, "", fault.New(fault.Invalid, "FORM_INVALID", "this form is too large or broken")
	}
	if err := identity.CheckPIN(ctx, d.DB, p.ID, r.PostForm.Get("pin")); err != nil {
		return again, "", err
	}
	var b buyer
	var agent string
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		if a, err = agreement.Sign(ctx, tx, a.No, p.ID); err != nil || a.ReturnURL == "" {
			return err
		}
		if b, err = payerOf(ctx, tx, pay.Trade{App: a.App, Buyer: a.Person}); err != nil {
			return err
		}
		agent, err = openapp.AgentOf(ctx, tx, string(a.No))
		return err
	})
	if err != nil || a.ReturnURL == "" {
		return again, agreementsPath, err
	}
	to, err := d.signedAgreementReturn(ctx, a, b, agent)
	return again, to, err
}

func (d *Door) endAgreement(ctx context.Context, r *http.Request, p identity.Person) (askView, string, error) {
	a, _, err := d.paper(ctx, r, p)
	if err == nil {
		err = d.DB.Write(ctx, func(tx *db.Tx) error { _, err := agreement.End(ctx, tx, a.No); return err })
	}
	return askView{}, agreementsPath, err
}

func (d *Door) listAgreements(ctx context.Context, r *http.Request, p identity.Person) (out askView, _ string, err error) {
	err = d.DB.Read(ctx, func(tx *db.Tx) error {
		out.Papers = nil
		list, err := agreement.Of(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		for _, a := range list {
			view, err := describePaper(ctx, tx, a, readsChinese(r))
			if err != nil {
				return err
			}
			out.Papers = append(out.Papers, view)
		}
		return nil
	})
	return out, "", err
}
