package template

import (
	"fmt"
	"strings"

	"souk/compiler/axml"
	"souk/compiler/diag"
	"souk/compiler/expr"
)

// plain compiles a node whose directives are dealt with.
func (w *where) plain(b *block, n *axml.Node) []Node {
	w.c.nodes++
	if w.c.nodes > maxNodes {
		if w.c.nodes == maxNodes+1 {
			w.report(diag.Error, "axml-too-many-nodes", n.Pos, n.Pos+1, fmt.Sprintf("this template has more than %d nodes with its includes", maxNodes), "use a:for, or components")
		}
		return nil
	}
	if _, own := w.c.in.Components[n.Tag]; own {
		return []Node{w.component(b, n)}
	}
	switch n.Tag {
	case "block":
		return w.children(b, n.Children)
	case "template":
		return w.templateCall(b, n)
	case "include":
		return w.include(b, n)
	case "import", "import-sjs":
		return nil
	case "slot":
		return []Node{w.slot(b, n)}
	}
	w.checkTag(n)
	node := b.count
	return append([]Node{w.element(b, n)}, w.watches(b, n, node)...)
}

func (w *where) checkTag(n *axml.Node) {
	if builtins[n.Tag] {
		w.use(&w.c.uses.Components, n.Tag, n.Pos+1)
		return
	}
	w.use(&w.c.uses.Unknown, n.Tag, n.Pos+1)
	end := n.Pos + 1 + len(n.Tag)
	if htmlTags[n.Tag] {
		w.report(diag.Hint, "axml-html-tag", n.Pos+1, end, fmt.Sprintf("<%s> is a tag of the web, drawn here as a plain element", n.Tag), "use <view> or <text>")
		return
	}
	hint := "declare it in usingComponents of the page's json or of app.json"
	if near := closest(n.Tag, builtins, structural, w.c.componentTags()); near != "" {
		hint = fmt.Sprintf("did you mean <%s>? otherwise %s", near, hint)
	}
	w.report(diag.Warning, "axml-unknown-component", n.Pos+1, end, fmt.Sprintf("<%s> is neither a built-in component nor in usingComponents", n.Tag), hint)
}

func (c *compiler) componentTags() map[string]bool {
	set := map[string]bool{}
	for tag := range c.in.Components {
		set[tag] = true
	}
	return set
}

func (w *where) use(set *map[string][]Place, name string, pos int) {
	if *set == nil {
		*set = map[string][]Place{}
	}
	line, column := w.src.file.Position(pos)
	(*set)[name] = append((*set)[name], Place{File: w.src.path, Line: line, Column: column})
}

// traits are what events and queries need to know of an element; the worker
// keeps them, the frame does not.
type traits struct {
	id    *axml.Attr
	class *axml.Attr
	style *axml.Attr
	ref   *axml.Attr
	data  []*axml.Attr
	marks []*axml.Attr
}

// element compiles a built-in.
func (w *where) element(b *block, n *axml.Node) Node {
	node := b.number()
	out := Node{Kind: ElementNode, Tag: n.Tag}
	var t traits
	var handlers []byte
	for i := range n.Attrs {
		a := &n.Attrs[i]
		if w.trait(&t, a) {
			continue
		}
		if e, ok := eventOf(a.Name); ok {
			handlers = w.handler(b, handlers, n, node, e, a)
			continue
		}
		if w.ignored(n, a) || strings.HasPrefix(a.Name, watchPrefix) {
			continue
		}
		name := kebab(a.Name)
		if builtins[n.Tag] {
			w.use(&w.c.uses.Attributes, n.Tag+"."+name, a.Pos)
		}
		w.setAttr(b, &out, node, name, w.attribute(a))
	}
	w.appearance(b, &out, node, &t)
	if handlers != nil {
		b.events = append(appendInt(comma(b.events, len(b.events)), node), ":{"...)
		b.events = append(append(b.events, handlers...), '}')
	}
	w.info(b, node, n.Tag, &t, handlers != nil, false)
	out.Children = w.children(b, n.Children)
	return out
}

// trait sorts a into t if it is one of the attributes that every element has.
func (w *where) trait(t *traits, a *axml.Attr) bool {
	switch a.Name {
	case "id":
		t.id = a
	case "class", "className":
		t.class = a
	case "style":
		t.style = a
	case "ref":
		t.ref = a
	default:
		switch {
		case strings.HasPrefix(a.Name, "data-") && len(a.Name) > len("data-"):
			t.data = append(t.data, a)
		case strings.HasPrefix(a.Name, "mark:") && len(a.Name) > len("mark:"):
			t.marks = append(t.marks, a)
		default:
			return false
		}
	}
	return true
}

var directives = wordSet("a:if a:elif a:else a:for a:for-item a:for-index a:key key slot slot-scope")

// ignored says whether a is a directive or nothing that Souk understands, and
// reports the latter.
func (w *where) ignored(n *axml.Node, a *axml.Attr) bool {
	if directives[a.Name] {
		return true
	}
	prefix, rest, isPrefixed := strings.Cut(a.Name, ":")
	end := a.Pos + len(a.Name)
	switch {
	case strings.HasPrefix(a.Name, "bind") && len(a.Name) > len("bind"), prefix == "catch", prefix == "capture-bind", prefix == "capture-catch",
		prefix == "mut-bind", strings.HasPrefix(a.Name, "catch") && len(a.Name) > len("catch"):
		name := strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(a.Name, "bind"), "catch"), ":")
		w.report(diag.Hint, "axml-wechat", a.Pos, end, a.Name+" is WeChat's way to listen and does nothing here", "write "+onName(name))
		return true
	case !isPrefixed:
		return false
	case prefix == "a":
		hint := ""
		if near := closest(a.Name, directives); near != "" {
			hint = "did you mean " + near + "?"
		}
		w.report(diag.Warning, "axml-directive", a.Pos, end, a.Name+" is not a directive", hint)
		return true
	case prefix == "wx", prefix == "s", prefix == "tt", prefix == "swan", prefix == "v":
		w.report(diag.Hint, "axml-wechat", a.Pos, end, a.Name+" belongs to another platform and does nothing here", "write a:"+rest)
		return true
	}
	return false
}

// eventSpellings are events that WeChat writes in small letters.
var eventSpellings = map[string]string{
	"": "onTap", "touchstart": "onTouchStart", "touchmove": "onTouchMove", "touchend": "onTouchEnd", "touchcancel": "onTouchCancel",
	"longtap": "onLongTap", "longpress": "onLongTap", "animationend": "onAnimationEnd", "transitionend": "onTransitionEnd",
	"scrolltoupper": "onScrollToUpper", "scrolltolower": "onScrollToLower", "timeupdate": "onTimeUpdate",
	"getuserinfo": "onGetUserInfo", "getphonenumber": "onGetPhoneNumber", "regionchange": "onRegionChange", "markertap": "onMarkerTap",
}

// onName is how Alipay spells the event that another platform calls name.
func onName(name string) string {
	if official, ok := eventSpellings[name]; ok {
		return official
	}
	return "on" + strings.ToUpper(name[:1]) + name[1:]
}

// setAttr puts a value into the static tree if it is constant, else into a hole.
func (w *where) setAttr(b *block, out *Node, node int, name string, value *expr.Node) {
	switch value.Kind {
	case expr.Undefined, expr.Null:
	case expr.Bool:
		out.Attrs = append(out.Attrs, Attr{Name: name, Value: value.Num != 0})
	case expr.Number:
		out.Attrs = append(out.Attrs, Attr{Name: name, Value: value.Num})
	case expr.String:
		out.Attrs = append(out.Attrs, Attr{Name: name, Value: value.Str})
	default:
		b.hole(HoleAttr, node, name, w.compile(value))
	}
}

// appearance sets id, class, style and, where styles ask for them, data-*.
func (w *where) appearance(b *block, out *Node, node int, t *traits) {
	if t.id != nil {
		w.setAttr(b, out, node, "id", w.attribute(t.id))
	}
	w.class(b, out, node, w.outside(t.class))
	if t.style != nil {
		value := w.attribute(t.style)
		if value.Constant() {
			if css := strings.TrimSpace(rpx(expr.Text(value))); css != "" && value.Kind == expr.String {
				out.Attrs = append(out.Attrs, Attr{Name: "style", Value: css})
			}
		} else {
			b.hole(HoleStyle, node, "", w.compile(value))
		}
	}
	if w.c.in.KeepData {
		for _, a := range t.data {
			w.setAttr(b, out, node, a.Name, w.attribute(a))
		}
	}
}

// class joins the style scope's class with the element's own.
func (w *where) class(b *block, out *Node, node int, a *axml.Attr) {
	value := &expr.Node{Kind: expr.String}
	if a != nil && !a.Bare {
		value = w.attribute(a)
	}
	if value.Constant() {
		if value.Kind != expr.String {
			value = &expr.Node{Kind: expr.String}
		}
		if names := strings.Join(strings.Fields(w.c.in.Scope+" "+value.Str), " "); names != "" {
			out.Attrs = append(out.Attrs, Attr{Name: "class", Value: names})
		}
		return
	}
	if w.c.in.Scope != "" {
		value = expr.Join([]string{w.c.in.Scope + " ", ""}, []*expr.Node{value})
	}
	b.hole(HoleClass, node, "", w.compile(value))
}

// info writes an element's member of n, if there is anything to say. Queries
// for components need their class as well.
func (w *where) info(b *block, node int, tag string, t *traits, listens, withClass bool) {
	if !listens && t.id == nil && t.ref == nil && t.data == nil && t.marks == nil && (t.class == nil || !withClass) {
		return
	}
	if len(t.marks) > 0 {
		b.view.Marks = append(b.view.Marks, node)
	}
	js := appendInt(comma(b.info, len(b.info)), node)
	js = expr.AppendString(append(js, ":{tag:"...), tag)
	if t.id != nil {
		js, _ = w.appendValue(append(js, ",id:"...), w.attribute(t.id))
	}
	if withClass && t.class != nil {
		js, _ = w.appendValue(append(js, ",class:"...), w.attribute(t.class))
	}
	js = w.appendRecord(js, ",data:", "data-", t.data, camel)
	js = w.appendRecord(js, ",mark:", "mark:", t.marks, asWritten)
	if t.ref != nil {
		js, _ = w.appendValue(append(js, ",ref:"...), w.attribute(t.ref))
	}
	b.info = append(js, '}')
}

// asWritten: the names of marks keep their letters, unlike those of a dataset.
func asWritten(name string) string { return name }

// appendRecord writes a function that makes an object of attributes, each under its name as spell has it.
func (w *where) appendRecord(js []byte, member, prefix string, attrs []*axml.Attr, spell func(string) string) []byte {
	if len(attrs) == 0 {
		return js
	}
	object := &expr.Node{Kind: expr.Object}
	for _, a := range attrs {
		name := spell(a.Name[len(prefix):])
		object.Kids = append(object.Kids, &expr.Node{Kind: expr.Property, Str: name, Kids: []*expr.Node{w.attribute(a)}})
	}
	return w.compile(object).appendFunction(append(js, member...))
}

// eventAttr is an attribute that listens.
type eventAttr struct {
	name           string // "tap"
	catch, capture bool
	catchIf        bool // a catch whose handler is an expression, which may name nothing
}

// eventOf understands onTap, catchTap, capture-onTouchStart, capture-catchTap.
func eventOf(attr string) (e eventAttr, ok bool) {
	rest, capture := strings.CutPrefix(attr, "capture-")
	e.capture = capture
	name, ok := strings.CutPrefix(rest, "on")
	if !ok {
		name, ok = strings.CutPrefix(rest, "catch")
		e.catch = ok
	}
	if !ok || name == "" || !isUpper(rune(name[0])) {
		return e, false
	}
	e.name = strings.ToLower(name[:1]) + name[1:]
	return e, true
}

// key is the event's name in the dynamic half.
func (e eventAttr) key() string {
	name := e.name
	if e.catchIf {
		name = "catch:" + name
	}
	if e.capture {
		return "capture:" + name
	}
	return name
}

// handler adds a listener of the node to both halves.
func (w *where) handler(b *block, js []byte, n *axml.Node, node int, e eventAttr, a *axml.Attr) []byte {
	if builtins[n.Tag] {
		w.use(&w.c.uses.Events, n.Tag+"."+e.name, a.Pos)
	}
	value := &expr.Node{Kind: expr.String}
	if !a.Bare {
		value = w.attribute(a)
	}
	if value.Constant() && strings.TrimSpace(expr.Text(value)) == "" && !e.catch {
		return js
	}
	if e.catch && !value.Constant() {
		e.catch, e.catchIf = false, true
	}
	for i := range b.view.Events { // onTap beside catchTap: one listener, which catches
		if at := &b.view.Events[i]; at.Node == node && at.Name == e.name && at.Capture == e.capture {
			if e.catchIf != at.CatchIf && !at.Catch {
				at.CatchIf = true
				js = append(expr.AppendKey(comma(js, len(js)), e.key()), ':')
				return w.appendListener(js, value)
			}
			at.Catch = at.Catch || e.catch
			w.report(diag.Warning, "axml-duplicate-event", a.Pos, a.Pos+len(a.Name), fmt.Sprintf("<%s> listens to %s twice; the first handler counts", n.Tag, e.name), "remove one of them")
			return js
		}
	}
	b.view.Events = append(b.view.Events, Event{Node: node, Name: e.name, Catch: e.catch, CatchIf: e.catchIf, Capture: e.capture})
	js = append(expr.AppendKey(comma(js, len(js)), e.key()), ':')
	return w.appendListener(js, value)
}

// appendHandler writes the name of a handler, or a function that yields it.
func (w *where) appendHandler(js []byte, value *expr.Node) []byte {
	if value.Kind == expr.String {
		return expr.AppendString(js, strings.TrimSpace(value.Str))
	}
	if value.Constant() {
		return append(js, `""`...)
	}
	return w.compile(value).appendFunction(js)
}
