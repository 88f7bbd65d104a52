package console_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/sign"
	"souk/platform/demo"
	"souk/platform/ledger"
	"souk/platform/openapp"
	"souk/platform/pay"
	"souk/platform/staff"
)

// each runs f in a fresh town on both engines.
func each(t *testing.T, play bool, f func(w *town)) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) { f(settle(t, d, play)) })
}

func TestAMerchantReachesItsOwnOnly(t *testing.T) {
	each(t, true, func(w *town) {
		trade := w.sale(w.card.AppID, w.keyText, "other-1", "8.00", "Secret thing")
		var trace, notification string
		w.until("the call and the notification", func() bool {
			trace, notification = w.newest()
			return trace != "" && notification != ""
		})
		app := "/apps/" + w.card.AppID
		northpier, other := w.as("northpier"), w.as(w.card.Merchant)
		for _, path := range []string{app, app + "/calls", app + "/calls/" + trace, app + "/notifications", app + "/notifications/" + notification, "/trades/" + trade} {
			if status, text := northpier.get(path); status != http.StatusNotFound || strings.Contains(text, "Secret thing") {
				t := w.t
				t.Errorf("another merchant at %s: %d %s", path, status, text)
			}
			if status, _ := other.get(path); status != http.StatusOK {
				w.t.Errorf("its own merchant at %s: %d", path, status)
			}
		}
		for _, path := range []string{app + "/key", app + "/aes", app + "/messages", app + "/certificates", app + "/notifications/" + notification + "/replay", "/trades/" + trade + "/refund"} {
			status, text := northpier.post(path, "publicKey", w.card.PlatformPublicKey, "mode", "pair", "key", "k", "amount", "1.00")
			w.must(status, text, http.StatusNotFound)
		}
		// Its pages stay about itself, whatever the address says.
		for _, path := range []string{"/trades?merchant=" + w.card.Merchant, "/trades?q=other-1&merchant=" + w.card.Merchant, "/bill?merchant=" + w.card.Merchant, "/bill.csv?merchant=" + w.card.Merchant} {
			if status, text := northpier.get(path); status != http.StatusOK || strings.Contains(text, "Secret thing") {
				w.t.Errorf("%s: %d %s", path, status, text)
			}
		}
		for _, path := range []string{"/team"} {
			status, text := northpier.get(path)
			w.must(status, text, http.StatusForbidden)
			status, text = northpier.post(path, "name", "Mallory")
			w.must(status, text, http.StatusForbidden)
		}
	})
}

// newest is the last call and notification of Other Shop.
func (w *town) newest() (trace, notification string) {
	ctx := context.Background()
	if err := w.db.Read(ctx, func(tx *db.Tx) error {
		calls, err := openapp.Calls(ctx, tx, openapp.CallSearch{AppID: w.card.AppID, Limit: 1})
		if err != nil {
			return err
		}
		told, err := openapp.Notifications(ctx, tx, openapp.NotificationSearch{AppID: w.card.AppID, Limit: 1})
		if err != nil || len(calls) == 0 || len(told) == 0 {
			return err
		}
		trace, notification = calls[0].TraceID, told[0].ID
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	return trace, notification
}

func TestAnActNeedsAFormOfOurOwn(t *testing.T) {
	each(t, true, func(w *town) {
		v := w.as("")
		status, text := v.post("/team", "form", "guessed", "name", "Mallory")
		w.must(status, text, http.StatusForbidden, "another session")
		status, text = v.post("/team", "form", "", "name", "Mallory")
		w.must(status, text, http.StatusForbidden)
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			_, page := v.get("/team")
			form := url.Values{"form": {formToken.FindStringSubmatch(page)[1]}, "name": {"Mallory"}}
			r, err := http.NewRequest(http.MethodPost, w.base+"/console/team", strings.NewReader(form.Encode()))
			if err != nil {
				w.t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set(header, value)
			status, text := v.read(v.client.Do(r))
			w.must(status, text, http.StatusForbidden)
		}
		if _, page := v.get("/team"); strings.Contains(page, "Mallory") {
			w.t.Error("a forged form made a key")
		}
		status, text = v.post("/team", "name", strings.Repeat("x", 70<<10))
		w.must(status, text, http.StatusForbidden)
		status, text = v.post("/team", "name", "Honest")
		w.must(status, text, http.StatusOK, "Honest", "souk-key-")
	})
}

var shownKey = regexp.MustCompile(`souk-key-[0-9A-Za-z_-]+`)

func TestOutsideADemoOnlyAKeyOpensAndItEndsAtOnce(t *testing.T) {
	each(t, false, func(w *town) {
		ctx := context.Background()
		var key, tried string
		if err := w.db.Write(ctx, func(tx *db.Tx) (err error) {
			if _, key, err = staff.Add(ctx, tx, staff.Member{Name: "Ops", Role: staff.Operator}); err != nil {
				return err
			}
			tried, err = staff.Try(ctx, tx, staff.Member{Name: "Anybody", Role: staff.Operator})
			return err
		}); err != nil {
			w.t.Fatal(err)
		}
		stranger := w.visitor()
		status, text := stranger.get("/apps")
		w.must(status, text, http.StatusOK, "souk-key-…")
		status, text = stranger.post("/try", "merchant", "")
		w.must(status, text, http.StatusForbidden)
		status, text = stranger.post("/sign-in", "key", "souk-key-guess")
		w.must(status, text, http.StatusUnauthorized, "opens nothing")
		at, err := url.Parse(w.base + "/console/")
		if err != nil {
			w.t.Fatal(err)
		}
		stranger.client.Jar.SetCookies(at, []*http.Cookie{{Name: "souk_console", Value: tried, Path: "/console"}})
		status, text = stranger.get("/apps")
		w.must(status, text, http.StatusOK, "souk-key-…")

		ops := w.visitor()
		status, text = ops.post("/sign-in", "key", key, "next", "/console/team")
		w.must(status, text, http.StatusOK, "<h1>Team</h1>")
		_, text = ops.post("/team", "name", "Second")
		second := w.visitor()
		status, text = second.post("/sign-in", "key", shownKey.FindString(text))
		w.must(status, text, http.StatusOK, "<h1>Apps</h1>")
		var id string
		if err := w.db.Read(ctx, func(tx *db.Tx) error {
			list, err := staff.List(ctx, tx)
			for _, m := range list {
				if m.Name == "Second" {
					id = m.ID
				}
			}
			return err
		}); err != nil {
			w.t.Fatal(err)
		}
		status, text = ops.post("/team/" + id + "/end")
		w.must(status, text, http.StatusOK, "no longer opens")
		_, text = second.get("/apps")
		w.must(http.StatusOK, text, http.StatusOK, "souk-key-…")
		status, text = ops.post("/sign-out")
		w.must(status, text, http.StatusOK, "Sign in")
		_, text = ops.get("/apps")
		w.must(http.StatusOK, text, http.StatusOK, "souk-key-…")
	})
}

var madeApp = regexp.MustCompile(`<code id="app-id">(\d{16})</code>`)

func TestAMerchantMakesAnAppInEachWayAndItsServerCanCall(t *testing.T) {
	each(t, true, func(w *town) {
		v := w.as("northpier")
		key, err := sign.NewKey()
		if err != nil {
			w.t.Fatal(err)
		}
		status, text := v.post("/apps", "name", "Till", "mode", "key", "publicKey", sign.PublicText(&key.PublicKey), "aes", "1")
		w.must(status, text, http.StatusOK, "The app is made", `id="aes"`)
		app := madeApp.FindStringSubmatch(text)[1]
		if node := w.call(app, sign.PrivateText(key), "alipay.trade.query", map[string]string{"out_trade_no": "none"}); node["sub_code"] != "ACQ.TRADE_NOT_EXIST" {
			w.t.Errorf("the new app's call: %v", node)
		}
		status, text = v.post("/apps", "name", "Certified", "mode", "pair")
		w.must(status, text, http.StatusOK, "shown this once", "BEGIN CERTIFICATE", `id="pkcs8"`)
		app = madeApp.FindStringSubmatch(text)[1]
		private := regexp.MustCompile(`id="pkcs1"[^>]*>([^<]+)<`).FindStringSubmatch(text)[1]
		certificate, err := sign.ParseCertificate(regexp.MustCompile(`id="app-cert"[^>]*>([^<]+)<`).FindStringSubmatch(text)[1])
		if err != nil {
			w.t.Fatal(err)
		}
		query := func() any {
			return w.call(app, private, "alipay.trade.query", map[string]string{"out_trade_no": "none"}, "app_cert_sn", certificate.SN)["sub_code"]
		}
		if code := query(); code != "ACQ.TRADE_NOT_EXIST" {
			w.t.Errorf("the certified app's call: %v", code)
		}
		if _, page := v.get("/apps/" + app); strings.Contains(page, "pkcs1") {
			w.t.Error("the private key is shown again")
		}
		status, text = v.post("/apps/" + app + "/certificates/" + certificate.SN + "/revoke")
		w.must(status, text, http.StatusOK, "revoked")
		if code := query(); code != "isv.app-cert-expired" {
			w.t.Errorf("after revoking: %v", code)
		}
		for _, c := range []struct{ field, value, words string }{
			{"publicKey", "not a key", "an RSA public key of 2048 to 4096 bits"}, {"publicKey", "", "either a public key or a certificate request"},
			{"messageUrl", "javascript:alert(1)", "must be http or https"}, {"name", "", "at most 40 characters"},
		} {
			fields := []string{"name", "Bad", "mode", "key", "publicKey", sign.PublicText(&key.PublicKey), c.field, c.value}
			status, text = v.post("/apps", fields...)
			w.must(status, strings.ToLower(text), http.StatusBadRequest, strings.ToLower(c.words))
		}
	})
}

func TestACallIsShownInFullWithTheTextThatWasSignedAndNoSecret(t *testing.T) {
	each(t, true, func(w *town) {
		w.call(w.card.AppID, w.keyText, "alipay.trade.pay", map[string]string{"out_trade_no": "c-1", "total_amount": "1.00", "subject": "Tea", "scene": "bar_code", "auth_code": "288800001111222233"})
		w.call(w.card.AppID, w.keyText, "alipay.trade.query", map[string]string{"out_trade_no": "c-2"})
		v := w.as(w.card.Merchant)
		list := "/apps/" + w.card.AppID + "/calls"
		w.until("both calls", func() bool {
			_, text := v.get(list)
			return strings.Contains(text, "alipay.trade.pay") && strings.Contains(text, "alipay.trade.query")
		})
		_, text := v.get(list + "?method=trade.pay")
		if strings.Contains(text, "alipay.trade.query") {
			w.t.Error("the filter keeps other methods")
		}
		status, text := v.get(list + "/" + regexp.MustCompile(`/calls/([0-9a-f]{32})"`).FindStringSubmatch(text)[1])
		w.must(status, text, http.StatusOK, "<span>app_id="+w.card.AppID+"</span>", `&biz_content={"auth_code":"***","out_trade_no":"c-1"`, "&version=1.0")
		if strings.Contains(text, "288800001111222233") {
			w.t.Error("the payment code is shown")
		}
		_, text = v.get(list + "?refused=1&method=nothing")
		w.must(status, text, http.StatusOK, "No call matches")
	})
}

func TestANotificationThatFailedIsReplayed(t *testing.T) {
	each(t, true, func(w *town) {
		w.deaf.Store(true)
		w.sale(w.card.AppID, w.keyText, "n-1", "2.00", "Tea")
		v := w.as(w.card.Merchant)
		list := "/apps/" + w.card.AppID + "/notifications"
		w.until("an attempt that failed", func() bool { _, text := v.get(list); return strings.Contains(text, "the receiver answered 500") })
		var id string
		w.until("the call in the log", func() bool { _, id = w.newest(); return id != "" })
		_, text := v.get(list + "?state=delivered")
		w.must(http.StatusOK, text, http.StatusOK, "Nothing was sent")
		w.deaf.Store(false)
		status, text := v.post(list + "/" + id + "/replay")
		w.must(status, text, http.StatusOK, "It is being sent again", "trade_status_sync")
		w.until("the delivery", func() bool { _, text := v.get(list + "?state=delivered"); return strings.Contains(text, id) })
	})
}

var refundKey = regexp.MustCompile(`name="key" value="([^"]+)"`)

func TestARefundFormSentTwiceRefundsOnceAndTheBillAgrees(t *testing.T) {
	each(t, true, func(w *town) {
		no := w.sale(w.card.AppID, w.keyText, "b-1", "10.00", "=cmd|calc")
		w.call(w.card.AppID, w.keyText, "alipay.trade.create", map[string]string{"out_trade_no": "b-2", "total_amount": "1.00", "subject": "Unpaid", "product_code": "JSAPI_PAY"})
		v := w.as(w.card.Merchant)
		_, text := v.get("/trades/" + no)
		key := refundKey.FindStringSubmatch(text)[1]
		for range 2 {
			status, text := v.post("/trades/"+no+"/refund", "key", key, "amount", "3.00", "reason", "cold")
			w.must(status, text, http.StatusOK, "Refunded.", "−¥3.00")
		}
		status, text := v.post("/trades/"+no+"/refund", "key", "other", "amount", "7.01")
		w.must(status, text, http.StatusConflict, "7.00 is left")
		status, text = v.post("/trades/"+no+"/refund", "key", "other", "amount", "-1")
		w.must(status, text, http.StatusBadRequest, "An amount is yuan")
		status, text = v.get("/bill")
		w.must(status, text, http.StatusOK, "agree, line by line", "<b>¥10.00</b>", "<b>−¥3.00</b>", "<b>¥7.00</b>")
		status, text = v.get("/bill.csv")
		w.must(status, text, http.StatusOK, "'=cmd|calc", ",-3.00,", ",10.00,")
		status, text = v.get("/trades?what=refunds")
		w.must(status, text, http.StatusOK, "−¥3.00")
		for _, number := range []string{no, "b-1"} {
			status, text = v.get("/trades?q=" + number)
			w.must(status, text, http.StatusOK, "/console/trades/"+no)
		}
		status, text = v.get("/trades?q=b-2")
		w.must(status, text, http.StatusOK, "Waiting for payment")
		status, text = v.get("/trades?from=2020-01-01&to=2020-01-31")
		w.must(status, text, http.StatusOK, "Nothing in these days")
	})
}

func TestABillThatDiffersFromTheLedgerSaysWhere(t *testing.T) {
	each(t, true, func(w *town) {
		no := w.sale(w.card.AppID, w.keyText, "d-1", "4.00", "Tea")
		// Money that reached the merchant without a trade: what a broken import would do.
		ctx := context.Background()
		if err := w.db.Write(ctx, func(tx *db.Tx) error {
			t, err := pay.Find(ctx, tx, pay.No(no))
			if err != nil {
				return err
			}
			_, err = ledger.Post(ctx, tx, ledger.Entry{ID: "pay:20200101000000000000000001", Kind: "pay", Title: "stray", Lines: []ledger.Line{
				{Account: t.Tenders[0].Account, Unit: ledger.CNY, Amount: -100},
				{Account: ledger.AccountID("merchant/" + w.card.Merchant + "/settled"), Unit: ledger.CNY, Amount: 100},
			}})
			return err
		}); err != nil {
			w.t.Fatal(err)
		}
		status, text := w.as(w.card.Merchant).get("/bill")
		w.must(status, text, http.StatusOK, "The bill and the ledger differ", "the ledger has pay:20200101000000000000000001 of 1.00, the bill does not", "<li>")
	})
}

func TestTheConsoleSpeaksBothLanguagesAndRemembersWhich(t *testing.T) {
	w := settle(t, dbtest.Open(t, dbtest.URL(t, db.SQLite), schemas...), true)
	v := w.as("northpier")
	status, text := v.post("/view", "lang", "zh", "back", "/console/apps")
	w.must(status, text, http.StatusOK, `<html lang="zh-CN">`, "北埠咖啡", string(demo.Coffee), "新建应用")
	status, text = v.post("/apps", "name", "x", "mode", "key", "publicKey", "nonsense")
	w.must(status, text, http.StatusBadRequest, "请提供 2048 至 4096 位的 RSA 公钥")
	status, text = v.post("/view", "theme", "dark", "back", "https://evil.example/console/")
	w.must(status, text, http.StatusOK, `<html lang="zh-CN" data-theme="dark">`)
	status, text = v.get("/nowhere")
	w.must(status, text, http.StatusNotFound, "没有这个页面")
}
