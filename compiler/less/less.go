// Package less turns Less, the style language that mini-programs may be written in, into plain CSS: variables, nesting,
// mixins with guards, operations, the usual functions, imports, detached rule sets and maps. What it does not know
// (plugins, JavaScript in backticks, :extend) is an error with its place, never silence. It never reads files itself
// and leaves rpx, tags and addresses to acss. Start reading at Compile; parse.go makes rules, eval.go runs them,
// mixin.go calls mixins, expression.go and function.go compute values.
package less

import (
	"fmt"
	"strings"

	"souk/compiler/diag"
	"souk/compiler/place"
)

// Limits, so that a loop that never ends, ends.
const (
	maxDepth     = 200     // of nested rules, mixin calls and imports
	maxSteps     = 500_000 // rules evaluated
	maxOutput    = 8 << 20 // bytes
	maxSelectors = 5000    // of one rule after joining with its parents
)

// Input is one Less file and what its surroundings mean.
type Input struct {
	Path    string
	Source  []byte
	Read    func(path string) ([]byte, bool)
	Resolve func(from, ref string) (path string, ok bool)
}

// Compile gives the CSS of a file. Imports of Less are part of it, other imports stay in it, from the root. What could not be
// understood is left out and said in bag.
func Compile(in Input, bag *diag.Bag) []byte {
	c := &compiler{in: in, bag: bag, imported: map[string]bool{in.Path: true}}
	root := &frame{}
	rules := c.parse(in.Path, in.Source)
	c.run(func() {
		rules = c.expand(rules, 0)
		c.rules(rules, root, target{})
	})
	return []byte(c.css())
}

// compiler is one compilation.
type compiler struct {
	in       Input
	bag      *diag.Bag
	imported map[string]bool
	blocks   []block // what has been made so far
	size     int
	steps    int
	depth    int
}

// block is a rule of the output, or a plain statement.
type block struct {
	around    []string // at-rules that it stands in, outermost first
	selector  string   // "" for declarations that stand in an at-rule themselves
	body      []string // declarations without their semicolon
	statement string   // "@charset …": body and selector are empty
}

// origin is where a rule stands.
type origin struct {
	file *source
	at   int
}

// source is a file that was read.
type source struct {
	name  string
	text  string
	index place.Index
}

// stop ends the whole compilation: a limit was reached. Panicking with it is caught by run.
type stop struct{}

func (c *compiler) run(f func()) {
	defer func() {
		if r := recover(); r != nil {
			if _, ours := r.(stop); !ours {
				panic(r)
			}
		}
	}()
	f()
}

func (c *compiler) fail(o origin, format string, args ...any) {
	c.bag.Add(o.file.index.Diagnostic(diag.Error, "less", o.at, o.at+1, fmt.Sprintf(format, args...), ""))
}

// step counts work, and stops when there is too much of it.
func (c *compiler) step(o origin) {
	if c.steps++; c.steps > maxSteps || c.size > maxOutput {
		c.fail(o, "this never ends, or makes more than %d MB of CSS", maxOutput>>20)
		panic(stop{})
	}
}

// deeper runs f one level down.
func (c *compiler) deeper(o origin, f func()) {
	if c.depth++; c.depth > maxDepth {
		c.fail(o, "more than %d levels of rules and mixins: does a mixin call itself without end?", maxDepth)
		panic(stop{})
	}
	f()
	c.depth--
}

// put adds a block to the output.
func (c *compiler) put(b block) {
	c.size += len(b.selector) + 16
	c.blocks = append(c.blocks, b)
}

// withoutRepeats drops a declaration that stands again below, word for word.
func withoutRepeats(body []string) []string {
	last := map[string]int{}
	for i, d := range body {
		last[d] = i
	}
	kept := body[:0:0]
	for i, d := range body {
		if last[d] == i {
			kept = append(kept, d)
		}
	}
	return kept
}

// css writes the blocks; neighbours in the same at-rules share them.
func (c *compiler) css() string {
	var out strings.Builder
	var open []string
	for _, b := range c.blocks {
		if b.statement == "" && len(b.body) == 0 {
			continue
		}
		shared := 0
		for shared < len(open) && shared < len(b.around) && open[shared] == b.around[shared] {
			shared++
		}
		for range open[shared:] {
			out.WriteString("}\n")
		}
		for _, at := range b.around[shared:] {
			out.WriteString(at + " {\n")
		}
		open = b.around
		switch {
		case b.statement != "":
			out.WriteString(b.statement + ";\n")
		case b.selector == "":
			out.WriteString(strings.Join(b.body, ";\n") + ";\n")
		default:
			out.WriteString(b.selector + " {\n" + strings.Join(b.body, ";\n") + ";\n}\n")
		}
	}
	for range open {
		out.WriteString("}\n")
	}
	return out.String()
}
