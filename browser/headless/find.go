package headless

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// part is one step of a selector.
type part struct {
	tag, id, text string
	classes       []string
	attrs         [][2]string // name, value; value "\x00" for any
}

var pieces = regexp.MustCompile(`^[\w-]+|#[\w-]+|\.[\w-]+|\[[^\]]*\]|:text\([^)]*\)`)

// find lists the elements of the page in front that match, in document order.
func (t *tree) find(selector string) []*node {
	if t.shown == nil {
		return nil
	}
	selector, nth := cutNth(strings.TrimSpace(selector))
	var chain []part
	for _, word := range splitSpaces(selector) {
		chain = append(chain, readPart(word))
	}
	if len(chain) == 0 {
		return nil
	}
	var found []*node
	for _, b := range t.shown.root.regions[0] {
		for _, root := range b.roots {
			root.each(func(n *node) {
				if n.matches(chain) {
					found = append(found, n)
				}
			})
		}
	}
	if nth < 0 {
		return found
	}
	if nth >= len(found) {
		return nil
	}
	return found[nth : nth+1]
}

// cutNth takes ":n(2)" off the end; -1 when there is none.
func cutNth(selector string) (string, int) {
	at := strings.LastIndex(selector, ":n(")
	if at < 0 || !strings.HasSuffix(selector, ")") {
		return selector, -1
	}
	n, err := strconv.Atoi(selector[at+3 : len(selector)-1])
	if err != nil {
		return selector, -1
	}
	return selector[:at], n
}

// splitSpaces splits at spaces outside of brackets.
func splitSpaces(s string) []string {
	var out []string
	depth, start := 0, 0
	for i, c := range s + " " {
		switch {
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case c == ' ' && depth == 0:
			if i > start {
				out = append(out, s[start:i])
			}
			start = i + 1
		}
	}
	return out
}

func readPart(word string) part {
	var p part
	for _, piece := range pieces.FindAllString(word, -1) {
		switch {
		case piece[0] == '#':
			p.id = piece[1:]
		case piece[0] == '.':
			p.classes = append(p.classes, piece[1:])
		case piece[0] == '[':
			name, value, has := strings.Cut(piece[1:len(piece)-1], "=")
			if !has {
				value = "\x00"
			}
			p.attrs = append(p.attrs, [2]string{name, strings.Trim(value, `"'`)})
		case piece[0] == ':':
			p.text = piece[len(":text(") : len(piece)-1]
		default:
			p.tag = piece
		}
	}
	return p
}

func (n *node) matches(chain []part) bool {
	if n.kind != element || !n.fits(chain[len(chain)-1]) {
		return false
	}
	at := n.up()
	for i := len(chain) - 2; i >= 0; i-- {
		for at != nil && !at.fits(chain[i]) {
			at = at.up()
		}
		if at == nil {
			return false
		}
		at = at.up()
	}
	return true
}

func (n *node) fits(p part) bool {
	if p.tag != "" && p.tag != n.tag || p.id != "" && textOf(n.attr("id")) != p.id {
		return false
	}
	have := strings.Fields(textOf(n.attr("class")))
	for _, c := range p.classes {
		if !slices.Contains(have, c) {
			return false
		}
	}
	for _, a := range p.attrs {
		value := n.attr(a[0])
		if isNull(value) || a[1] != "\x00" && textOf(value) != a[1] {
			return false
		}
	}
	return p.text == "" || strings.Contains(n.allText(), p.text)
}

// Attr is an attribute of the first element that matches, as text; ok is false when nothing matches or it is not set.
func (s *Session) Attr(selector, name string) (value string, ok bool) {
	found := s.tree.find(selector)
	if len(found) == 0 || isNull(found[0].attr(name)) {
		return "", false
	}
	return textOf(found[0].attr(name)), true
}
