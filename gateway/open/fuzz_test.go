package open

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"souk/kit/sign"
)

func FuzzDecodingARequestNeverPanicsAndStaysWithinItsBounds(f *testing.F) {
	for _, name := range []string{"01", "05", "06", "08", "16"} {
		raw := vector(f, name)["request"]
		head, body, _ := strings.Cut(raw, "\n\n")
		kind := ""
		for _, line := range strings.Split(head, "\n") {
			if name, value, ok := strings.Cut(line, ": "); ok && strings.EqualFold(name, "content-type") {
				kind = value
			}
		}
		f.Add(strings.Fields(head)[1], kind, []byte(body))
	}
	f.Add("/gateway.do?charset=gbk", "", []byte("a=%C4%E3&charset=GBK"))
	f.Fuzz(func(t *testing.T, target, kind string, body []byte) {
		_, query, _ := strings.Cut(target, "?")
		r := httptest.NewRequest("POST", "/gateway.do", bytes.NewReader(body))
		r.URL.RawQuery = query
		r.Header = http.Header{"Content-Type": {kind}}
		req, err := decode(r)
		if err != nil {
			return
		}
		if len(req.params) > maxParameters || len(req.files) > maxFiles {
			t.Errorf("%d parameters, %d files", len(req.params), len(req.files))
		}
		sign.V2String(req.params, sign.DropEmpty)
		if params, err := utf8Params(req.params); err == nil {
			checkForm(params, vectorTime)
			absent(params)
		}
	})
}

func FuzzBindingBusinessFieldsNeverPanics(f *testing.F) {
	f.Add(`{"out_trade_no":"a","total_amount":1.5,"goods_detail":"[{\"goods_name\":\"x\",\"price\":\"1\",\"quantity\":1}]","timeout_express":"90m"}`)
	f.Add(`{"time_expire":"2026-11-22 12:00:00","goods_detail":[{"quantity":"2.5"}]}`)
	f.Fuzz(func(t *testing.T, biz string) {
		c := &call{biz: []byte(biz)}
		var in orderFields
		if c.bind(&in) != nil {
			return
		}
		if fen, err := in.total(); err == nil && (fen <= 0 || fen > maxMoney) {
			t.Errorf("total %d", fen)
		}
		in.goods()
		in.expires(vectorTime.UnixMilli(), "", "alipay.trade.precreate")
	})
}

func FuzzEveryAnswerIsJSONWhoseNodeIsFoundOnce(f *testing.F) {
	key := testKeys[0]
	f.Add("note", `"sign":"x"} alipay_trade_query_response`)
	f.Fuzz(func(t *testing.T, name, value string) {
		node, err := success(map[string]string{name: value})
		if err != nil {
			t.Fatal(err)
		}
		body, err := envelope("alipay_trade_query_response", node, seal{key: key, kind: sign.RSA2})
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(body) || bytes.Count(body, []byte("alipay_trade_query_response")) != 1 {
			t.Errorf("answer %s", body)
		}
	})
}
