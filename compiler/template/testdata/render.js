// The first paint of a template program as text, for the conformance cases. It follows docs/runtime.md §2 to the letter and
// draws components as their tag with the props they are given and the content of each slot.
function render(view, program, data, set) {
  const attr = v => v === true ? "" : `="${typeof v === "object" ? JSON.stringify(v) : v}"`;
  const call = (f, d, s) => typeof f === "function" ? f(d, s) : f;
  const shown = v => v == null ? "" : typeof v === "object" ? JSON.stringify(v) : String(v);

  function block(number, d, s, isHost) {
    const still = view.blocks[number], live = program.blocks[number];
    if (still.h.length !== live.h.length) throw new Error(`block ${number}: ${still.h.length} holes, ${live.h.length} functions`);
    if (still.r.length !== live.r.length + (isHost ? 1 : 0)) throw new Error(`block ${number}: ${still.r.length} anchors, ${live.r.length} regions`);
    let at = 0;
    const holesAt = n => still.h.map((h, i) => [h, i]).filter(([h]) => h[1] === n);
    const value = i => live.h[i][0](d, s);
    function node(n) {
      const me = at++;
      if (typeof n === "string") return n;
      if (n === 0) return shown(value(holesAt(me)[0][1]));
      if (n === 1 && isHost) return "…";
      if (n === 1) return region(live.r[still.r.indexOf(me)], d, s);
      const [tag, attrs, ...children] = n;
      let out = "<" + tag;
      for (const k in attrs || {}) out += " " + k + attr(attrs[k]);
      for (const [h, i] of holesAt(me)) {
        const v = value(i), name = h[0] === 1 ? h[2] : h[0] === 2 ? "class" : "style";
        if (v !== undefined) out += " " + name + attr(v);
      }
      for (const [k, name, flags] of still.e) if (k === me) {
        const key = (flags & 2 ? "capture:" : "") + name;
        out += ` ${["on", "catch", "capture-on", "capture-catch"][flags]}:${name}=${call(live.e[me][key], d, s)}`;
      }
      const facts = (live.n || {})[me];
      if (facts) for (const k of ["id", "class", "data", "mark", "ref"]) if (facts[k] !== undefined) out += ` {${k}: ${JSON.stringify(call(facts[k], d, s))}}`;
      return out + ">" + children.map(node).join("") + `</${tag}>`;
    }
    return still.n.map(node).join("");
  }

  function items(list) {
    if (typeof list === "number") return Array.from({ length: list }, (_, i) => [i, i]);
    if (Array.isArray(list)) return list.map((v, i) => [v, i]);
    if (typeof list === "string") return [...list].map((v, i) => [v, i]);
    return list ? Object.keys(list).map(k => [list[k], k]) : [];
  }

  function each(r, d, s, draw) {
    return items(r.l(d, s)).map(([i, x]) => {
      const scope = { i, x, u: s };
      return (r.key ? `[${r.key(scope, d)}]` : "") + draw(scope);
    }).join("");
  }

  function props(list, d, s) {
    return list.map(([name, f]) => ` ${name}${attr(call(f, d, s))}`).join("");
  }

  function region(r, d, s) {
    switch (r.k) {
      case "if": {
        const hit = r.c.find(([f]) => !f || f(d, s));
        return hit ? block(hit[2], d, s) : "";
      }
      case "for": return each(r, d, s, scope => block(r.b, d, scope));
      case "tpl": {
        const body = program.t[call(r.is, d, s)];
        return body === undefined ? "" : block(body, r.data(d, s), null);
      }
      case "slot": return `<slot:${call(r.name, d, s)}${props(r.p, d, s)}>${r.b < 0 ? "" : block(r.b, d, s)}</slot>`;
      case "comp": {
        let out = `<${r.tag}!${props(r.p, d, s)}`;
        for (const k in r.f || {}) out += ` ${k}=>${call(r.f[k], d, s)}`;
        if (r.g) out += " generic" + attr(r.g);
        if (r.ref) out += " ref=" + call(r.ref, d, s);
        out += ` host=${block(r.host, d, s, true)}>`;
        for (const [name, , body, scoped, , loop] of r.slots) {
          const draw = s => `<:${call(name, d, s)}>` + block(body, d, scoped ? { i: set.slotProps || {}, x: 0, u: s } : s) + "</:>";
          out += loop ? each(loop, d, s, draw) : draw(s);
        }
        return out + "</!>";
      }
    }
    throw new Error("unknown region " + r.k);
  }
  return block(0, data, null);
}
