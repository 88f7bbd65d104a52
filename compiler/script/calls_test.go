package script

import (
	"reflect"
	"testing"

	"souk/compiler/diag"
)

// What is missed here is missing from the running program.
func TestEveryWayToReachAFunctionOfMyIsSeen(t *testing.T) {
	for src, want := range map[string]Calls{
		"my.request({})":                                {Names: []string{"request"}},
		"my?.rsa({}); my .env; my\n.rsa()":              {Names: []string{"env", "rsa"}},
		`my["createAnimation"]()`:                       {Names: []string{"createAnimation"}},
		"// my own\nconst s = 'my dear', t = `my dear`": {},
		"const x = { my: 1 }; x.my.rsa()":               {},
		"function f(my) { return my[1] }":               {},
		`const r = /["'\/*]/; my.rsa({}) // "`:          {Names: []string{"rsa"}},
		"const s = `${my.rsa({})}`":                     {Names: []string{"rsa"}},
		"const { rsa } = my":                            {Any: true},
		"my[name]()":                                    {Any: true},
		"promised(my)":                                  {Any: true},
		"const x = { my }":                              {Any: true},
		"const m = my; m.rsa()":                         {Any: true},
		"my.call('rsa', {})":                            {Any: true},
		"for (const k in my) f(k)":                      {Any: true},
		"export default my":                             {Any: true},
		"export { my as platform }":                     {Any: true},
		`\u006dy[name]()`:                               {Any: true},
		"const {my: m} = {my}; m.rsa()":                 {Any: true},
	} {
		var bag diag.Bag
		f, ok := Compile("node_modules/a/a.js", []byte(src), Options{}, &bag)
		if !ok && src != "export { my as platform }" {
			t.Errorf("%s does not compile: %v", src, bag.Sorted())
			continue
		}
		if ok && !reflect.DeepEqual(f.Calls, want) {
			t.Errorf("%s: %+v, want %+v (%s)", src, f.Calls, want, f.Code)
		}
	}
}

func TestWordsForSeldomPartsAreFoundWhateverTheyStandOn(t *testing.T) {
	for src, want := range map[string][]string{
		"this.createSelectorQuery().select('#a')":                       {"createSelectorQuery"},
		`self["create\u0053electorQuery"]()`:                            {"createSelectorQuery"},
		"Component({ relations: { './b': { type: 'child' } } })":        {"relations"},
		"const { createIntersectionObserver, getRelationNodes } = page": {"createIntersectionObserver", "getRelationNodes"},
		"// relations and createSelectorQuery\nPage({})":                nil,
	} {
		var bag diag.Bag
		f, ok := Compile("pages/a/a.js", []byte(src), Options{}, &bag)
		if !ok || !reflect.DeepEqual(f.Words, want) {
			t.Errorf("%s: %q, want %q (%v)", src, f.Words, want, bag.Sorted())
		}
	}
}
