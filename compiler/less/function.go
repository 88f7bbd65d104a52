package less

import (
	"math"
	"strconv"
	"strings"
)

// functions are Less's own. One that gets arguments it cannot use gives false, and the call is written as it stands.
var functions = map[string]func(args []value) (value, bool){
	"rgb": rgb, "rgba": rgb, "hsl": hslFunction, "hsla": hslFunction,
	"lighten": adjust(func(h *hsl, by float64) { h.l += by }), "darken": adjust(func(h *hsl, by float64) { h.l -= by }),
	"saturate": adjust(func(h *hsl, by float64) { h.s += by }), "desaturate": adjust(func(h *hsl, by float64) { h.s -= by }),
	"fadein": adjust(func(h *hsl, by float64) { h.a += by }), "fadeout": adjust(func(h *hsl, by float64) { h.a -= by }),
	"fade": fade, "spin": spin, "mix": mix, "tint": mixWith(color{255, 255, 255, 1, ""}), "shade": mixWith(color{0, 0, 0, 1, ""}),
	"greyscale": greyscale, "contrast": contrast, "color": colorOf,
	"red": channel(func(c color) float64 { return c.r }), "green": channel(func(c color) float64 { return c.g }),
	"blue": channel(func(c color) float64 { return c.b }), "alpha": channel(func(c color) float64 { return c.a }),
	"hue":        channel(func(c color) float64 { return toHSL(c).h }),
	"saturation": percent(func(c color) float64 { return toHSL(c).s }), "lightness": percent(func(c color) float64 { return toHSL(c).l }),
	"luma": percent(func(c color) float64 { return luma(c) }),
	"ceil": arithmetic(math.Ceil), "floor": arithmetic(math.Floor), "abs": arithmetic(math.Abs), "sqrt": arithmetic(math.Sqrt),
	"sin": arithmetic(math.Sin), "cos": arithmetic(math.Cos), "tan": arithmetic(math.Tan),
	"round": round, "pow": pow, "mod": mod, "min": extreme(-1), "max": extreme(1), "percentage": percentage, "unit": unit, "get-unit": getUnit, "pi": pi,
	"e": escape, "escape": percentEncode, "%": format,
	"length": length, "extract": extract, "range": rangeOf,
	"isnumber": is(func(v value) bool { _, ok := v.(number); return ok }), "iscolor": is(func(v value) bool { _, ok := asColor(v); return ok }),
	"isstring": is(func(v value) bool { q, ok := v.(quoted); return ok && q.quote != 0 }), "iskeyword": is(func(v value) bool { _, ok := v.(word); return ok }),
	"isurl":   is(func(v value) bool { w, ok := v.(word); return ok && strings.HasPrefix(string(w), "url(") }),
	"ispixel": isUnit("px"), "isem": isUnit("em"), "ispercentage": isUnit("%"),
}

// numberAt reads an argument as a number; a percentage counts as its hundredth where of is not 0.
func numberAt(args []value, i int, of float64) (float64, bool) {
	if i >= len(args) {
		return 0, false
	}
	n, ok := args[i].(number)
	if ok && n.unit == "%" && of != 0 {
		return n.n / 100 * of, true
	}
	return n.n, ok
}

func colorAt(args []value, i int) (color, bool) {
	if i >= len(args) {
		return color{}, false
	}
	return asColor(args[i])
}

func rgb(args []value) (value, bool) {
	if len(args) == 2 { // rgba(#fff, 0.5)
		c, ok := colorAt(args, 0)
		a, okA := numberAt(args, 1, 1)
		return color{c.r, c.g, c.b, a, ""}, ok && okA
	}
	r, ok1 := numberAt(args, 0, 255)
	g, ok2 := numberAt(args, 1, 255)
	b, ok3 := numberAt(args, 2, 255)
	a, ok4 := numberAt(args, 3, 1)
	if len(args) == 3 {
		a, ok4 = 1, true
	}
	return color{r, g, b, a, ""}, ok1 && ok2 && ok3 && ok4
}

func hslFunction(args []value) (value, bool) {
	h, ok1 := numberAt(args, 0, 0)
	s, ok2 := numberAt(args, 1, 1)
	l, ok3 := numberAt(args, 2, 1)
	a, ok4 := numberAt(args, 3, 1)
	if len(args) == 3 {
		a, ok4 = 1, true
	}
	return hsl{h, s, l, a}.color(), ok1 && ok2 && ok3 && ok4
}

// hsl is a colour by hue (degrees), saturation, lightness and opacity (0–1).
type hsl struct{ h, s, l, a float64 }

func toHSL(c color) hsl {
	r, g, b := c.r/255, c.g/255, c.b/255
	high, low := math.Max(r, math.Max(g, b)), math.Min(r, math.Min(g, b))
	l, d := (high+low)/2, high-low
	if d == 0 {
		return hsl{0, 0, l, c.a}
	}
	s := d / (high + low)
	if l > 0.5 {
		s = d / (2 - high - low)
	}
	var h float64
	switch high {
	case r:
		h = math.Mod((g-b)/d+6, 6)
	case g:
		h = (b-r)/d + 2
	default:
		h = (r-g)/d + 4
	}
	return hsl{h * 60, s, l, c.a}
}

func (h hsl) color() color {
	unit := func(x float64) float64 { return math.Min(1, math.Max(0, x)) }
	h.s, h.l, h.a = unit(h.s), unit(h.l), unit(h.a)
	hue := math.Mod(math.Mod(h.h, 360)+360, 360) / 360
	m2 := h.l * (h.s + 1)
	if h.l > 0.5 {
		m2 = h.l + h.s - h.l*h.s
	}
	m1 := h.l*2 - m2
	part := func(t float64) float64 {
		t = math.Mod(t+1, 1)
		switch {
		case t*6 < 1:
			return m1 + (m2-m1)*t*6
		case t*2 < 1:
			return m2
		case t*3 < 2:
			return m1 + (m2-m1)*(2.0/3-t)*6
		}
		return m1
	}
	return color{part(hue+1.0/3) * 255, part(hue) * 255, part(hue-1.0/3) * 255, h.a, ""}
}

// adjust changes a colour by a percentage.
func adjust(change func(*hsl, float64)) func([]value) (value, bool) {
	return func(args []value) (value, bool) {
		c, ok := colorAt(args, 0)
		by, okBy := numberAt(args, 1, 0)
		h := toHSL(c)
		change(&h, by/100)
		return h.color(), ok && okBy
	}
}

func fade(args []value) (value, bool) {
	c, ok := colorAt(args, 0)
	a, okA := numberAt(args, 1, 0)
	return color{c.r, c.g, c.b, math.Min(1, math.Max(0, a/100)), ""}, ok && okA
}

func spin(args []value) (value, bool) {
	c, ok := colorAt(args, 0)
	by, okBy := numberAt(args, 1, 0)
	h := toHSL(c)
	h.h += by
	return h.color(), ok && okBy
}

func mix(args []value) (value, bool) {
	a, okA := colorAt(args, 0)
	b, okB := colorAt(args, 1)
	weight, given := numberAt(args, 2, 0)
	if !given {
		weight = 50
	}
	p := weight / 100
	w, d := p*2-1, a.a-b.a
	w1 := w
	if w*d != -1 {
		w1 = (w + d) / (1 + w*d)
	}
	w1 = (w1 + 1) / 2
	w2 := 1 - w1
	return color{a.r*w1 + b.r*w2, a.g*w1 + b.g*w2, a.b*w1 + b.b*w2, a.a*p + b.a*(1-p), ""}, okA && okB
}

func mixWith(other color) func([]value) (value, bool) {
	return func(args []value) (value, bool) {
		if len(args) == 0 {
			return nil, false
		}
		return mix(append([]value{other}, args...))
	}
}

func greyscale(args []value) (value, bool) {
	c, ok := colorAt(args, 0)
	h := toHSL(c)
	h.s = 0
	return h.color(), ok
}

func luma(c color) float64 {
	linear := func(x float64) float64 {
		x /= 255
		if x <= 0.03928 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
}

// contrast chooses the darker or lighter of two colours, whichever is better read on the first.
func contrast(args []value) (value, bool) {
	c, ok := colorAt(args, 0)
	dark, light, threshold := color{0, 0, 0, 1, ""}, color{255, 255, 255, 1, ""}, 0.43
	if d, given := colorAt(args, 1); given {
		dark = d
	}
	if l, given := colorAt(args, 2); given {
		light = l
	}
	if t, given := numberAt(args, 3, 1); given {
		threshold = t
	}
	if luma(dark) > luma(light) {
		dark, light = light, dark
	}
	if luma(c)*c.a < threshold {
		return light, ok
	}
	return dark, ok
}

func colorOf(args []value) (value, bool) {
	if len(args) != 1 {
		return nil, false
	}
	if c, ok := hexColor(args[0].text()); ok {
		return c, true
	}
	return colorAt([]value{word(args[0].text())}, 0)
}

func channel(of func(color) float64) func([]value) (value, bool) {
	return func(args []value) (value, bool) {
		c, ok := colorAt(args, 0)
		return number{n: of(c)}, ok
	}
}

func percent(of func(color) float64) func([]value) (value, bool) {
	return func(args []value) (value, bool) {
		c, ok := colorAt(args, 0)
		return number{of(c) * 100, "%"}, ok
	}
}

func arithmetic(f func(float64) float64) func([]value) (value, bool) {
	return func(args []value) (value, bool) {
		if len(args) != 1 {
			return nil, false
		}
		n, ok := args[0].(number)
		return number{f(n.n), n.unit}, ok
	}
}

func round(args []value) (value, bool) {
	if len(args) == 0 {
		return nil, false
	}
	n, ok := args[0].(number)
	digits, _ := numberAt(args, 1, 0)
	scale := math.Pow(10, digits)
	return number{math.Round(n.n*scale) / scale, n.unit}, ok
}

func pow(args []value) (value, bool) {
	x, ok := numberAt(args, 0, 0)
	y, okY := numberAt(args, 1, 0)
	if !ok || !okY {
		return nil, false
	}
	return number{math.Pow(x, y), args[0].(number).unit}, true
}

func mod(args []value) (value, bool) {
	x, ok := numberAt(args, 0, 0)
	y, okY := numberAt(args, 1, 0)
	if !ok || !okY || y == 0 {
		return nil, false
	}
	return number{math.Mod(x, y), args[0].(number).unit}, true
}

// extreme is min (-1) or max (1) of numbers in one unit; others are left to the browser.
func extreme(sign float64) func([]value) (value, bool) {
	return func(args []value) (value, bool) {
		if len(args) == 0 {
			return nil, false
		}
		best, ok := args[0].(number)
		for _, a := range args[1:] {
			n, is := a.(number)
			if !is || n.unit != best.unit {
				return nil, false
			}
			if n.n*sign > best.n*sign {
				best = n
			}
		}
		return best, ok
	}
}

func percentage(args []value) (value, bool) {
	n, ok := numberAt(args, 0, 0)
	return number{n * 100, "%"}, ok
}

func unit(args []value) (value, bool) {
	n, ok := numberAt(args, 0, 0)
	if len(args) > 1 {
		return number{n, args[1].text()}, ok
	}
	return number{n: n}, ok
}

func getUnit(args []value) (value, bool) {
	if len(args) != 1 {
		return nil, false
	}
	n, ok := args[0].(number)
	return word(n.unit), ok
}

func pi([]value) (value, bool) { return number{n: math.Pi}, true }

func escape(args []value) (value, bool) {
	if len(args) != 1 {
		return nil, false
	}
	return quoted{s: args[0].text()}, true
}

func percentEncode(args []value) (value, bool) {
	if len(args) != 1 {
		return nil, false
	}
	var out strings.Builder
	for _, b := range []byte(args[0].text()) {
		if strings.IndexByte("=:#; ()", b) >= 0 {
			out.WriteString("%" + strings.ToUpper(strconv.FormatInt(int64(b), 16)))
			continue
		}
		out.WriteByte(b)
	}
	return word(out.String()), true
}

// format fills %s, %d and %a, one argument each.
func format(args []value) (value, bool) {
	if len(args) == 0 {
		return nil, false
	}
	q, ok := args[0].(quoted)
	s := q.s
	for _, a := range args[1:] {
		i := strings.IndexByte(s, '%')
		if i < 0 || i+1 >= len(s) {
			break
		}
		text := a.css()
		if s[i+1] == 's' || s[i+1] == 'S' {
			text = a.text()
		}
		s = s[:i] + text + s[i+2:]
	}
	return quoted{q.quote, s}, ok
}

func length(args []value) (value, bool) {
	if len(args) == 1 {
		args = itemsOf(args[0])
	}
	return number{n: float64(len(args))}, true
}

func extract(args []value) (value, bool) {
	if len(args) < 2 {
		return nil, false
	}
	n, ok := numberAt(args, len(args)-1, 0)
	items := args[:len(args)-1]
	if len(items) == 1 {
		items = itemsOf(items[0])
	}
	i := int(n)
	if !ok || i < 1 || i > len(items) {
		return nil, false
	}
	return items[i-1], true
}

// maxRange bounds range().
const maxRange = 10_000

func rangeOf(args []value) (value, bool) {
	from, to, by := 1.0, 0.0, 1.0
	var ok bool
	switch len(args) {
	case 1:
		to, ok = numberAt(args, 0, 0)
	case 2, 3:
		from, _ = numberAt(args, 0, 0)
		to, ok = numberAt(args, 1, 0)
		if step, given := numberAt(args, 2, 0); given {
			by = step
		}
	}
	if !ok || by <= 0 || (to-from)/by > maxRange {
		return nil, false
	}
	unit := ""
	if n, is := args[len(args)-1].(number); is {
		unit = n.unit
	}
	l := list{sep: " "}
	for x := from; x <= to; x += by {
		l.items = append(l.items, number{x, unit})
	}
	return l, true
}

func is(test func(value) bool) func([]value) (value, bool) {
	return func(args []value) (value, bool) {
		return word(strconv.FormatBool(len(args) == 1 && test(args[0]))), true
	}
}

func isUnit(unit string) func([]value) (value, bool) {
	return is(func(v value) bool { n, ok := v.(number); return ok && n.unit == unit })
}
