package waterfall

import (
	"math"
	"strconv"

	"example.com/tracelab/internal/zipkin"
)

// row is one line of a waterfall: a span, or a parent that is missing,
// which has no Span.
type row struct {
	Span        *zipkin.Span
	Missing     zipkin.SpanID // the absent parent, when Span is nil
	Key         string        // unique within the trace: the span's id, with -2, -3… if repeated
	Parent      int           // index of the parent's row, or none
	Depth       int           // 0 for a root
	Descendants int           // rows below, which follow this one directly
	Notes       zipkin.Note
	Colour      int
	Callee      int  // the colour of the service that it called
	Same        bool // the parent's service is this one too

	node  int   // of the tree, or none
	moved int64 // was added to the times of the span, so that it starts after 1970
	apart int64 // by how much more than that of its parent
	// lost: it is below a span whose parent is missing, of which it is not known whose
	// request it is part of.
	lost bool

	bar
}

// timed reports whether the start of the row's span is known.
func (r *row) timed() bool { return r.Span != nil && r.Span.Timestamp > 0 }

// start is when the span of a row that is timed is shown to start, in µs since the epoch.
func (r *row) start() int64 { return r.Span.Timestamp + r.moved }

// end saturates, as that of a span.
func (r *row) end() int64 {
	return r.start() + max(0, min(r.Span.Duration, math.MaxInt64-r.start()))
}

// shownAt is a node with the times at which a row's span is shown; none, if it is not timed.
func (r *row) shownAt() (n zipkin.Node) {
	if r.timed() {
		n.Kind, n.Timestamp, n.Duration = r.Span.Kind, r.start(), r.Span.Duration
	}
	return n
}

// none is the index of no row.
const none = -1

// newRows lays out the spans of a trace, of which tree is made, in the order of drawing:
// each span before its children, children by start, whole trees before those whose
// parent is missing.
func newRows(spans []*zipkin.Span, tree *zipkin.Tree) []row {
	g := &grower{
		spans: spans, tree: tree, rows: make([]row, 0, len(spans)), rowOf: make([]int, len(spans)),
		keys: make([]byte, 0, len(spans)*keyLength), used: make(map[zipkin.SpanID]int, len(spans)),
	}
	for i, n := range tree.Nodes {
		if n.Parent == zipkin.None && n.Notes&zipkin.Orphan == 0 {
			g.grow(i, none, 0)
		}
	}
	for _, m := range g.missing() {
		under := len(g.rows)
		g.rows = append(g.rows, row{Missing: m.id, Parent: none, node: none})
		g.key("missing-", m.id, 1)
		for _, i := range m.children {
			g.grow(i, under, 1)
		}
	}
	g.giveKeys()
	countDescendants(g.rows)
	return g.rows
}

// grower makes rows of a tree.
type grower struct {
	spans []*zipkin.Span
	tree  *zipkin.Tree
	rows  []row
	rowOf []int // of each span

	keys []byte // of all rows, one after the other
	ends []int
	used map[zipkin.SpanID]int
}

// grow adds the rows of a span and of all below it.
func (g *grower) grow(top, under, depth int) {
	for i := range g.tree.Below(top) {
		n, parent, d := &g.tree.Nodes[i], under, depth
		if i != top {
			parent = g.rowOf[n.Parent]
			d = g.rows[parent].Depth + 1
		}
		g.rowOf[i] = len(g.rows)
		g.rows = append(g.rows, row{Span: g.spans[i], Parent: parent, Depth: d, Notes: n.Notes, node: i})
		g.used[n.ID]++
		g.key("", n.ID, g.used[n.ID])
	}
}

type missingParent struct {
	id       zipkin.SpanID
	children []int
}

// missing are the parents that are not among the spans.
func (g *grower) missing() (all []missingParent) {
	groups := map[zipkin.SpanID]int{}
	for i, n := range g.tree.Nodes {
		if n.Notes&zipkin.Orphan == 0 {
			continue
		}
		at, ok := groups[n.ParentID]
		if !ok {
			at = len(all)
			groups[n.ParentID] = at
			all = append(all, missingParent{id: n.ParentID})
		}
		all[at].children = append(all[at].children, i)
	}
	return all
}

// keyLength is that of most keys.
const keyLength = 16

// key is that of the row that was added last. All are parts of one string, since a
// trace may have very many.
func (g *grower) key(prefix string, id zipkin.SpanID, nth int) {
	g.keys = appendID(append(g.keys, prefix...), id)
	if nth > 1 {
		g.keys = strconv.AppendInt(append(g.keys, '-'), int64(nth), 10)
	}
	g.ends = append(g.ends, len(g.keys))
}

func (g *grower) giveKeys() {
	all, from := string(g.keys), 0
	for i, end := range g.ends {
		g.rows[i].Key, from = all[from:end], end
	}
}

func appendID(b []byte, id zipkin.SpanID) []byte {
	const digits = "0123456789abcdef"
	for shift := 60; shift >= 0; shift -= 4 {
		b = append(b, digits[id>>shift&15])
	}
	return b
}

func countDescendants(rows []row) {
	for i := len(rows) - 1; i >= 0; i-- {
		if p := rows[i].Parent; p != none {
			rows[p].Descendants += rows[i].Descendants + 1
		}
	}
}
