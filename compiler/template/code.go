package template

import "souk/compiler/expr"

// code writes the dynamic half: the function that souk.template takes.
func (c *compiler) code() []byte {
	js := append(make([]byte, 0, 4<<10), "function(sjs){"...)
	js = c.appendModules(js)
	js = append(js, "return{blocks:["...)
	for i, b := range c.blocks {
		js = b.append(comma(js, i))
	}
	js = append(js, "],t:{"...)
	for i, key := range c.callOrder {
		js = append(expr.AppendKey(comma(js, i), key), ':')
		js = appendInt(js, c.calls[key])
	}
	return append(js, "}}}"...)
}

// appendModules writes the variables of imported SJS. A module's name stands for
// its default export, or for all of it when it has none; a member is looked for
// in both.
func (c *compiler) appendModules(js []byte) []byte {
	needed := map[string]bool{}
	for _, m := range c.sjsOrder {
		if v := c.modules[m.path]; !needed[v] {
			needed[v] = true
			js = append(append(append(js, "var "...), v...), "=sjs("...)
			js = append(expr.AppendString(js, m.path), ");"...)
		}
	}
	for _, m := range c.sjsOrder {
		v := c.modules[m.path]
		js = append(append(append(js, "var "...), c.sjsVars[m]...), '=')
		if m.member == "" {
			js = append(js, `"default"in `+v+`?`+v+`.default??{}:`+v+`;`...)
			continue
		}
		key := expr.AppendString(nil, m.member)
		js = append(js, v+"["+string(key)+"]??"+v+".default?.["+string(key)+"];"...)
	}
	return js
}

func (b *block) append(js []byte) []byte {
	js = append(js, "{h:["...)
	for i, h := range b.holes {
		js = append(comma(js, i), h...)
	}
	js = append(js, "],r:["...)
	for i, r := range b.regions {
		js = append(comma(js, i), r...)
	}
	js = append(js, ']')
	js = appendMembers(js, ",e:{", b.events)
	js = appendMembers(js, ",n:{", b.info)
	return append(js, '}')
}
