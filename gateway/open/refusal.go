package open

import (
	"encoding/json"
	"net/http"
	"strings"

	"souk/kit/fault"
)

// refusal is an answer of the gateway other than success, in both dialects.
type refusal struct {
	code   string // "40004"
	sub    string // "ACQ.TRADE_NOT_EXIST"
	words  string // one sentence for the caller
	status int    // HTTP status in v3; v2 always answers 200
	more   any    // fields beside the code in v2, as JSON writes an object; nil for none
}

func (r *refusal) Error() string { return r.sub + ": " + r.words }

// messages are the texts that stand beside a gateway code.
var messages = map[string]string{
	"10000": "Success",
	"10003": "order success pay inprocess",
	"20000": "Service Currently Unavailable",
	"20001": "Insufficient Authorization",
	"40001": "Missing Required Arguments",
	"40002": "Invalid Arguments",
	"40003": "Insufficient Conditions",
	"40004": "Business Failed",
	"40005": "Call Limited",
	"40006": "Insufficient Permissions",
}

type row struct {
	code   string
	status int
	words  string
}

// common holds the gateway's own sub_codes. Where an official test suite
// asserts the Chinese text it stands here verbatim.
var common = map[string]row{
	"isp.unknow-error":                          {"20000", 500, "服务暂不可用 (the service is unavailable, try again later)"},
	"aop.invalid-auth-token":                    {"20001", 401, "无效的访问令牌"},
	"aop.auth-token-time-out":                   {"20001", 401, "访问令牌已过期"},
	"aop.invalid-app-auth-token":                {"20001", 401, "无效的应用授权令牌"},
	"aop.app-auth-token-time-out":               {"20001", 401, "应用授权令牌已过期"},
	"isv.missing-method":                        {"40001", 400, "缺少方法名参数 (method)"},
	"isv.missing-signature":                     {"40001", 400, "缺少签名参数 (sign)"},
	"isv.missing-signature-type":                {"40001", 400, "缺少签名类型参数 (sign_type)"},
	"isv.missing-app-id":                        {"40001", 400, "缺少appId参数 (app_id)"},
	"isv.missing-timestamp":                     {"40001", 400, "缺少时间戳参数 (timestamp)"},
	"isv.missing-version":                       {"40001", 400, "缺少版本参数 (version)"},
	"isv.missing-app-cert-sn":                   {"40001", 400, "缺少应用公钥证书序列号 (app_cert_sn): this call needs certificate mode"},
	"isv.missing-encrypt-key":                   {"40001", 400, "应用未配置AES密钥 (the app has no AES key)"},
	"isv.decryption-error-missing-encrypt-type": {"40001", 400, "解密出错, 缺少加密类型参数 (encrypt_type)"},
	"isv.invalid-parameter":                     {"40002", 400, "参数无效"},
	"isv.invalid-method":                        {"40002", 400, "不存在的方法名"},
	"isv.invalid-format":                        {"40002", 400, "无效的数据格式: json is the only one"},
	"isv.invalid-signature-type":                {"40002", 400, "无效的签名类型: RSA2 or RSA"},
	"isv.invalid-signature":                     {"40002", 400, "验签出错"},
	"isv.invalid-encrypt-type":                  {"40002", 400, "无效的加密类型: AES is the only one"},
	"isv.invalid-app-id":                        {"40002", 400, "无效的AppID参数"},
	"isv.invalid-timestamp":                     {"40002", 400, "非法的时间戳参数"},
	"isv.invalid-charset":                       {"40002", 400, "字符集错误: utf-8 or GBK"},
	"isv.invalid-file-size":                     {"40002", 400, "文件大小无效"},
	"isv.invalid-file-extension":                {"40002", 400, "文件扩展名无效"},
	"isv.upload-fail":                           {"40002", 400, "文件上传失败"},
	"isv.illegal-json":                          {"40002", 400, "biz_content is not a JSON object"},
	"isv.suspected-attack":                      {"40002", 400, "可疑的攻击请求: this nonce was used before"},
	"isv.app-cert-expired":                      {"40002", 400, "应用公钥证书已过期或尚未生效"},
	"isv.app-cert-not-exist":                    {"40002", 400, "应用公钥证书不存在"},
	"isv.code-invalid":                          {"40002", 400, "授权码code无效"},
	"isv.grant-type-invalid":                    {"40002", 400, "grant_type must be authorization_code or refresh_token"},
	"isv.refresh-token-invalid":                 {"40002", 400, "刷新令牌refresh_token无效"},
	"isv.refresh-token-time-out":                {"40002", 400, "刷新令牌refresh_token已过期"},
	"isv.missing-signature-config":              {"40003", 400, "应用未配置对应签名算法的公钥或者证书"},
	"isv.invalid-auth-relations":                {"40003", 400, "the user has not granted this to the app"},
	"isv.decryption-error-unknown":              {"40003", 400, "解密出错, 未知错误"},
	"isv.app-call-limited":                      {"40005", 429, "应用调用次数超限"},
	"isv.insufficient-isv-permissions":          {"40006", 403, "ISV权限不足"},
	"isv.insufficient-user-permissions":         {"40006", 403, "用户权限不足"},
	"app-openid-not-match":                      {"40002", 400, "appid和openid不匹配"},
	"SYSTEM_ERROR":                              {"40004", 500, "系统错误"},
	"ACQ.SYSTEM_ERROR":                          {"40004", 500, "系统错误"},
}

// refuse builds the refusal for a sub_code; words replace the table's text.
// A sub_code that is not in the table is a business one: 40004, HTTP 400.
func refuse(sub string, words ...string) *refusal {
	r, known := common[sub]
	if !known {
		r = row{"40004", http.StatusBadRequest, sub}
	}
	if len(words) > 0 {
		r.words = strings.Join(words, " ")
	}
	return &refusal{code: r.code, sub: sub, words: r.words, status: r.status}
}

// invalid refuses a parameter by name.
func invalid(name, why string) *refusal {
	return refuse("isv.invalid-parameter", "参数无效 ("+name+" "+why+")")
}

// node is the refusal as a v2 answer.
func (r *refusal) node() []byte {
	out, err := plain(struct {
		Code    string `json:"code"`
		Msg     string `json:"msg"`
		SubCode string `json:"sub_code"`
		SubMsg  string `json:"sub_msg"`
	}{r.code, messages[r.code], r.sub, r.words})
	if err != nil {
		panic("open: a refusal that JSON cannot write: " + err.Error())
	}
	if r.more == nil {
		return out
	}
	more, err := plain(r.more)
	if err != nil {
		panic("open: a refusal that JSON cannot write: " + err.Error())
	}
	return append(append(out[:len(out)-1], ','), more[1:]...)
}

// v3Code is the sub_code as v3 spells it: without isv., isp. and aop., business
// codes unchanged.
func (r *refusal) v3Code() string {
	for _, prefix := range [...]string{"isv.", "isp.", "aop."} {
		if code, found := strings.CutPrefix(r.sub, prefix); found {
			return code
		}
	}
	return r.sub
}

// v3Body is the refusal as a v3 answer, with one link that explains it.
func (r *refusal) v3Body(base string) []byte {
	type link struct {
		Link string `json:"link"`
		Desc string `json:"desc"`
	}
	out, err := json.Marshal(struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Links   []link `json:"links"`
	}{r.v3Code(), r.words, []link{{base + errorsPath + r.v3Code(), "解决方案"}}})
	if err != nil {
		panic("open: a refusal that JSON cannot write: " + err.Error())
	}
	return out
}

// kindSubs answers a fault of a room that no table of this door names.
var kindSubs = map[fault.Kind]string{
	fault.Invalid: "isv.invalid-parameter", fault.NotFound: "isv.invalid-parameter", fault.Conflict: "isv.invalid-parameter",
	fault.Forbidden: "isv.insufficient-isv-permissions", fault.Unauthorized: "aop.invalid-auth-token",
	fault.TooMany: "isv.app-call-limited", fault.Unavailable: "isp.unknow-error",
}
