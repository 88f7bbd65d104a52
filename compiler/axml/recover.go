package axml

import (
	"fmt"
	"strings"

	"souk/compiler/diag"
)

// leaves are built-in tags that never have children. One that is not closed
// (<image src="a"> without /) is closed on the spot, so that what follows does
// not vanish inside it.
var leaves = map[string]bool{
	"image": true, "input": true, "icon": true, "progress": true, "slider": true, "switch": true,
	"import": true, "include": true, "import-sjs": true, "cover-image": true,
}

func (p *parser) warn(code string, pos, end int, message, hint string) {
	p.f.Report(p.bag, diag.Warning, code, pos, end, message, hint)
}

// add appends n to the innermost open element.
func (p *parser) add(n *Node) {
	p.nodes++
	if p.nodes > MaxNodes {
		p.full = true
		p.f.Report(p.bag, diag.Error, "axml-too-many-nodes", n.Pos, n.Pos+1, fmt.Sprintf("this template has more than %d nodes", MaxNodes), "use a:for, or split it")
		return
	}
	parent := &p.root
	if len(p.open) > 0 {
		parent = p.open[len(p.open)-1]
	}
	parent.Children = append(parent.Children, n)
}

// endTag closes the innermost open element of that name and, with a warning
// each, the elements inside it that were left open. One that closes nothing is
// ignored.
func (p *parser) endTag() {
	start := p.at
	p.at += 2
	tag := p.name()
	i := p.at
	for i < len(p.src) && p.src[i] != '<' && p.src[i] != '>' {
		i++
	}
	if i < len(p.src) && p.src[i] == '>' {
		p.at = i + 1
	} else {
		p.warn("axml-unclosed", start, p.at, fmt.Sprintf("the end tag </%s has no >", tag), "add >")
	}
	i = p.opener(tag)
	if i < 0 {
		p.warn("axml-stray-end-tag", start, p.at, fmt.Sprintf("</%s> closes nothing", tag), "remove it, or look for the start tag that is missing above")
		return
	}
	for len(p.open) > i+1 {
		p.closeEarly(fmt.Sprintf("is closed here by </%s>", tag), start, p.at)
	}
	p.open = p.open[:i]
}

// opener finds the innermost open element that </tag> can close. Case counts
// but for the innermost element of all.
func (p *parser) opener(tag string) int {
	if top := len(p.open) - 1; top >= 0 && strings.EqualFold(p.open[top].Tag, tag) {
		return top
	}
	for i := len(p.open) - 1; i >= 0; i-- {
		if p.open[i].Tag == tag {
			return i
		}
	}
	return -1
}

// closeEarly pops the innermost open element, which has no end tag. The
// children that a leaf has collected become its following siblings.
func (p *parser) closeEarly(how string, pos, end int) {
	n := p.open[len(p.open)-1]
	p.open = p.open[:len(p.open)-1]
	line := p.f.Line(n.Pos)
	if !leaves[n.Tag] {
		p.warn("axml-crossed", pos, end, fmt.Sprintf("<%s> opened on line %d %s", n.Tag, line, how), fmt.Sprintf("add </%s> where it should end", n.Tag))
		return
	}
	p.warn("axml-crossed", n.Pos, n.Pos+1+len(n.Tag), fmt.Sprintf("<%s> is not closed; what follows is taken as its sibling", n.Tag), "end the tag with />")
	parent := &p.root
	if len(p.open) > 0 {
		parent = p.open[len(p.open)-1]
	}
	parent.Children = append(parent.Children, n.Children...)
	n.Children = nil
}

// finish closes what the end of the file leaves open.
func (p *parser) finish() {
	for len(p.open) > 0 {
		n := p.open[len(p.open)-1]
		p.closeEarly("is never closed", n.Pos, n.Pos+1+len(n.Tag))
	}
}
