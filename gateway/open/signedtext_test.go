package open

import "testing"

func TestTheSignedTextKeepsEveryByteButSecrets(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{"out_trade_no" : "1",  "total_amount":"2"}`, `{"out_trade_no" : "1",  "total_amount":"2"}`},
		{`{"auth_code": "a\"b", "subject":"x"}`, `{"auth_code": "***", "subject":"x"}`},
		{`{"a":{"mobile":138, "b":[1,{"phone":null}]},"c":1}`, `{"a":{"mobile":"***", "b":[1,{"phone":"***"}]},"c":1}`},
		{`{"identity":{"cert_no":"1","x":["}"]} , "y":"z"}`, `{"identity":"***" , "y":"z"}`},
		{`{"\u0061uth_code":"s"}`, `{"\u0061uth_code":"***"}`},
		{`{"subject":"code","x":"\"code\":1"}`, `{"subject":"code","x":"\"code\":1"}`},
		{`{"email":"never closed`, `{"email":"***"`},
		{`not json`, `not json`},
	} {
		if got := maskInPlace(c.in); got != c.want {
			t.Errorf("%s\n is %s\nnot %s", c.in, got, c.want)
		}
	}
	if got := maskQuery("/v3/x?a=1&auth_code=s&b="); got != "/v3/x?a=1&auth_code=***&b=" {
		t.Error(got)
	}
	params := map[string]string{"app_id": "1", "auth_token": "s", "sign": "no", "biz_content": `{"code":"s", "b":1}`}
	if got := signedV2(params)(); got != `app_id=1&auth_token=***&biz_content={"code":"***", "b":1}` {
		t.Error(got)
	}
	if got := signedV3("app_id=1", "POST", "/v3/x", []byte(`{"code":"s"}`), "secret")(); got != "app_id=1\nPOST\n/v3/x\n{\"code\":\"***\"}\n***\n" {
		t.Error(got)
	}
}
