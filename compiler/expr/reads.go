package expr

import (
	"slices"
	"strconv"
)

// Path is something an expression reads. Up is -1 for the data root, else the
// number of scopes to climb to a for-item or to slot props. Keys go down from
// there; a loop's index is the single key "#".
type Path struct {
	Up   int
	Keys []string
}

// IsIndex says whether p is the index of a loop, which changes without its item.
func (p Path) IsIndex() bool { return p.Up >= 0 && len(p.Keys) == 1 && p.Keys[0] == "#" }

// Covers says whether every change that meets q meets p as well.
func (p Path) Covers(q Path) bool {
	if q.IsIndex() && !p.IsIndex() {
		return false
	}
	return p.Up == q.Up && len(p.Keys) <= len(q.Keys) && slices.Equal(p.Keys, q.Keys[:len(p.Keys)])
}

// Paths is a set of paths, none of which covers another.
type Paths []Path

// Add puts p in, unless it is covered.
func (ps *Paths) Add(p Path) {
	kept := (*ps)[:0]
	for _, q := range *ps {
		if q.Covers(p) {
			return
		}
	}
	for _, q := range *ps {
		if !p.Covers(q) {
			kept = append(kept, q)
		}
	}
	*ps = append(kept, p)
}

// Reads gives the paths that n depends on, all branches of conditions included.
func Reads(n *Node, names Names) Paths {
	var ps Paths
	AddReads(&ps, n, names)
	return ps
}

// AddReads adds the paths that n depends on to ps.
func AddReads(ps *Paths, n *Node, names Names) {
	switch n.Kind {
	case Ident, Member, Index:
		if path, _, ok := follow(ps, n, names); ok {
			ps.Add(path)
		}
		return
	case Call:
		addCall(ps, n, names)
		return
	}
	for _, kid := range n.Kids {
		AddReads(ps, kid, names)
	}
}

// addCall: a method may look at everything in its receiver.
func addCall(ps *Paths, n *Node, names Names) {
	callee := n.Kids[0]
	if callee.Kind == Member || callee.Kind == Index {
		AddReads(ps, callee.Kids[0], names)
		if callee.Kind == Index {
			AddReads(ps, callee.Kids[1], names)
		}
	} else {
		AddReads(ps, callee, names)
	}
	for _, arg := range n.Kids[1:] {
		AddReads(ps, arg, names)
	}
}

// follow gives the path of a.b[0].c. What is read besides (a dynamic key, the
// operands of a base that is no path) goes into ps; ok is false when there is no
// path. open says that the path still names exactly the value, so that further
// keys may be appended.
func follow(ps *Paths, n *Node, names Names) (path Path, open, ok bool) {
	switch n.Kind {
	case Ident:
		name := names(n.Str)
		if name.Module {
			return Path{}, false, false
		}
		return name.Path, true, true
	case Member, Index:
		path, open, ok = follow(ps, n.Kids[0], names)
		key, constant := n.Str, true
		if n.Kind == Index {
			key, constant = constantKey(n.Kids[1])
			if !constant {
				AddReads(ps, n.Kids[1], names)
			}
		}
		// An array's length changes when one of its elements is set, whose path is
		// no neighbour of "length": the whole array is what was read.
		if !ok || !open || !constant || key == "length" {
			return path, false, ok
		}
		return Path{Up: path.Up, Keys: append(path.Keys[:len(path.Keys):len(path.Keys)], key)}, true, true
	default:
		AddReads(ps, n, names)
		return Path{}, false, false
	}
}

func constantKey(n *Node) (string, bool) {
	if !n.Constant() {
		return "", false
	}
	return Text(n), true
}

// PurePath gives the path of an expression that is nothing but an access with
// constant keys: item.children, rows[0].cells.
func PurePath(n *Node, names Names) (Path, bool) {
	var ps Paths
	if n.Kind != Ident && n.Kind != Member && n.Kind != Index {
		return Path{}, false
	}
	path, open, ok := follow(&ps, n, names)
	return path, ok && open && len(ps) == 0
}

// AppendPath appends p as docs/runtime.md writes it: ["user","name"], [0,"label"].
func AppendPath(b []byte, p Path) []byte {
	b = append(b, '[')
	if p.Up >= 0 {
		b = strconv.AppendInt(b, int64(p.Up), 10)
	}
	for i, key := range p.Keys {
		if i > 0 || p.Up >= 0 {
			b = append(b, ',')
		}
		b = AppendString(b, key)
	}
	return append(b, ']')
}

// AppendPaths appends a list of paths.
func AppendPaths(b []byte, ps Paths) []byte {
	b = append(b, '[')
	for i, p := range ps {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendPath(b, p)
	}
	return append(b, ']')
}
