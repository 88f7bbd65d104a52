package frame_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A list whose rows have a hole, a branch inside and two roots, with static text around the regions.
const list view = `{ path: "pages/index/index.axml", blocks: [
	{ n: [["view", { class: "list" }, "(", 1, "|", 1, ")"]], h: [], e: [], r: [2, 4] },
	{ n: [["view", 0, 0, 1], 1], h: [[0, 1]], e: [], r: [2, 3] },
	{ n: [1], h: [], e: [], r: [0] },
	{ n: [0], h: [[0, 0]], e: [], r: [] }
] }`

func TestBlocksAreInsertedMovedAndRemovedInOrder(t *testing.T) {
	p := open(t, "", list)
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, []], [1, 2, 0, 0, 0, 1, 10, 3, ["a", "b", "c"]]])`)
	p.want(`t.tree()`, `"<view.list>(<view>a</><view>b</><view>c</>|)</>"`)
	p.do(`await t.ops([[1, 11, 1, 0, 0, 3, 20, 1, ["tail of b"]], [1, 11, 0, 0, 0, 3, 21, 1, ["!"]], [2, 10, 0, "A"]])`)
	p.want(`t.tree()`, `"<view.list>(<view>A</><view>b!</>tail of b<view>c</>|)</>"`)
	p.do(`await t.ops([[5, 2, 0, [1, 0, 2, 1]]])`)
	p.want(`t.tree()`, `"<view.list>(<view>b!</>tail of b<view>c</><view>A</>|)</>"`)
	p.do(`await t.ops([[3, 2, 0, 0, 1], [1, 2, 1, 0, 0, 1, 30, 1, ["z"]]])`)
	p.want(`t.tree()`, `"<view.list>(<view>c</><view>A</>|<view>z</>)</>"`)
	p.do(`await t.ops([[4, 2, 0]])`)
	p.want(`t.tree()`, `"<view.list>(|<view>z</>)</>"`)
	p.want(`t.take()`, `[]`)
}

func TestAnOperationOnAMissingBlockIsReportedAndTheRestIsApplied(t *testing.T) {
	p := open(t, "", list)
	p.do(`await t.ops([[2, 99, 0, "x"], [1, 1, 0, 0, 0, 3, 2, 1, ["there"]]])`)
	p.want(`t.tree()`, `"there"`)
	p.want(`t.take()`, `[[4,"operation [2,99,0,\"x\"]: block 99 does not exist"]]`)
}

func TestTenThousandRowsArriveWhole(t *testing.T) {
	p := open(t, "", list)
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, []], [1, 2, 0, 0, 0, 1, 10, 10000, Array.from({ length: 10000 }, (_, i) => i)]])`)
	p.want(`[t.$(".list").children.length, t.$(".list").children[64].textContent, t.$(".list").lastElementChild.textContent]`, `[10000,"64","9999"]`)
	p.do(`await t.ops([[5, 2, 0, [9999, 0]], [3, 2, 0, 1, 9998]])`)
	p.want(`t.tree()`, `"<view.list>(<view>9999</><view>9998</>|)</>"`)
}

// A random program of operations must leave the DOM as a plain tree in this test does.
func TestRandomOperationsEqualAPlainTree(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("SOUK_SEED"), 10, 64); err == nil {
		seed = s
	}
	t.Logf("SOUK_SEED=%d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	p := open(t, "", list)
	root := &plain{id: 1, def: -1, regions: make([][]*plain, 1)}
	next := 2
	for round := range 25 {
		var ops []string
		for range 12 {
			if r.IntN(6) == 0 {
				ops = append(ops, root.each(r, &next))
			}
			ops = append(ops, root.any(r).mutate(r, &next))
		}
		p.do("await t.ops([" + strings.Join(ops, ",") + "])")
		if got, want := p.get("t.tree()"), quote(root.text()); got != want {
			t.Fatalf("round %d, after %s\n got %s\nwant %s", round, ops, got, want)
		}
	}
	p.want("t.take()", "[]")
}

// plain is a block as this test sees it.
type plain struct {
	id, def int
	value   string
	regions [][]*plain
}

var regionsOf = []int{2, 2, 1, 0}

func (b *plain) all() []*plain {
	out := []*plain{b}
	for _, region := range b.regions {
		for _, inner := range region {
			out = append(out, inner.all()...)
		}
	}
	return out
}

func (b *plain) any(r *rand.Rand) *plain {
	all := b.all()
	for {
		if c := all[r.IntN(len(all))]; len(c.regions) > 0 {
			return c
		}
	}
}

func (b *plain) mutate(r *rand.Rand, next *int) string {
	region := r.IntN(len(b.regions))
	have := b.regions[region]
	switch n := r.IntN(10); {
	case n < 2 && len(have) > 0:
		at := r.IntN(len(have))
		count := 1 + r.IntN(len(have)-at)
		b.regions[region] = append(append([]*plain{}, have[:at]...), have[at+count:]...)
		return fmt.Sprintf("[3,%d,%d,%d,%d]", b.id, region, at, count)
	case n == 2 && len(have) > 0:
		b.regions[region] = nil
		return fmt.Sprintf("[4,%d,%d]", b.id, region)
	case n < 6 && len(have) > 1:
		from, to := r.IntN(len(have)), r.IntN(len(have))
		moved := have[from]
		rest := append(append([]*plain{}, have[:from]...), have[from+1:]...)
		b.regions[region] = append(rest[:to:to], append([]*plain{moved}, rest[to:]...)...)
		return fmt.Sprintf("[5,%d,%d,[%d,%d]]", b.id, region, from, to)
	}
	return b.insert(r, region, next)
}

func (b *plain) insert(r *rand.Rand, region int, next *int) string {
	have := b.regions[region]
	at, def, count := r.IntN(len(have)+1), r.IntN(4), 1+r.IntN(3)
	first := *next
	var made []*plain
	var values []string
	for i := range count {
		c := &plain{id: first + i, def: def, regions: make([][]*plain, regionsOf[def])}
		if def == 1 || def == 3 {
			c.value = fmt.Sprintf("v%d", c.id)
			values = append(values, quote(c.value))
		}
		made = append(made, c)
	}
	*next += count
	b.regions[region] = append(append(append([]*plain{}, have[:at]...), made...), have[at:]...)
	return fmt.Sprintf("[1,%d,%d,%d,0,%d,%d,%d,[%s]]", b.id, region, at, def, first, count, strings.Join(values, ","))
}

// each puts one block in front of a region of several blocks whose numbers follow each other.
func (b *plain) each(r *rand.Rand, next *int) string {
	byID := map[int]*plain{}
	for _, c := range b.all() {
		byID[c.id] = c
	}
	start := b.any(r)
	region, def, first, count := r.IntN(len(start.regions)), r.IntN(4), *next, 0
	var values []string
	for c := start; c != nil && region < len(c.regions) && count < 5; c = byID[start.id+count] {
		made := &plain{id: first + count, def: def, regions: make([][]*plain, regionsOf[def])}
		if def == 1 || def == 3 {
			made.value = fmt.Sprintf("v%d", made.id)
			values = append(values, quote(made.value))
		}
		c.regions[region] = append([]*plain{made}, c.regions[region]...)
		count++
	}
	*next += count
	return fmt.Sprintf("[9,%d,%d,0,%d,%d,%d,[%s]]", start.id, region, def, first, count, strings.Join(values, ","))
}

func (b *plain) text() string {
	inside := func(i int) string {
		var s strings.Builder
		for _, c := range b.regions[i] {
			s.WriteString(c.text())
		}
		return s.String()
	}
	switch b.def {
	case 0:
		return "<view.list>(" + inside(0) + "|" + inside(1) + ")</>"
	case 1:
		return "<view>" + b.value + inside(0) + "</>" + inside(1)
	case 3:
		return b.value
	}
	return inside(0)
}
