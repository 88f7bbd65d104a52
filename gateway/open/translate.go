package open

import (
	"errors"
	"strings"

	"souk/kit/fault"
	"souk/platform/identity"
	"souk/platform/merchant"
	"souk/platform/pay"
	"souk/platform/wallet"
)

// business explains the business codes that this door gives, in the words
// that integrators know from Alipay's documents.
var business = map[string]string{
	"ACQ.TRADE_NOT_EXIST":                      "交易不存在",
	"ACQ.INVALID_PARAMETER":                    "参数无效",
	"ACQ.CONTEXT_INCONSISTENT":                 "交易信息被篡改",
	"ACQ.TRADE_HAS_SUCCESS":                    "交易已被支付",
	"ACQ.TRADE_HAS_CLOSE":                      "交易已经关闭",
	"ACQ.TRADE_HAS_FINISHED":                   "交易已经完结",
	"ACQ.TRADE_STATUS_ERROR":                   "交易状态不合法",
	"ACQ.TRADE_BUYER_NOT_MATCH":                "交易买家不匹配",
	"ACQ.BUYER_BALANCE_NOT_ENOUGH":             "买家余额不足",
	"ACQ.SELLER_BALANCE_NOT_ENOUGH":            "商户的支付宝账户中无足够的资金进行撤销",
	"ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR": "买家付款日限额超限",
	"ACQ.REASON_TRADE_REFUND_FEE_ERR":          "退款金额无效",
	"ACQ.DISCORDANT_REPEAT_REQUEST":            "请求信息不一致",
	"ACQ.PAYMENT_AUTH_CODE_INVALID":            "支付失败，获取顾客账户信息失败，请顾客刷新付款码后重新收款",
	"ACQ.APPLY_PC_MERCHANT_CODE_ERROR":         "申请商户二维码错误",
	"ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR":     "当前时间已超过允许支付的时间",
	"ACQ.TOTAL_FEE_EXCEED":                     "订单总金额不在允许范围内",
	"ACQ.SUB_GOODS_SIZE_MAX_COUNT":             "子商品明细超长",
	"ACQ.SELLER_NOT_EXIST":                     "卖家不存在",
	"ACQ.BUYER_NOT_EXIST":                      "买家不存在",
	"ACQ.PARTNER_ERROR":                        "应用APP_ID填写错误",
	"ACCESS_DENIED":                            "无权访问",
}

// subs spell a room's fault as the wire does. Faults of platform/pay carry
// the wire's own name without ACQ.
var subs = []struct {
	fault *fault.Fault
	sub   string
}{
	{merchant.ErrAppNotFound, "ACQ.PARTNER_ERROR"},
	{wallet.ErrCode, "ACQ.PAYMENT_AUTH_CODE_INVALID"},
	{identity.ErrCodeInvalid, "isv.code-invalid"},
	{identity.ErrTokenInvalid, "aop.invalid-auth-token"},
	{identity.ErrConsentMissing, "isv.insufficient-user-permissions"},
	{identity.ErrScopeUnknown, "isv.invalid-parameter"},
	{pay.ErrNotFound, "ACQ.TRADE_NOT_EXIST"}, {pay.ErrInvalid, "ACQ.INVALID_PARAMETER"}, {pay.ErrInconsistent, "ACQ.CONTEXT_INCONSISTENT"},
	{pay.ErrPaid, "ACQ.TRADE_HAS_SUCCESS"}, {pay.ErrClosed, "ACQ.TRADE_HAS_CLOSE"}, {pay.ErrFinished, "ACQ.TRADE_HAS_FINISHED"},
	{pay.ErrStatus, "ACQ.TRADE_STATUS_ERROR"}, {pay.ErrBuyer, "ACQ.TRADE_BUYER_NOT_MATCH"},
	{pay.ErrBuyerBalance, "ACQ.BUYER_BALANCE_NOT_ENOUGH"}, {pay.ErrSellerBalance, "ACQ.SELLER_BALANCE_NOT_ENOUGH"},
	{pay.ErrBuyerLimit, "ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR"}, {pay.ErrRefundAmount, "ACQ.REASON_TRADE_REFUND_FEE_ERR"},
	{pay.ErrRefundKey, "ACQ.DISCORDANT_REPEAT_REQUEST"},
}

// translate says a room's fault in the wire's codes: the documented text, and
// the fault's own words when they say more.
func translate(f *fault.Fault) *refusal {
	for _, s := range subs {
		if !errors.Is(f, s.fault) {
			continue
		}
		words, known := business[s.sub]
		if !known {
			return refuse(s.sub)
		}
		if f.Message != s.fault.Message {
			words += ": " + strings.TrimPrefix(f.Message, s.fault.Message+": ")
		}
		return refuse(s.sub, words)
	}
	return refuse(kindSubs[f.Kind], f.Message)
}
