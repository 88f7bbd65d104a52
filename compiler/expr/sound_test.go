package expr

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/sobek"
)

// A random expression is evaluated, one place of the data is changed, and it is
// evaluated again: whenever the value differs, a path that Reads gave must meet
// the change, or the page would go stale.
func TestEveryChangeOfAValueIsForetoldByWhatItReads(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	g := &generator{rand.New(rand.NewPCG(seed, 1))}
	vm := sobek.New()
	if _, err := vm.RunString(setting); err != nil {
		t.Fatal(err)
	}
	changed := 0
	for range 1500 {
		src := g.expression(4)
		n, perr := Parse(src)
		if perr != nil {
			t.Fatalf("%s: %v", src, perr)
		}
		js := string(Emit(nil, n, names))
		reads := Reads(n, names)
		place := places[g.IntN(len(places))]
		script := fmt.Sprintf(`reset();var f=()=>{try{return JSON.stringify([%s])}catch(e){return "throws"}};var before=f();%s;before===f()`, js, place.change)
		v, err := vm.RunString(script)
		if err != nil {
			t.Fatalf("%s\n%s\n%v", src, script, err)
		}
		if v.ToBoolean() {
			continue
		}
		changed++
		if !slices.ContainsFunc(reads, func(p Path) bool { return meets(p, place.path) }) {
			t.Fatalf("%s changes with %s but reads only %s", src, place.change, AppendPaths(nil, reads))
		}
	}
	if changed < 20 {
		t.Fatalf("only %d changes were seen: the generator has gone blind", changed)
	}
}

// meets is the worker's rule: one is a prefix of the other.
func meets(a, b Path) bool {
	return a.Up == b.Up && a.IsIndex() == b.IsIndex() && (a.Covers(b) || b.Covers(a))
}

const setting = `
var d, s;
var m = {f: (...a) => JSON.stringify(a), table: {x: 1, k: {x: 2}}};
function reset() {
	d = {a: {b: {c: 1, x: "t"}, k: "x"}, b: [1, {x: 2}, [3]], c: 1, k: "b", f(x) { return [x, d.c] }};
	s = {u: {i: {x: 1, b: [1, 2], k: "x"}, x: 0}};
}`

// places are what setData could do.
var places = []struct {
	change string
	path   Path
}{
	{`d.a=null`, Path{-1, []string{"a"}}},
	{`d.a.b={x:9}`, Path{-1, []string{"a", "b"}}},
	{`d.a.b.c=7`, Path{-1, []string{"a", "b", "c"}}},
	{`d.a.k="b"`, Path{-1, []string{"a", "k"}}},
	{`d.b[1].x=8`, Path{-1, []string{"b", "1", "x"}}},
	{`d.b[3]=8`, Path{-1, []string{"b", "3"}}},
	{`d.b=[]`, Path{-1, []string{"b"}}},
	{`d.k="c"`, Path{-1, []string{"k"}}},
	{`d.missing={x:1}`, Path{-1, []string{"missing"}}},
	{`s.u.i.x=5`, Path{1, []string{"x"}}},
	{`s.u.i.b[2]=5`, Path{1, []string{"b", "2"}}},
	{`s.u.i={}`, Path{1, nil}},
	{`s.u.x=1`, Path{1, []string{"#"}}},
}

type generator struct{ *rand.Rand }

func (g *generator) pick(of ...string) string { return of[g.IntN(len(of))] }

func (g *generator) expression(depth int) string {
	if depth == 0 {
		return g.pick("a", "b", "c", "k", "row", "i", "missing", "1", "'x'", "m.table", "null", "0")
	}
	sub := func() string { return g.expression(depth - 1) }
	switch g.IntN(14) {
	case 0, 1, 2:
		return "(" + sub() + ")." + g.pick("a", "b", "c", "x", "k", "length")
	case 3, 4:
		return g.pick("a", "b", "row", "missing") + "." + g.pick("b", "c", "x", "k", "length") + g.pick("", ".x", ".c", "[0]", ".length")
	case 5:
		return "(" + sub() + ")[" + sub() + "]"
	case 6:
		return "(" + sub() + " " + g.pick("+", "-", "*", "==", "===", "<", "&&", "||", "??") + " (" + sub() + "))"
	case 7:
		return "(" + sub() + " ? " + sub() + " : " + sub() + ")"
	case 8:
		return "m.f(" + sub() + ", " + sub() + ")"
	case 9:
		return "[" + sub() + ", " + sub() + "]"
	case 10:
		return "({x: " + sub() + ", ...(" + sub() + "), [" + sub() + "]: 1})"
	case 11:
		return "`" + strings.Repeat("${"+sub()+"}", 1+g.IntN(2)) + "`"
	case 12:
		return g.pick("b.indexOf", "row.b.concat", "a.b.x.concat", "m.table.k.toString") + "(" + sub() + ")"
	default:
		return g.pick("!", "-", "typeof ") + "(" + sub() + ")"
	}
}
