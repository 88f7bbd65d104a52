package open

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/sign"
	"souk/platform/hold"
	"souk/platform/openapp"
	"souk/platform/pay"
)

// routePages adds what payers' browsers open.
func (d *Door) routePages(mux *http.ServeMux) {
	mux.HandleFunc("GET "+qrPath+"{trade}", d.serveQR)
	mux.HandleFunc("GET "+returnPath+"{trade}", d.serveReturn)
	mux.HandleFunc("GET "+authPath+"{auth}", serveAuth)
	mux.HandleFunc("GET "+billPath+"{ticket}", d.serveBill)
	mux.HandleFunc("GET "+receiptPath+"{ticket}", d.serveReceipt)
}

// pagePay makes the trade of a signed link or form when the payer's browser
// submits it, and sends the browser to the cashier. page and wap pay.
func pagePay(ctx context.Context, c *call) (any, error) {
	var in orderFields
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	if err := first(checkURL("return_url", c.returnURL), checkURL("quit_url", string(in.QuitURL))); err != nil {
		return nil, err
	}
	product := "FAST_INSTANT_TRADE_PAY"
	if c.method == "alipay.trade.wap.pay" {
		product = "QUICK_WAP_WAY"
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		t, err := c.create(ctx, tx, in, product, false)
		if err != nil {
			return nil, err
		}
		err = openapp.KeepOrder(ctx, tx, openapp.Order{
			TradeNo: string(t.No), AppID: c.app.ID, Method: c.method, ReturnURL: c.returnURL, QuitURL: string(in.QuitURL),
		})
		return cashier(t.No, c.returnURL != "", string(in.QuitURL)), err
	})
}

// cashier is where the shell asks the payer for their yes. back is where the
// shell sends the browser after payment; quit where it goes without.
func cashier(no pay.No, hasReturn bool, quit string) redirect {
	q := url.Values{"tradeNO": {string(no)}}
	if hasReturn {
		q.Set("return", returnPath+string(no))
	}
	if quit != "" {
		q.Set("quit", quit)
	}
	return redirect(cashierPath + q.Encode())
}

// Submitted is what an order string asked for: a trade to pay, or an
// authorisation to agree to. One of them is empty. A merged payment's number stands as TradeNo too; it begins with merge.Prefix.
type Submitted struct {
	TradeNo pay.No  `json:"tradeNO,omitempty"`
	AuthNo  hold.No `json:"authNO,omitempty"`
}

// SubmitOrder verifies the order string that an SDK signed for an app and that
// came through my.tradePay({orderStr}), and makes what it asks for. Errors are
// faults with the open API's sub_code as code.
func (d *Door) SubmitOrder(ctx context.Context, order string) (Submitted, error) {
	req, err := decodeOrder(order)
	if err != nil {
		return Submitted{}, fault.New(fault.Invalid, "isv.invalid-parameter", err.Error())
	}
	v := &v2{params: req.params}
	result, err := d.submit(ctx, v)
	if err != nil {
		bad := d.explain(newTrace(), v.params["method"], err)
		return Submitted{}, fault.New(fault.Invalid, bad.sub, bad.words)
	}
	return result, nil
}

func (d *Door) submit(ctx context.Context, v *v2) (out Submitted, err error) {
	c, err := d.admitV2(ctx, v)
	if err == nil && v.params["app_auth_token"] != "" {
		err = c.forAnother(ctx, v.params["app_auth_token"])
	}
	if err != nil {
		return out, err
	}
	switch v.method.name {
	case "alipay.trade.app.merge.pay":
		var no string
		no, err = c.merged(ctx)
		out.TradeNo = pay.No(no)
	case "alipay.fund.trans.app.pay":
		var in packetFields
		if err := c.bind(&in); err != nil {
			return out, err
		}
		_, err = c.write(ctx, func(tx *db.Tx) (any, error) {
			t, err := in.create(ctx, tx, c)
			out.TradeNo = t.No
			return nil, err
		})
	case "alipay.trade.app.pay":
		var in orderFields
		if err := c.bind(&in); err != nil {
			return out, err
		}
		_, err = c.write(ctx, func(tx *db.Tx) (any, error) {
			t, err := c.create(ctx, tx, in, "QUICK_MSECURITY_PAY", false)
			out.TradeNo = t.No
			return nil, err
		})
	case "alipay.fund.auth.order.app.freeze":
		var in freezeFields
		if err := c.bind(&in); err != nil {
			return out, err
		}
		_, err = c.write(ctx, func(tx *db.Tx) (any, error) {
			a, err := in.ask(ctx, tx, c)
			out.AuthNo = a.No
			return nil, err
		})
	default:
		err = refuse("isv.invalid-method", "an order string is signed for alipay.trade.app.pay, alipay.trade.app.merge.pay, alipay.fund.trans.app.pay or alipay.fund.auth.order.app.freeze")
	}
	return out, err
}

// appPay is called by nobody: the SDK only signs an order string.
func appPay(_ context.Context, c *call) (any, error) {
	return nil, refuse("isv.invalid-method", c.method+" is not called: hand its order string to my.tradePay({orderStr})")
}

// serveQR is the address in a precreated order's QR code: from the first scan
// the trade exists, and the shell's cashier asks for payment.
func (d *Door) serveQR(w http.ResponseWriter, r *http.Request) {
	no := pay.No(clip(r.PathValue("trade"), 64))
	err := d.DB.Write(r.Context(), func(tx *db.Tx) error { return pay.Reveal(r.Context(), tx, no) })
	if err != nil {
		bad := d.explain(newTrace(), "alipay.trade.precreate", err)
		writeNotice(w, http.StatusNotFound, bad.sub, bad.words)
		return
	}
	http.Redirect(w, r, string(cashier(no, false, "")), http.StatusFound)
}

// serveAuth is the address in the QR code of an authorisation.
func serveAuth(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, cashierPath+url.Values{"authNO": {clip(r.PathValue("auth"), 64)}}.Encode(), http.StatusFound)
}

// serveReturn sends the browser of a paid trade to the merchant's return_url
// with the signed facts. Of one that is not paid it goes to quit_url, where the order named one, without any facts.
func (d *Door) serveReturn(w http.ResponseWriter, r *http.Request) {
	to, err := d.returnURL(r.Context(), pay.No(clip(r.PathValue("trade"), 64)))
	if err != nil {
		bad := d.explain(newTrace(), "alipay.trade.page.pay", err)
		writeNotice(w, http.StatusNotFound, bad.sub, bad.words)
		return
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, to, http.StatusFound)
}

func (d *Door) returnURL(ctx context.Context, no pay.No) (string, error) {
	var o openapp.Order
	var t pay.Trade
	var agent string
	err := d.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if o, err = openapp.FindOrder(ctx, tx, string(no)); err != nil {
			return err
		}
		if t, err = pay.Find(ctx, tx, no); err != nil {
			return err
		}
		agent, err = openapp.AgentOf(ctx, tx, string(no))
		return err
	})
	switch {
	case errors.Is(err, openapp.ErrNoOrder):
		return "", pay.ErrNotFound
	case err != nil:
		return "", err
	case t.PaidAt == 0 && o.QuitURL != "":
		return o.QuitURL, nil
	case t.PaidAt == 0 || o.ReturnURL == "":
		return "", pay.ErrStatus.With("it is not paid, or its order named no return_url")
	}
	return d.signedReturn(ctx, o, t, agent)
}

// signedReturn adds the facts of the payment to return_url.
func (d *Door) signedReturn(ctx context.Context, o openapp.Order, t pay.Trade, agent string) (string, error) {
	return d.signedAddress(ctx, o.ReturnURL, o.AppID, agent, o.Method+".return", map[string]string{
		"out_trade_no": t.OutTradeNo, "trade_no": string(t.No), "total_amount": t.Total.Yuan(), "seller_id": string(t.Merchant),
	})
}

// signedAddress adds facts for an app, and for the agent that acted for it, to an address, signed as notifications are.
func (d *Door) signedAddress(ctx context.Context, address, appID, agent, method string, facts map[string]string) (string, error) {
	params := map[string]string{
		"app_id": appID, "auth_app_id": appID, "method": method, "charset": "utf-8", "version": "1.0", "sign_type": "RSA2",
		"timestamp": d.now().Format(dateTime),
	}
	if agent != "" {
		params["app_id"] = agent
	}
	for name, value := range facts {
		if value != "" {
			params[name] = value
		}
	}
	signer, err := d.signerOf(ctx, params["app_id"])
	if err != nil {
		return "", err
	}
	signature, err := sign.Sign(signer.Key, sign.RSA2, sign.NotifyString(params))
	if err != nil {
		return "", err
	}
	q := url.Values{"sign": {signature}}
	for name, value := range params {
		q.Set(name, value)
	}
	to, fragment, hasFragment := strings.Cut(address, "#")
	joint := "?"
	if strings.Contains(to, "?") {
		joint = "&"
	}
	to += joint + q.Encode()
	if hasFragment {
		to += "#" + fragment
	}
	return to, nil
}
