package open

import (
	"context"
	"encoding/base64"

	"souk/kit/db"
	"souk/platform/openapp"
	"souk/platform/pay"
)

// offer is what we do for a method that we offer.
type offer struct {
	run       handler
	page      bool
	certified bool
	bare      bool
}

// offered are the methods that work here; every other name of methods.txt is
// refused as known and not offered.
var offered = map[string]offer{
	"alipay.open.app.alipaycert.download":          {run: certDownload},
	"alipay.open.auth.app.aes.set":                 {run: aesSet},
	"alipay.open.auth.app.aes.get":                 {run: aesGet},
	"alipay.open.auth.userauth.relationship.query": {run: relationship},
	"alipay.system.oauth.token":                    {run: oauthToken, bare: true},
	"alipay.user.info.share":                       {run: userInfo},
	"alipay.user.deloauth.detail.query":            {run: withdrawals},
	"alipay.open.auth.token.app":                   {run: tokenApp},
	"alipay.open.auth.token.app.query":             {run: tokenAppQuery},

	"alipay.trade.create":               {run: tradeCreate},
	"alipay.trade.pay":                  {run: tradePay},
	"alipay.trade.precreate":            {run: tradePrecreate},
	"alipay.trade.query":                {run: tradeQuery},
	"alipay.trade.cancel":               {run: tradeCancel},
	"alipay.trade.close":                {run: tradeClose},
	"alipay.trade.refund":               {run: tradeRefund},
	"alipay.trade.refund.apply":         {run: refundApply},
	"alipay.trade.fastpay.refund.query": {run: refundQuery},
	"alipay.trade.orderinfo.sync":       {run: orderSync},
	"alipay.trade.page.pay":             {run: pagePay, page: true},
	"alipay.trade.wap.pay":              {run: pagePay, page: true},
	"alipay.trade.app.pay":              {run: appPay},
	"alipay.trade.page.refund":          {run: pageRefund, page: true},
	"alipay.trade.merge.precreate":      {run: mergePrecreate},
	"alipay.trade.app.merge.pay":        {run: appPay},
	"alipay.trade.advance.consult":      {run: consult},
	"alipay.merchant.order.sync":        {run: merchantOrder},

	"alipay.trade.order.settle":                {run: settle},
	"alipay.trade.order.settle.query":          {run: settleQuery},
	"alipay.trade.order.onsettle.query":        {run: onsettle},
	"alipay.trade.settle.confirm":              {run: settleConfirm},
	"alipay.trade.royalty.relation.bind":       {run: relate(pay.Bind)},
	"alipay.trade.royalty.relation.unbind":     {run: relate(pay.Unbind)},
	"alipay.trade.royalty.relation.batchquery": {run: royaltyList},
	"alipay.trade.royalty.rate.query":          {run: royaltyRate},

	"alipay.data.dataservice.bill.downloadurl.query": {run: billURL},
	"alipay.data.bill.balance.query":                 {run: billBalance},
	"alipay.data.bill.accountlog.query":              {run: accountLog},
	"alipay.data.bill.ereceipt.apply":                {run: receiptApply},
	"alipay.data.bill.ereceipt.query":                {run: receiptQuery},
	"alipay.fund.trans.uni.transfer":                 {run: transfer, certified: true},
	"alipay.fund.trans.common.query":                 {run: transferQuery},
	"alipay.fund.account.query":                      {run: accountQuery},
	"alipay.fund.quota.query":                        {run: quota},
	"alipay.fund.trans.app.pay":                      {run: appPay},
	"alipay.fund.trans.page.pay":                     {run: packetPage, page: true},

	"alipay.fund.auth.order.app.freeze":       {run: appPay},
	"alipay.fund.auth.order.freeze":           {run: authFreeze},
	"alipay.fund.auth.order.voucher.create":   {run: authVoucher},
	"alipay.fund.auth.order.unfreeze":         {run: authUnfreeze},
	"alipay.fund.auth.operation.detail.query": {run: authQuery},
	"alipay.fund.auth.operation.cancel":       {run: authCancel},

	"alipay.pass.template.add":              {run: passing("TEMPLATE_ADD", passTemplateAdd)},
	"alipay.pass.template.update":           {run: passing("TEMPLATE_UPDATE", passTemplateUpdate)},
	"alipay.pass.instance.add":              {run: passing("SEND", passAdd)},
	"alipay.pass.instance.update":           {run: passing("UPDATE", passUpdate)},
	"alipay.marketing.card.template.create": {run: cardTemplateCreate},
	"alipay.marketing.card.template.modify": {run: cardTemplateModify},
	"alipay.marketing.card.open":            {run: cardOpen},
	"alipay.marketing.card.query":           {run: cardQuery},
	"alipay.marketing.card.update":          {run: cardUpdate},
	"alipay.marketing.card.delete":          {run: cardDelete},

	"alipay.open.app.mini.templatemessage.send": {run: noticeSend},

	"alipay.user.agreement.page.sign":            {run: agreementSign, page: true},
	"alipay.user.agreement.query":                {run: agreementQuery},
	"alipay.user.agreement.unsign":               {run: agreementUnsign},
	"alipay.user.agreement.executionplan.modify": {run: planModify},
}

// certDownload gives the platform certificate of a serial number: Java and
// smartwalle fetch an unknown one by the serial of an answer.
func certDownload(ctx context.Context, c *call) (any, error) {
	var in struct {
		SN text `json:"alipay_cert_sn"`
	}
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	var own openapp.Own
	if err := c.door.DB.Read(ctx, func(tx *db.Tx) (err error) { own, err = openapp.Platform(ctx, tx); return err }); err != nil {
		return nil, err
	}
	s, known := own.For(string(in.SN), c.door.DB.Now())
	if !known || in.SN == "" {
		return nil, refuse("isv.app-cert-not-exist", "this serial is not one of the platform's certificates")
	}
	return struct {
		Content string `json:"alipay_cert_content"`
	}{base64.StdEncoding.EncodeToString([]byte(s.Certificate.PEM))}, nil
}
