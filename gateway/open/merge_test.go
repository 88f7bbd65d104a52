package open

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"

	"souk/kit/db"
	"souk/platform/identity"
	"souk/platform/merge"
)

// orderString is what an SDK signs for a phone.
func orderString(p map[string]string) string {
	parts := []string{}
	for k, v := range p {
		parts = append(parts, k+"="+strings.ReplaceAll(url.QueryEscape(v), "+", "%20"))
	}
	return strings.Join(parts, "&")
}

func mergedOrders(totals ...string) []fields {
	out := []fields{}
	for i, total := range totals {
		out = append(out, order("G"+string(rune('a'+i)), total))
	}
	return out
}

func TestAMergedPaymentIsPaidWholeOrNotAtAll(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c, other := h.app(testKeys[0]), h.app(testKeys[1])
		ask := fields{"out_merge_no": "G1", "order_details": mergedOrders("200.00", "150.00", "100.00")}
		a := c.want("alipay.trade.merge.precreate", ask)
		again := c.want("alipay.trade.merge.precreate", ask)
		no := a.text("pre_order_no")
		if again.text("pre_order_no") != no || len(a["order_detail_results"].([]any)) != 3 || !strings.HasPrefix(no, merge.Prefix) {
			t.Fatalf("%v then %v", a, again)
		}
		ask["order_details"] = mergedOrders("200.00", "150.00")
		c.refused("ACQ.CONTEXT_INCONSISTENT", "alipay.trade.merge.precreate", ask)
		made, err := h.door.SubmitOrder(t.Context(), orderString(c.params("alipay.trade.app.merge.pay", fields{"pre_order_no": no})))
		if err != nil || string(made.TradeNo) != no {
			t.Fatalf("the order string: %v, %v", made, err)
		}
		if made, err := h.door.SubmitOrder(t.Context(), orderString(other.params("alipay.trade.app.merge.pay", fields{"pre_order_no": no}))); err == nil {
			t.Errorf("another app pays it: %v", made)
		}
		before := h.rows()
		if err := payMerged(h, no); err != nil {
			t.Fatal(err)
		}
		if b := h.balance(lin); b != "50.00" || before.changed(h.rows()) == "" {
			t.Errorf("the payer has %s", b)
		}
		before = h.rows()
		var group sync.WaitGroup
		for range 16 {
			group.Go(func() {
				if err := payMerged(h, no); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if diff := before.changed(h.rows()); diff != "" {
			t.Errorf("paying again changed %s", diff)
		}
		for _, out := range []string{"Ga", "Gb", "Gc"} {
			if q := c.want("alipay.trade.query", fields{"out_trade_no": out}); q.text("trade_status") != "TRADE_SUCCESS" {
				t.Errorf("%v", q)
			}
		}
		poorer := c.want("alipay.trade.merge.precreate", fields{"out_merge_no": "G2", "order_details": []fields{order("X1", "40.00"), order("X2", "20.00")}}).text("pre_order_no")
		before = h.rows()
		if err := payMerged(h, poorer); err == nil || before.changed(h.rows()) != "" {
			t.Errorf("a merged payment without the money: %v, changed %s", err, before.changed(h.rows()))
		}
		h.wantBooks()
	})
}

func payMerged(h *house, no string) error {
	return h.d.Write(context.Background(), func(tx *db.Tx) error {
		_, err := merge.Pay(context.Background(), tx, no, lin)
		return err
	})
}

func TestAMergedPaymentOfStrangersOrOneOrderIsRefused(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c, other := h.app(testKeys[0]), h.app(testKeys[1])
		before := h.rows()
		c.refused("isv.invalid-parameter", "alipay.trade.merge.precreate", fields{"order_details": mergedOrders("1.00")})
		foreign := mergedOrders("1.00", "2.00")
		foreign[1]["app_id"] = other.card.AppID
		c.refused("ACQ.PARTNER_ERROR", "alipay.trade.merge.precreate", fields{"order_details": foreign})
		odd := mergedOrders("1.00", "0.001")
		c.refused("isv.invalid-parameter", "alipay.trade.merge.precreate", fields{"order_details": odd})
		if diff := before.changed(h.rows()); diff != "" {
			t.Errorf("changed: %s", diff)
		}
	})
}

func TestARedPacketIsPassedOnAndItsRestGoesBack(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		now := h.d.Now()
		clock := now
		h.d.SetClock(func() int64 { return clock })
		c := h.certifiedApp()
		receiver := h.knownTo(c, poor)
		ask := fields{"out_biz_no": "RP1", "trans_amount": "20.00", "product_code": "STD_RED_PACKET", "biz_scene": "PERSONAL_PAY", "order_title": "新年快乐"}
		made, err := h.door.SubmitOrder(t.Context(), orderString(c.params("alipay.fund.trans.app.pay", ask)))
		if err != nil {
			t.Fatal(err)
		}
		query := func() string {
			return c.want("alipay.fund.trans.common.query", fields{"out_biz_no": "RP1", "biz_scene": "PERSONAL_PAY"}).text("status")
		}
		send := fields{"out_biz_no": "S1", "trans_amount": "8.00", "product_code": "STD_RED_PACKET", "biz_scene": "PERSONAL_COLLECTION", "order_title": "给你",
			"original_order_id": string(made.TradeNo), "payee_info": fields{"identity_type": "ALIPAY_OPEN_ID", "identity": receiver}}
		c.refused("TRADE_STATUS_ERROR", "alipay.fund.trans.uni.transfer", send)
		if query() != "WAIT_PAY" {
			t.Errorf("before payment: %s", query())
		}
		h.payAs(lin, string(made.TradeNo))
		first, again := c.want("alipay.fund.trans.uni.transfer", send), c.want("alipay.fund.trans.uni.transfer", send)
		if first.text("order_id") != again.text("order_id") || h.balance(poor) != "8.00" || query() != "SUCCESS" {
			t.Errorf("%v, %v; the receiver has %s", first, again, h.balance(poor))
		}
		send["out_biz_no"], send["trans_amount"] = "S2", "12.01"
		c.refused("ALLOC_AMOUNT_VALIDATE_ERROR", "alipay.fund.trans.uni.transfer", send)
		clock = now + packetLife.Milliseconds() + 1
		for range 2 {
			if err := h.door.returnPackets(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if h.balance(lin) != "492.00" || query() != "REFUND" {
			t.Errorf("%s; the payer has %s", query(), h.balance(lin))
		}
		c.want("alipay.trade.create", order("PLAIN", "3.00"))
		paid := c.want("alipay.trade.query", fields{"out_trade_no": "PLAIN"}).text("trade_no")
		h.payAs(lin, paid)
		send["trans_amount"], send["original_order_id"] = "1.00", paid
		c.refused("TRADE_STATUS_ERROR", "alipay.fund.trans.uni.transfer", send)
		h.wantBooks()
	})
}

// knownTo makes a person known to the app, and returns their open_id there.
func (h *house) knownTo(c *client, p identity.PersonID) string {
	h.t.Helper()
	var link identity.Link
	h.write(func(tx *db.Tx) (err error) {
		link, err = identity.LinkTo(context.Background(), tx, c.card.AppID, p)
		return err
	})
	return link.OpenID
}
