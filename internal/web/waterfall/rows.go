package waterfall

import (
	"fmt"

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

	bar
}

// none is the index of no row.
const none = -1

// newRows lays out the spans of a trace in the order of drawing: each span before
// its children, children by start, whole trees before those whose parent is
// missing.
func newRows(spans []zipkin.Span) []row {
	g := &grower{spans: zipkin.ByStart(spans), keys: make(map[zipkin.SpanID]int, len(spans)), rowOf: make([]int, len(spans))}
	g.tree = zipkin.NewTree(g.spans)
	for i, n := range g.tree.Nodes {
		if n.Parent == zipkin.None && n.Notes&zipkin.Orphan == 0 {
			g.grow(i, none, 0)
		}
	}
	for _, m := range g.missing() {
		under := len(g.rows)
		g.rows = append(g.rows, row{Missing: m.id, Key: "missing-" + m.id.String(), Parent: none})
		for _, i := range m.children {
			g.grow(i, under, 1)
		}
	}
	countDescendants(g.rows)
	return g.rows
}

// grower makes rows of a tree.
type grower struct {
	spans []*zipkin.Span
	tree  *zipkin.Tree
	rows  []row
	rowOf []int // of each span
	keys  map[zipkin.SpanID]int
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
		g.rows = append(g.rows, row{Span: g.spans[i], Key: nextKey(g.keys, n.ID), Parent: parent, Depth: d, Notes: n.Notes})
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

func nextKey(used map[zipkin.SpanID]int, id zipkin.SpanID) string {
	used[id]++
	if n := used[id]; n > 1 {
		return fmt.Sprintf("%s-%d", id, n)
	}
	return id.String()
}

func countDescendants(rows []row) {
	for i := len(rows) - 1; i >= 0; i-- {
		if p := rows[i].Parent; p != none {
			rows[p].Descendants += rows[i].Descendants + 1
		}
	}
}
