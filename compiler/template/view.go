package template

// Block is a maximal static tree; holes, events and regions refer to nodes by
// their number in document order.
type Block struct {
	Nodes   []Node
	Holes   []Hole
	Events  []Event
	Regions []int
	Marks   []int // elements with mark:x
}

// NodeKind says what a Node is.
type NodeKind uint8

// The kinds of static nodes.
const (
	TextNode    NodeKind = iota // static text
	TextHole                    // text that hole sets
	Anchor                      // the place of a region
	ElementNode                 // a tag with attributes and children
)

// Node is one node of a block.
type Node struct {
	Kind     NodeKind
	Text     string // TextNode
	Tag      string // ElementNode: the AXML name
	Attrs    []Attr
	Children []Node
}

// Attr is a static attribute. Value is a string, bool or float64; the bare
// attribute of <input disabled/> is true.
type Attr struct {
	Name  string
	Value any
}

// HoleKind says what a hole fills.
type HoleKind uint8

// The kinds of holes, numbered as on the wire.
const (
	HoleText HoleKind = iota
	HoleAttr
	HoleClass
	HoleStyle
)

// Hole is a place that the worker fills. Name is the attribute's, for HoleAttr.
type Hole struct {
	Kind HoleKind
	Node int
	Name string
}

// Event is a listener on a node. Name is as after on/catch with a lower first
// letter.
type Event struct {
	Node    int
	Name    string
	Catch   bool
	CatchIf bool // catches while its handler, an expression, names something
	Capture bool
}
