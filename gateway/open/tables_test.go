package open

import (
	"strings"
	"testing"

	"souk/kit/db/dbtest"
)

// tables are every method that is offered, by the protocol's tables, with the sub_code of a call that is empty but for its name, made in
// key mode. "ok" is success, "page" a page for a browser; what is only signed for a phone says isv.invalid-method with words that say where its order string goes.
var tables = map[string][]struct{ method, empty string }{
	"identity and authorization": {
		{"alipay.system.oauth.token", "isv.grant-type-invalid"},
		{"alipay.user.info.share", "aop.invalid-auth-token"},
		{"alipay.open.auth.token.app", "GRANT_TYPE_INVALID"},
		{"alipay.open.auth.token.app.query", "isv.invalid-parameter"},
		{"alipay.open.auth.userauth.relationship.query", "isv.invalid-parameter"},
		{"alipay.user.deloauth.detail.query", "isv.invalid-parameter"},
		{"alipay.open.app.alipaycert.download", "isv.app-cert-not-exist"},
		{"alipay.open.auth.app.aes.set", "ok"},
		{"alipay.open.auth.app.aes.get", "ok"},
	},
	"trade": {
		{"alipay.trade.create", "isv.invalid-parameter"},
		{"alipay.trade.pay", "ACQ.PAYMENT_AUTH_CODE_INVALID"},
		{"alipay.trade.precreate", "isv.invalid-parameter"},
		{"alipay.trade.query", "isv.invalid-parameter"},
		{"alipay.trade.cancel", "isv.invalid-parameter"},
		{"alipay.trade.close", "isv.invalid-parameter"},
		{"alipay.trade.refund", "isv.invalid-parameter"},
		{"alipay.trade.fastpay.refund.query", "isv.invalid-parameter"},
		{"alipay.trade.refund.apply", "isv.invalid-parameter"},
		{"alipay.trade.page.pay", "page isv.invalid-parameter"},
		{"alipay.trade.wap.pay", "page isv.invalid-parameter"},
		{"alipay.trade.app.pay", "isv.invalid-method"},
		{"alipay.trade.page.refund", "page isv.invalid-parameter"},
		{"alipay.trade.orderinfo.sync", "isv.invalid-parameter"},
		{"alipay.trade.merge.precreate", "isv.invalid-parameter"},
		{"alipay.trade.app.merge.pay", "isv.invalid-method"},
		{"alipay.trade.advance.consult", "isv.invalid-parameter"},
		{"alipay.merchant.order.sync", "isv.invalid-parameter"},
	},
	"split and settle": {
		{"alipay.trade.order.settle", "isv.invalid-parameter"},
		{"alipay.trade.order.settle.query", "isv.invalid-parameter"},
		{"alipay.trade.order.onsettle.query", "isv.invalid-parameter"},
		{"alipay.trade.royalty.relation.bind", "isv.invalid-parameter"},
		{"alipay.trade.royalty.relation.unbind", "isv.invalid-parameter"},
		{"alipay.trade.royalty.relation.batchquery", "ok"},
		{"alipay.trade.royalty.rate.query", "ok"},
		{"alipay.trade.settle.confirm", "isv.invalid-parameter"},
	},
	"bills and fund movement": {
		{"alipay.data.dataservice.bill.downloadurl.query", "TYPE_NOT_SUPPORTED"},
		{"alipay.data.bill.balance.query", "ok"},
		{"alipay.data.bill.accountlog.query", "ILLEGAL_ARGUMENT"},
		{"alipay.data.bill.ereceipt.apply", "isv.invalid-parameter"},
		{"alipay.data.bill.ereceipt.query", "isv.invalid-parameter"},
		{"alipay.fund.trans.uni.transfer", "isv.missing-app-cert-sn"},
		{"alipay.fund.trans.common.query", "isv.invalid-parameter"},
		{"alipay.fund.account.query", "ok"},
		{"alipay.fund.trans.page.pay", "page PRODUCT_NOT_SIGN"},
		{"alipay.fund.trans.app.pay", "isv.invalid-method"},
		{"alipay.fund.quota.query", "ok"},
	},
	"pre-authorization and withholding": {
		{"alipay.fund.auth.order.app.freeze", "isv.invalid-method"},
		{"alipay.fund.auth.order.freeze", "PAYMENT_AUTH_CODE_INVALID"},
		{"alipay.fund.auth.order.voucher.create", "isv.invalid-parameter"},
		{"alipay.fund.auth.order.unfreeze", "isv.invalid-parameter"},
		{"alipay.fund.auth.operation.detail.query", "isv.invalid-parameter"},
		{"alipay.fund.auth.operation.cancel", "isv.invalid-parameter"},
		{"alipay.user.agreement.page.sign", "page isv.invalid-parameter"},
		{"alipay.user.agreement.query", "isv.invalid-parameter"},
		{"alipay.user.agreement.unsign", "isv.invalid-parameter"},
		{"alipay.user.agreement.executionplan.modify", "isv.invalid-parameter"},
	},
	"messages": {
		{"alipay.open.app.mini.templatemessage.send", "isv.invalid-parameter"},
	},
	"passes and member cards": {
		{"alipay.pass.template.add", "isv.invalid-parameter"},
		{"alipay.pass.template.update", "isv.invalid-parameter"},
		{"alipay.pass.instance.add", "isv.invalid-parameter"},
		{"alipay.pass.instance.update", "isv.invalid-parameter"},
		{"alipay.marketing.card.template.create", "isv.invalid-parameter"},
		{"alipay.marketing.card.template.modify", "isv.invalid-parameter"},
		{"alipay.marketing.card.open", "isv.invalid-parameter"},
		{"alipay.marketing.card.query", "isv.invalid-parameter"},
		{"alipay.marketing.card.update", "isv.invalid-parameter"},
		{"alipay.marketing.card.delete", "isv.invalid-parameter"},
	},
}

func TestEveryMethodOfTheTablesIsOfferedAndAsksForWhatItNeeds(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	c := h.app(testKeys[0])
	known := 0
	for table, rows := range tables {
		for _, row := range rows {
			known++
			m := methods[row.method]
			if m == nil || m.run == nil {
				t.Errorf("%s: %s is not offered", table, row.method)
				continue
			}
			sub, page := strings.CutPrefix(row.empty, "page ")
			if m.page != page {
				t.Errorf("%s: a page %v", row.method, m.page)
			}
			p := c.params(row.method, fields{})
			if m.page {
				if body := h.post(p).Body.String(); !strings.Contains(body, "<code>"+sub+"</code>") {
					t.Errorf("%s: %s", row.method, body)
				}
				continue
			}
			a := c.answerTo(p)
			got := a.text("sub_code")
			if row.empty == "ok" {
				got, row.empty = a.text("code"), "10000"
			}
			if got != row.empty {
				t.Errorf("%s: %v, want %s", row.method, a, row.empty)
			}
			if row.empty == "isv.invalid-method" && !strings.Contains(a.text("sub_msg"), "my.tradePay({orderStr})") {
				t.Errorf("%s does not say where its order string goes: %v", row.method, a)
			}
		}
	}
	if known != len(offered) {
		t.Errorf("%d methods in the tables, %d offered", known, len(offered))
	}
}
