package open

import (
	"strings"
	"testing"

	"souk/kit/db/dbtest"
)

func TestEveryOfferedMethodIsListedAndEveryPathLeadsToItsMethod(t *testing.T) {
	for name := range offered {
		if methods[name] == nil {
			t.Errorf("%s is offered and not in methods.txt", name)
		}
	}
	if len(methods) < 370 {
		t.Errorf("%d methods in the list", len(methods))
	}
	for name, m := range methods {
		if m.verb == "" {
			continue
		}
		path := strings.Join(m.path, "/")
		found, params := findV3(m.verb, strings.NewReplacer("{", "", "}", "").Replace(path))
		if found != m {
			t.Errorf("%s %s leads to %v, want %s", m.verb, path, found, name)
		}
		if want := strings.Count(path, "{"); len(params) != want {
			t.Errorf("%s: %d parameters in %s, want %d", name, len(params), path, want)
		}
	}
	for _, path := range []string{"/v3/", "/v3/alipay", "/v3/alipay/trade/query/", "/v3/alipay/marketing/activity/"} {
		if m, _ := findV3("GET", path); m != nil {
			t.Errorf("%s leads to %s", path, m.name)
		}
	}
}

func TestEveryKnownMethodThatIsNotOfferedSaysSo(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	c := h.app(testKeys[0])
	for name, m := range methods {
		if m.run != nil {
			continue
		}
		a := c.answerTo(c.params(name, fields{}))
		if a.text("code") != "40006" || a.text("sub_code") != "isv.insufficient-isv-permissions" || !strings.Contains(a.text("sub_msg"), name) {
			t.Errorf("%s: %v", name, a)
		}
	}
}
