package pack

import (
	"cmp"
	"slices"

	"souk/compiler/compat"
	"souk/compiler/template"
)

// Need is one thing of the platform that a program uses.
type Need struct {
	Kind   compat.Kind      `json:"kind"`
	Name   string           `json:"name"`
	Status compat.Status    `json:"status"`
	Note   string           `json:"note,omitempty"`
	Places []template.Place `json:"places"`
}

// Unknown is the status of an attribute or event that no documentation knows: the phone ignores it, and so does Souk.
const Unknown compat.Status = "unknown"

// unknownNote stands with functions and components that are in no table.
const unknownNote = "not known: neither in the platform's documentation nor in Souk"

// Needs compares what the program uses with what Souk supports: missing first, then partial, supported, unknown.
func (p *Program) Needs() []Need {
	uses := p.Bundle.Uses
	var list []Need
	add := func(kind compat.Kind, used map[string][]template.Place) {
		for name, places := range used {
			entry, known := compat.Find(kind, name)
			switch {
			case known:
			case kind == compat.API || kind == compat.Component:
				entry.Status, entry.Note = compat.Missing, unknownNote
			default:
				entry.Status = Unknown
			}
			list = append(list, Need{kind, name, entry.Status, entry.Note, places})
		}
	}
	add(compat.API, uses.API)
	add(compat.Component, uses.Component)
	add(compat.Attribute, uses.Attribute)
	add(compat.Event, uses.Event)
	add(compat.Component, uses.Unknown)
	order := map[compat.Status]int{compat.Missing: 0, compat.Partial: 1, compat.Supported: 2, Unknown: 3}
	slices.SortFunc(list, func(x, y Need) int {
		return cmp.Or(cmp.Compare(order[x.Status], order[y.Status]), cmp.Compare(kindOrder(x.Kind), kindOrder(y.Kind)), cmp.Compare(x.Name, y.Name))
	})
	return list
}

func kindOrder(k compat.Kind) int {
	return slices.Index([]compat.Kind{compat.API, compat.Component, compat.Attribute, compat.Event}, k)
}
