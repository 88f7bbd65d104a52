package open

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"souk/kit/db"
	"souk/kit/egress"
	"souk/kit/event"
	"souk/kit/job"
	"souk/kit/sign"
	"souk/platform/agreement"
	"souk/platform/hold"
	"souk/platform/identity"
	"souk/platform/openapp"
	"souk/platform/pay"
)

// notifyJob is the durable kind of "tell this merchant's server".
const notifyJob = "open.notify"

// notifyConsumer is the name of this door's cursor in the event log.
const notifyConsumer = "open.notify"

type notifyArgs struct {
	ID string `json:"id"`
}

// notifyEvents are what merchants are told of. Closing is not, as at Alipay.
var notifyEvents = []string{"trade.paid", "trade.refunded", "auth.frozen", "auth.unfrozen", "agreement.signed", "agreement.ended", "consent.withdrawn"}

// onEvent turns what happened into a notification, in the transaction of the
// event's cursor.
func (d *Door) onEvent(ctx context.Context, tx *db.Tx, e event.Stored) error {
	switch noun, _, _ := strings.Cut(e.Kind, "."); noun {
	case "auth":
		return onAuth(ctx, tx, e)
	case "agreement":
		return onAgreement(ctx, tx, e)
	case "consent":
		return onConsent(ctx, tx, e)
	}
	return onTrade(ctx, tx, e)
}

func onAgreement(ctx context.Context, tx *db.Tx, e event.Stored) error {
	var what agreement.Event
	if err := e.Decode(&what); err != nil {
		return err
	}
	a, err := agreement.Find(ctx, tx, what.No)
	if err != nil || a.NotifyURL == "" {
		return err
	}
	b, err := payerOf(ctx, tx, pay.Trade{App: a.App, Buyer: a.Person})
	if err != nil {
		return err
	}
	return tell(ctx, tx, string(a.No), openapp.Notification{AppID: string(a.App), Cause: e.Kind + ":" + string(a.No), URL: a.NotifyURL, Fields: agreementFields(a, e.Kind, b)})
}

// onConsent tells an app's message address that a person no longer lets it read what auth_user opens.
func onConsent(ctx context.Context, tx *db.Tx, e event.Stored) error {
	var what identity.Withdrew
	if err := e.Decode(&what); err != nil || what.Scope != "auth_user" {
		return err
	}
	link, err := identity.LinkTo(ctx, tx, what.App, what.Person)
	if err != nil {
		return err
	}
	return message(ctx, tx, what.App, "alipay.open.auth.userauth.cancelled", fmt.Sprint(e.ID), map[string]string{
		"user_id": link.UserID, "open_id": link.OpenID, "auth_app_id": what.App, "scopes": what.Scope, "cancel_time": stamp(what.At),
	})
}

func onTrade(ctx context.Context, tx *db.Tx, e event.Stored) error {
	var what pay.Event
	if err := e.Decode(&what); err != nil {
		return err
	}
	t, err := pay.Find(ctx, tx, what.TradeNo)
	if err != nil || t.NotifyURL == "" {
		return err
	}
	fields, err := tradeFields(ctx, tx, t, what)
	if err != nil {
		return err
	}
	return tell(ctx, tx, string(t.No), openapp.Notification{
		AppID: string(t.App), Cause: e.Kind + ":" + string(t.No) + ":" + what.OutRequestNo, URL: t.NotifyURL, Fields: fields,
	})
}

func onAuth(ctx context.Context, tx *db.Tx, e event.Stored) error {
	var what hold.Event
	if err := e.Decode(&what); err != nil {
		return err
	}
	a, err := hold.Find(ctx, tx, what.AuthNo)
	if err != nil || a.NotifyURL == "" {
		return err
	}
	fields, err := authFields(ctx, tx, e.Kind, a, what.OutRequestNo)
	if err != nil {
		return err
	}
	return tell(ctx, tx, string(a.No), openapp.Notification{
		AppID: string(a.App), Cause: e.Kind + ":" + string(a.No) + ":" + what.OutRequestNo, URL: a.NotifyURL, Fields: fields,
	})
}

// tell records a notification of the trade form about the order of that number, and the job that sends it. What an agent made for
// another app names the agent as app_id.
func tell(ctx context.Context, tx *db.Tx, number string, n openapp.Notification) error {
	agent, err := openapp.AgentOf(ctx, tx, number)
	if err != nil {
		return err
	}
	if agent != "" {
		n.Fields["app_id"] = agent
	}
	n.Form = openapp.Trade
	return tellAs(ctx, tx, n)
}

// tradeFields are a trade notification's own fields. Status and refunds are
// those of the event, since the trade may have moved on.
func tradeFields(ctx context.Context, tx *db.Tx, t pay.Trade, what pay.Event) (map[string]string, error) {
	b, err := payerOf(ctx, tx, t)
	if err != nil {
		return nil, err
	}
	s := state(t, b)
	fields := map[string]string{
		"notify_type": "trade_status_sync", "trade_no": string(t.No), "out_trade_no": t.OutTradeNo, "trade_status": string(what.Status), "seller_id": string(t.Merchant),
		"subject": t.Subject, "body": t.Body, "passback_params": t.Passback,
		"buyer_id": b.UserID, "buyer_open_id": b.OpenID, "buyer_logon_id": b.LogonID,
		"total_amount": s.Total, "receipt_amount": s.Receipt, "buyer_pay_amount": s.BuyerPay, "invoice_amount": s.Invoice, "point_amount": s.Point,
		"gmt_create": stamp(t.MadeAt), "gmt_payment": stamp(t.PaidAt), "fund_bill_list": camelBills(t.Tenders),
	}
	if what.OutRequestNo == "" {
		return fields, nil
	}
	r, err := pay.FindRefund(ctx, tx, t.App, t.No, "", what.OutRequestNo)
	if err != nil {
		return nil, err
	}
	fields["out_biz_no"], fields["gmt_refund"] = what.OutRequestNo, stamp(r.At)
	fields["refund_fee"], fields["send_back_fee"] = what.Refunded.Yuan(), r.Buyer.Yuan()
	if what.Status == pay.Closed {
		fields["gmt_close"] = stamp(r.At)
	}
	return fields, nil
}

// camelBills is fund_bill_list as notifications spell it, unlike answers.
func camelBills(tenders []pay.Tender) string {
	type bill struct {
		Amount  string `json:"amount"`
		Channel string `json:"fundChannel"`
	}
	bills := []bill{}
	for _, b := range fundBills(tenders) {
		bills = append(bills, bill{b.Amount, b.Channel})
	}
	out, err := json.Marshal(bills)
	if err != nil {
		panic("open: bills that JSON cannot write: " + err.Error())
	}
	return string(out)
}

// signed is a notification's form as it goes out now. No value is empty and no
// certificate serial is added: SDKs disagree on both.
func (d *Door) signed(ctx context.Context, n openapp.Notification) (url.Values, error) {
	params := map[string]string{"notify_id": n.ID, "charset": "utf-8", "version": "1.0", "sign_type": "RSA2", "app_id": n.AppID}
	text := sign.NotifyString
	if n.Form == openapp.Message {
		params["utc_timestamp"], text = fmt.Sprint(d.DB.Now()), sign.MessageString
	} else {
		params["auth_app_id"], params["notify_time"] = n.AppID, d.now().Format(dateTime)
	}
	for name, value := range n.Fields {
		if value != "" {
			params[name] = value
		}
	}
	signer, err := d.signerOf(ctx, params["app_id"])
	if err != nil {
		return nil, err
	}
	signature, err := sign.Sign(signer.Key, sign.RSA2, text(params))
	if err != nil {
		return nil, err
	}
	form := url.Values{"sign": {signature}}
	for name, value := range params {
		form.Set(name, value)
	}
	return form, nil
}

// notifyKind is the job that delivers notifications on Alipay's schedule.
func (d *Door) notifyKind() job.Kind {
	return job.Kind{Name: notifyJob, Work: d.deliver, Retry: openapp.Waits, Workers: 8, Timeout: 20 * time.Second}
}

// deliver makes one attempt. After the last it reports success to the job
// queue: the notification itself says that it was given up, and can be
// replayed.
func (d *Door) deliver(ctx context.Context, task job.Claimed) (job.Done, error) {
	var args notifyArgs
	if err := task.Decode(&args); err != nil {
		return nil, job.Never(err)
	}
	var n openapp.Notification
	if err := d.DB.Read(ctx, func(tx *db.Tx) (err error) { n, err = openapp.FindNotification(ctx, tx, args.ID); return err }); err != nil {
		return nil, err
	}
	if n.State != "waiting" {
		return nil, nil
	}
	failed := d.post(ctx, n)
	if failed == nil {
		return func(tx *db.Tx) error { _, err := openapp.Attempted(ctx, tx, n.ID, ""); return err }, nil
	}
	var last bool
	err := d.DB.Write(ctx, func(tx *db.Tx) (err error) {
		last, err = openapp.Attempted(ctx, tx, n.ID, clip(failed.Error(), 200))
		return err
	})
	if err == nil && last {
		return nil, nil
	}
	return nil, errors.Join(failed, err)
}

// maxReply is how much of a receiver's answer is read: enough to be sure that
// it is not "success" and more.
const maxReply = 64

// post sends a notification once. Only the seven characters count, with
// status 200 and without a redirect.
func (d *Door) post(ctx context.Context, n openapp.Notification) error {
	form, err := d.signed(ctx, n)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, n.URL, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	r.Header.Set("User-Agent", "Souk")
	answer, err := d.client.Do(r)
	if err != nil {
		return errors.New(egress.Why(err))
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxReply))
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK || strings.TrimSpace(string(body)) != "success" {
		return fmt.Errorf("the receiver answered %d %q, not 200 \"success\"", answer.StatusCode, clip(string(body), maxReply))
	}
	return nil
}

// Replay sends an app's notification again, now and with all its attempts. Error:
// openapp.ErrNoNotification.
func Replay(ctx context.Context, tx *db.Tx, appID, id string) error {
	if err := openapp.Again(ctx, tx, appID, id); err != nil {
		return err
	}
	added, err := job.Add(ctx, tx, job.Task{Kind: notifyJob, UniqueKey: id, Args: notifyArgs{id}})
	if err != nil || added {
		return err
	}
	_, err = job.Hurry(ctx, tx, notifyJob, id) // it waits for its next attempt: that is now
	return err
}
