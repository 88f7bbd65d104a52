package less

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// value is what an expression gives. css is how it stands in a sheet, text the same without quotes, for interpolation.
type value interface {
	css() string
	text() string
}

type (
	word   string
	number struct {
		n    float64
		unit string
	}
	quoted struct {
		quote byte // 0: escaped with ~, written without quotes
		s     string
	}
	color struct {
		r, g, b, a float64 // 0–255, a 0–1
		raw        string  // as written, while unchanged
	}
	list struct {
		items []value
		sep   string
		seps  []string // what stands before each item, where it differs from sep
	}
	rulesValue struct{ binding }
)

func (w word) css() string  { return string(w) }
func (w word) text() string { return string(w) }

func (n number) css() string {
	rounded := math.Round(n.n*1e8) / 1e8
	if rounded == 0 {
		rounded = 0 // no minus sign
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64) + n.unit
}
func (n number) text() string { return n.css() }

func (q quoted) css() string {
	if q.quote == 0 {
		return q.s
	}
	return string(q.quote) + q.s + string(q.quote)
}
func (q quoted) text() string { return q.s }

func (c color) css() string {
	if c.raw != "" {
		return c.raw
	}
	r, g, b := clamp(c.r), clamp(c.g), clamp(c.b)
	if c.a < 1 {
		return fmt.Sprintf("rgba(%d, %d, %d, %s)", r, g, b, number{n: c.a}.css())
	}
	return fmt.Sprintf("#%02x%02x%02x", r, g, b)
}
func (c color) text() string { return c.css() }

func clamp(x float64) int { return int(math.Round(math.Min(255, math.Max(0, x)) + 1e-6)) }

func (l list) css() string  { return l.write(value.css) }
func (l list) text() string { return l.write(value.text) }

func (l list) write(f func(value) string) string {
	var out strings.Builder
	for i, item := range l.items {
		if i > 0 {
			sep := l.sep
			if i < len(l.seps) {
				sep = l.seps[i]
			}
			out.WriteString(sep)
		}
		out.WriteString(f(item))
	}
	return out.String()
}

func (rulesValue) css() string  { return "" }
func (rulesValue) text() string { return "" }

// itemsOf is a list's items, or the value alone.
func itemsOf(v value) []value {
	if l, ok := v.(list); ok {
		return l.items
	}
	return []value{v}
}

// asColor reads colours and their names.
func asColor(v value) (color, bool) {
	switch v := v.(type) {
	case color:
		return v, true
	case word:
		if hex, ok := colorNames[strings.ToLower(string(v))]; ok {
			c, _ := hexColor(hex)
			if v == "transparent" {
				c.a = 0
			}
			return c, true
		}
	}
	return color{}, false
}

// hexColor reads #rgb, #rgba, #rrggbb and #rrggbbaa.
func hexColor(s string) (color, bool) {
	digits := strings.TrimPrefix(s, "#")
	if len(digits) == 3 || len(digits) == 4 {
		var wide strings.Builder
		for _, d := range digits {
			wide.WriteRune(d)
			wide.WriteRune(d)
		}
		digits = wide.String()
	}
	n, err := strconv.ParseUint(digits, 16, 64)
	if err != nil || len(digits) != 6 && len(digits) != 8 {
		return color{}, false
	}
	a := 1.0
	if len(digits) == 8 {
		a = float64(n&255) / 255
		n >>= 8
	}
	return color{float64(n >> 16 & 255), float64(n >> 8 & 255), float64(n & 255), a, s}, true
}

// operate computes a op b; false when the two do not go together.
func operate(a value, op byte, b value) (value, bool) {
	x, okX := a.(number)
	y, okY := b.(number)
	if okX && okY {
		unit := x.unit
		if unit == "" {
			unit = y.unit
		}
		return number{calculate(x.n, op, y.n), unit}, true
	}
	cx, colorX := asColor(a)
	cy, colorY := asColor(b)
	switch {
	case colorX && colorY:
		return color{calculate(cx.r, op, cy.r), calculate(cx.g, op, cy.g), calculate(cx.b, op, cy.b), cx.a, ""}, true
	case colorX && okY:
		return color{calculate(cx.r, op, y.n), calculate(cx.g, op, y.n), calculate(cx.b, op, y.n), cx.a, ""}, true
	}
	return nil, false
}

func calculate(x float64, op byte, y float64) float64 {
	switch op {
	case '+':
		return x + y
	case '-':
		return x - y
	case '*':
		return x * y
	}
	if y == 0 {
		return 0
	}
	return x / y
}

// colorNames are those that style sheets of mini-programs use with functions; others pass through as words.
var colorNames = map[string]string{
	"black": "#000000", "white": "#ffffff", "red": "#ff0000", "green": "#008000", "blue": "#0000ff", "yellow": "#ffff00", "orange": "#ffa500",
	"purple": "#800080", "gray": "#808080", "grey": "#808080", "silver": "#c0c0c0", "maroon": "#800000", "navy": "#000080", "teal": "#008080",
	"aqua": "#00ffff", "cyan": "#00ffff", "fuchsia": "#ff00ff", "magenta": "#ff00ff", "lime": "#00ff00", "olive": "#808000", "pink": "#ffc0cb",
	"brown": "#a52a2a", "gold": "#ffd700", "coral": "#ff7f50", "tomato": "#ff6347", "crimson": "#dc143c", "indigo": "#4b0082",
	"violet": "#ee82ee", "skyblue": "#87ceeb", "steelblue": "#4682b4", "tan": "#d2b48c", "khaki": "#f0e68c", "salmon": "#fa8072",
	"transparent": "#000000",
}
