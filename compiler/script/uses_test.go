package script

import (
	"strings"
	"testing"
)

func TestCallsOfTheProgramAreFoundWhereTheyStand(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"my.request({})", "request@1:1"},
		{"\n  await my\n    .getAuthCode()", "getAuthCode@2:9"},
		{"my.ap.nsf(); my?.scan; my.env.language; my.cloud.createCloudContext", "ap.nsf@1:1 scan@1:14 env@1:24 cloud.createCloudContext@1:41"},
		{"// my.a\n/* my.b */ 'my.c' \"my.d\" x.my.e dummy.f $my.g my[h]", ""},
		{"/'/; my.confirm()\nmy.alert()", "alert@2:1"}, // a quote in a regular expression hides its line at most
		{"`${my.showToast()}`", "showToast@1:4"},
	} {
		var got []string
		for _, u := range FindUses("a.js", []byte(c.src)) {
			got = append(got, strings.Join([]string{u.Name, "@", digits(u.Line), ":", digits(u.Column)}, ""))
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.src, text, c.want)
		}
	}
}

func digits(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return digits(n/10) + digits(n%10)
}

// esbuild's helpers stand once in the script; a new version of esbuild that writes them otherwise is noticed here.
func TestHelpersLeaveTheFiles(t *testing.T) {
	for _, dev := range []bool{false, true} {
		f, ok := Compile("a.js", []byte(`import a from "b"; export default a; export * from "c"`), Options{Dev: dev}, nil)
		if !ok || strings.Contains(f.Code, "__getOwnPropNames") {
			t.Errorf("dev %v: %s", dev, f.Code)
		}
		if dev && !strings.Contains(string(f.Map), `"mappings": "AAAA`) {
			t.Errorf("the map does not begin where the file does: %s", f.Map)
		}
	}
}
