package open

import (
	"errors"
	"strings"

	"souk/kit/fault"
	"souk/platform/agreement"
	"souk/platform/cardpack"
	"souk/platform/hold"
	"souk/platform/identity"
	"souk/platform/merchant"
	"souk/platform/merge"
	"souk/platform/notice"
	"souk/platform/openapp"
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
	"ACQ.ROYALTY_RECEIVER_INVALID":             "分账收款方非法",
	"ACQ.ALLOC_AMOUNT_VALIDATE_ERROR":          "分账金额校验失败",
	"RELATION_QUANTITY_LIMIT":                  "分账关系数量超过限制",
	"PAYER_BALANCE_NOT_ENOUGH":                 "付款方余额不足",
	"PAYMENT_INFO_INCONSISTENCY":               "两次请求商户单号一样，但是参数不一致",
	"ORDER_NOT_EXIST":                          "转账订单不存在",
	"AUTH_ORDER_NOT_EXIST":                     "支付宝资金授权订单不存在",
	"AUTH_OPERATION_NOT_EXIST":                 "支付宝资金操作流水不存在",
	"ILLEGAL_ARGUMENT":                         "参数异常",
	"UNIQUE_VIOLATION":                         "商户订单号重复，但参数不一致",
	"FREEZE_ALREADY_SUCCESS":                   "该笔资金授权已成功",
	"ORDER_ALREADY_FINISH":                     "该笔资金授权已完结",
	"ORDER_ALREADY_CLOSED":                     "该笔资金授权已关闭",
	"ILLEGAL_STATUS":                           "非法的状态",
	"PAYER_NOT_EXIST":                          "付款方不存在",
	"REQUEST_AMOUNT_EXCEED":                    "请求金额超限",
	"MONEY_NOT_ENOUGH":                         "余额不足",
	"INVALID_PARAMETER":                        "参数无效",
	"PAYMENT_AUTH_CODE_INVALID":                "无效的支付授权码",
	"AGREEMENT_NOT_EXIST":                      "协议不存在",
	"ACQ.AGREEMENT_NOT_EXIST":                  "协议不存在",
	"AGREEMENT_STATUS_NOT_NORMAL":              "协议状态不正常",
	"ACQ.AGREEMENT_STATUS_NOT_NORMAL":          "协议状态不正常",
	"AUTHOREE_IS_NOT_MATCH":                    "授权人不匹配",
	"CONTEXT_INCONSISTENT":                     "信息不一致",
	"ACQ.CYCLE_PAY_DATE_NOT_MATCH":             "扣款日期不在签约时的允许范围之内",
	"ACQ.CYCLE_PAY_SINGLE_FEE_EXCEED":          "周期扣款金额超过签约时限制",
	"ACQ.CYCLE_PAY_TOTAL_FEE_EXCEED":           "周期扣款总金额超过签约时限制",
	"ACQ.CYCLE_PAY_TOTAL_TIMES_EXCEED":         "周期扣款总次数超过签约时限制",
	"ILLEGAL_EXECUTION_TIME":                   "扣款时间不合法",
	"KP.AE_ALIPASS_NOTEXIST":                   "卡券不存在",
	"PASS_USED":                                "卡券已使用",
	"PASS_EXPIRED":                             "卡券已过期",
	"PASS_EARLY":                               "卡券未到使用时间",
	"PASS_VOID":                                "卡券已失效",
	"PASS_IS_CARD":                             "卡不能核销",
	"PASS_CONTENT_DIFFERS":                     "编号已用于其他内容",
	"PASS_TOO_MANY":                            "该用户持有本商户的卡券过多",
	"PASS_TEMPLATE_NOT_FOUND":                  "卡券模板不存在",
	"USER_TEMPLATE_ILLEGAL":                    "模板非法",
	"USER_TEMPLATE_LACK_KEYWORD":               "缺少关键词",
	"USER_KEYWORD_LENGTH_ERROR":                "关键词超长",
	"PAGE_OVER_LIMIT":                          "page长度超限或格式错误",
	"USER_NOT_SUBSCRIBED":                      "用户未订阅该消息，或已发送过",
	"FORM_ID_SEND_LIMIT":                       "form_id已用于其他消息",
	"AUTH_CODE_NOT_VALID":                      "授权码不合法",
	"REFRESH_TOKEN_NOT_VALID":                  "刷新令牌不合法",
	"AUTH_TOKEN_NOT_EXISTED":                   "应用授权令牌不存在",
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
	{pay.ErrRefundKey, "ACQ.DISCORDANT_REPEAT_REQUEST"}, {pay.ErrReceiver, "ACQ.ROYALTY_RECEIVER_INVALID"},
	{pay.ErrSplitAmount, "ACQ.ALLOC_AMOUNT_VALIDATE_ERROR"}, {pay.ErrReceiversFull, "RELATION_QUANTITY_LIMIT"},
	{agreement.ErrNotFound, "ACQ.AGREEMENT_NOT_EXIST"}, {agreement.ErrStatus, "ACQ.AGREEMENT_STATUS_NOT_NORMAL"}, {agreement.ErrInvalid, "ILLEGAL_ARGUMENT"},
	{agreement.ErrInconsistent, "ACQ.CONTEXT_INCONSISTENT"}, {agreement.ErrPerson, "AUTHOREE_IS_NOT_MATCH"}, {agreement.ErrDate, "ACQ.CYCLE_PAY_DATE_NOT_MATCH"},
	{agreement.ErrSingle, "ACQ.CYCLE_PAY_SINGLE_FEE_EXCEED"}, {agreement.ErrTotal, "ACQ.CYCLE_PAY_TOTAL_FEE_EXCEED"},
	{agreement.ErrTimes, "ACQ.CYCLE_PAY_TOTAL_TIMES_EXCEED"}, {agreement.ErrPlanDate, "ILLEGAL_EXECUTION_TIME"},
	{merge.ErrNotFound, "ACQ.TRADE_NOT_EXIST"}, {merge.ErrInvalid, "ACQ.INVALID_PARAMETER"}, {merge.ErrInconsistent, "ACQ.CONTEXT_INCONSISTENT"},
	{openapp.ErrGrantCode, "AUTH_CODE_NOT_VALID"}, {openapp.ErrGrantRefresh, "REFRESH_TOKEN_NOT_VALID"}, {openapp.ErrGrantToken, "AUTH_TOKEN_NOT_EXISTED"},
	{pay.ErrPayer, "PAYER_BALANCE_NOT_ENOUGH"}, {pay.ErrTransferKey, "PAYMENT_INFO_INCONSISTENCY"}, {pay.ErrTransferFound, "ORDER_NOT_EXIST"},
	{hold.ErrNotFound, "AUTH_ORDER_NOT_EXIST"}, {hold.ErrOperation, "AUTH_OPERATION_NOT_EXIST"}, {hold.ErrInvalid, "ILLEGAL_ARGUMENT"},
	{hold.ErrInconsistent, "UNIQUE_VIOLATION"}, {hold.ErrFrozen, "FREEZE_ALREADY_SUCCESS"}, {hold.ErrFinished, "ORDER_ALREADY_FINISH"},
	{hold.ErrClosed, "ORDER_ALREADY_CLOSED"}, {hold.ErrStatus, "ILLEGAL_STATUS"}, {hold.ErrPayer, "PAYER_NOT_EXIST"},
	{cardpack.ErrNotFound, "KP.AE_ALIPASS_NOTEXIST"}, {cardpack.ErrUsed, "PASS_USED"}, {cardpack.ErrExpired, "PASS_EXPIRED"}, {cardpack.ErrEarly, "PASS_EARLY"},
	{cardpack.ErrVoid, "PASS_VOID"}, {cardpack.ErrCard, "PASS_IS_CARD"}, {cardpack.ErrInconsistent, "PASS_CONTENT_DIFFERS"}, {cardpack.ErrFull, "PASS_TOO_MANY"},
	{cardpack.ErrTemplate, "PASS_TEMPLATE_NOT_FOUND"},
	{notice.ErrTemplate, "USER_TEMPLATE_ILLEGAL"}, {notice.ErrKeyword, "USER_TEMPLATE_LACK_KEYWORD"}, {notice.ErrLength, "USER_KEYWORD_LENGTH_ERROR"},
	{notice.ErrPage, "PAGE_OVER_LIMIT"}, {notice.ErrNotSubscribed, "USER_NOT_SUBSCRIBED"}, {notice.ErrInconsistent, "FORM_ID_SEND_LIMIT"},
	{hold.ErrAmount, "REQUEST_AMOUNT_EXCEED"}, {hold.ErrMoney, "MONEY_NOT_ENOUGH"},
}

// translate says a room's fault in the wire's codes: the documented text, and
// the fault's own words when they say more. Only methods of trades write ACQ.
func translate(method string, f *fault.Fault) *refusal {
	for _, s := range subs {
		if !errors.Is(f, s.fault) {
			continue
		}
		sub := s.sub
		if !strings.HasPrefix(method, "alipay.trade.") {
			sub = strings.TrimPrefix(sub, "ACQ.")
		}
		words, known := business[sub]
		if !known {
			return refuse(sub)
		}
		if f.Message != s.fault.Message {
			words += ": " + strings.TrimPrefix(f.Message, s.fault.Message+": ")
		}
		return refuse(sub, words)
	}
	return refuse(kindSubs[f.Kind], f.Message)
}
