package open

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/merchant"
	"souk/platform/pay"
)

// orderFields is what create, pay, precreate and the page methods have in
// common.
type orderFields struct {
	OutTradeNo     text                  `json:"out_trade_no"`
	Total          text                  `json:"total_amount"`
	Discountable   text                  `json:"discountable_amount"`
	Undiscountable text                  `json:"undiscountable_amount"`
	Subject        text                  `json:"subject"`
	Body           text                  `json:"body"`
	Product        text                  `json:"product_code"`
	SellerID       text                  `json:"seller_id"`
	BuyerID        text                  `json:"buyer_id"`
	BuyerOpenID    text                  `json:"buyer_open_id"`
	OpBuyerOpenID  text                  `json:"op_buyer_open_id"`
	TimeExpire     text                  `json:"time_expire"`
	Timeout        text                  `json:"timeout_express"`
	QRTimeout      text                  `json:"qr_code_timeout_express"`
	Passback       text                  `json:"passback_params"`
	Goods          object[[]goodsFields] `json:"goods_detail"`
	QuitURL        text                  `json:"quit_url"`
	Extend         object[extendFields]  `json:"extend_params"`
}

type extendFields struct {
	Freeze text `json:"royalty_freeze"` // "true": the money waits for royalty splits
}

type goodsFields struct {
	ID       text `json:"goods_id"`
	Name     text `json:"goods_name"`
	Quantity text `json:"quantity"`
	Price    text `json:"price"`
	ShowURL  text `json:"show_url"`
}

const maxURL = 512

// Lifetimes of unpaid trades: face to face three hours, a QR code two, else
// what platform/pay takes as default.
const (
	faceToFace = 3 * time.Hour
	qrLife     = 2 * time.Hour
)

// order turns the fields into what platform/pay wants. product is the code
// when the request names none.
func (in orderFields) order(ctx context.Context, tx *db.Tx, c *call, product string) (pay.Order, error) {
	if err := first(
		need("out_trade_no", in.OutTradeNo, 64), need("subject", in.Subject, 1024), short("body", in.Body, 1600),
		short("product_code", in.Product, 64), short("passback_params", in.Passback, 2048), checkURL("notify_url", c.notifyURL),
	); err != nil {
		return pay.Order{}, err
	}
	total, err := in.total()
	if err != nil {
		return pay.Order{}, err
	}
	goods, err := in.goods()
	if err != nil {
		return pay.Order{}, err
	}
	expires, err := in.expires(tx.Now(), product, c.method)
	if err != nil {
		return pay.Order{}, err
	}
	if in.Product == "" {
		in.Product = text(product)
	}
	o := pay.Order{
		App: c.appID(), OutTradeNo: string(in.OutTradeNo), Product: string(in.Product), Subject: string(in.Subject), Body: string(in.Body),
		Goods: goods, Total: total, ExpiresAt: expires, NotifyURL: c.notifyURL, Passback: string(in.Passback),
		Frozen: in.Extend.Value.Freeze == "true",
	}
	if err := in.checkSeller(ctx, tx, c); err != nil {
		return pay.Order{}, err
	}
	o.Buyer, err = in.buyer(ctx, tx, c.app.ID)
	return o, err
}

// total is the amount; both parts of it, when given, must add up.
func (in orderFields) total() (money.Fen, error) {
	total, err := amount("total_amount", in.Total)
	if err != nil || in.Discountable == "" || in.Undiscountable == "" {
		return total, err
	}
	a, errA := money.ParseYuan(string(in.Discountable))
	b, errB := money.ParseYuan(string(in.Undiscountable))
	if errA != nil || errB != nil || a+b != total {
		return 0, refuse("ACQ.TOTAL_FEE_EXCEED", "discountable_amount and undiscountable_amount do not add up to total_amount")
	}
	return total, nil
}

func (in orderFields) goods() ([]pay.Good, error) {
	if len(in.Goods.Value) > pay.MaxGoods {
		return nil, refuse("ACQ.SUB_GOODS_SIZE_MAX_COUNT", "goods_detail has too many lines")
	}
	var out []pay.Good
	for _, g := range in.Goods.Value {
		if err := first(need("goods_name", g.Name, maxText), short("goods_id", g.ID, 64), short("show_url", g.ShowURL, maxURL)); err != nil {
			return nil, err
		}
		price, err := money.ParseYuan(string(g.Price))
		if err != nil {
			return nil, invalid("goods_detail.price", "must be yuan with at most two decimals")
		}
		count, err := strconv.ParseInt(string(g.Quantity), 10, 32)
		if err != nil || count < 1 {
			return nil, invalid("goods_detail.quantity", "must be a whole number above zero")
		}
		out = append(out, pay.Good{ID: string(g.ID), Name: string(g.Name), Price: price, Count: count, Image: string(g.ShowURL)})
	}
	return out, nil
}

// expires is when the unpaid trade ends, in ms: time_expire beats
// timeout_express, and without both the product decides.
func (in orderFields) expires(now int64, product, method string) (int64, error) {
	at := time.UnixMilli(now).In(china)
	if in.TimeExpire != "" {
		for _, form := range [...]string{dateTime, "2006-01-02 15:04"} {
			if end, err := time.ParseInLocation(form, string(in.TimeExpire), china); err == nil {
				return afterNow(end, at)
			}
		}
		return 0, invalid("time_expire", "must look like 2006-01-02 15:04:05")
	}
	relative := in.Timeout
	if relative == "" && method == "alipay.trade.precreate" {
		relative = in.QRTimeout
	}
	if relative != "" {
		return relativeEnd(string(relative), at)
	}
	switch {
	case method == "alipay.trade.precreate":
		return at.Add(qrLife).UnixMilli(), nil
	case product == "FACE_TO_FACE_PAYMENT":
		return at.Add(faceToFace).UnixMilli(), nil
	}
	return 0, nil
}

func afterNow(end, now time.Time) (int64, error) {
	if !end.After(now) {
		return 0, refuse("ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR", "time_expire has passed")
	}
	if longest := now.Add(pay.MaxMillis * time.Millisecond); end.After(longest) {
		end = longest
	}
	return end.UnixMilli(), nil
}

// relativeEnd reads 1m to 15d, whole numbers of minutes, hours and days, and
// 1c, the end of today in China.
func relativeEnd(text string, now time.Time) (int64, error) {
	bad := invalid("timeout_express", "must be 1m to 15d, or 1c")
	if text == "1c" {
		return time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, china).UnixMilli() - 1, nil
	}
	units := map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}
	n, err := strconv.Atoi(strings.TrimRight(text, "mhd"))
	unit := units[strings.TrimLeft(text, "0123456789")]
	if err != nil || unit == 0 || n < 1 || n > 15*24*60 || time.Duration(n)*unit > 15*24*time.Hour {
		return 0, bad
	}
	return now.Add(time.Duration(n) * unit).UnixMilli(), nil
}

// checkSeller: an order may name its seller, but only the app's own.
func (in orderFields) checkSeller(ctx context.Context, tx *db.Tx, c *call) error {
	if in.SellerID == "" {
		return nil
	}
	app, err := merchant.FindApp(ctx, tx, c.appID())
	if err == nil && string(app.Merchant.ID) != string(in.SellerID) {
		return refuse("ACQ.SELLER_NOT_EXIST", "seller_id is not this app's merchant")
	}
	return err
}

// buyer is who alone may pay, if the order says so.
func (in orderFields) buyer(ctx context.Context, tx *db.Tx, app string) (identity.PersonID, error) {
	for _, name := range [...]text{in.BuyerOpenID, in.OpBuyerOpenID, in.BuyerID} {
		if name == "" {
			continue
		}
		p, err := identity.PersonOf(ctx, tx, app, string(name))
		if errors.Is(err, identity.ErrPersonNotFound) {
			return "", refuse("ACQ.BUYER_NOT_EXIST", "买家不存在: this app knows no such open_id or user_id")
		}
		return p.ID, err
	}
	return "", nil
}

// checkURL refuses what cannot be a callback address. Where it may point is
// decided when we call it, since names change.
func checkURL(name, text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if len(text) > maxURL || err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return invalid(name, "must be an http or https address of at most 512 bytes")
	}
	return nil
}
