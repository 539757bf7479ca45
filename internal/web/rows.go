package web

import (
	"fmt"

	"example.com/tracelab/internal/zipkin"
)

// row is one line of a waterfall: a span, or the place of a parent that is
// missing, which has no Span.
type row struct {
	Span        *zipkin.Span
	Missing     zipkin.SpanID // the absent parent, when Span is nil
	Key         string        // unique within the trace: the span's id, with -2, -3… if repeated
	Parent      int           // index of the parent's row, or none
	Depth       int           // 0 for a root
	Descendants int           // rows below, which follow this one directly
	Notes       note
	Colour      int
	Same        bool // the parent's service is this one too

	place
}

// growRows turns links into rows in the order of drawing: each span before its
// children, children by start, whole trees before those whose parent is missing.
// It keeps its own stack: a trace may be a chain of 10,000.
func growRows(l links) []row {
	t := newTree(l)
	rows := make([]row, 0, len(l.spans)+len(t.missing))
	keys := make(map[zipkin.SpanID]int, len(l.spans))
	rowOf := make([]int, len(l.spans))
	var stack []int
	grow := func(top []int, under, depth int) {
		stack = append(stack, reversed(top)...)
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			parent, d := under, depth
			if p := l.parent[i]; p != none {
				parent, d = rowOf[p], rows[rowOf[p]].Depth+1
			}
			rowOf[i] = len(rows)
			rows = append(rows, row{Span: l.spans[i], Key: nextKey(keys, l.spans[i].ID), Parent: parent, Depth: d, Notes: l.notes[i]})
			stack = append(stack, reversed(t.children[i])...)
		}
	}
	grow(t.roots, none, 0)
	for _, m := range t.missing {
		under := len(rows)
		rows = append(rows, row{Missing: m.id, Key: "missing-" + m.id.String(), Parent: none})
		grow(m.children, under, 1)
	}
	countDescendants(rows)
	return rows
}

// tree is links turned round: from parents to children.
type tree struct {
	children [][]int
	roots    []int
	missing  []missingParent
}

type missingParent struct {
	id       zipkin.SpanID
	children []int
}

func newTree(l links) tree {
	t := tree{children: make([][]int, len(l.spans))}
	groups := map[zipkin.SpanID]int{}
	for i, s := range l.spans {
		switch p := l.parent[i]; {
		case p != none:
			t.children[p] = append(t.children[p], i)
		case l.notes[i]&orphan == 0:
			t.roots = append(t.roots, i)
		default:
			g, ok := groups[s.ParentID]
			if !ok {
				g = len(t.missing)
				groups[s.ParentID] = g
				t.missing = append(t.missing, missingParent{id: s.ParentID})
			}
			t.missing[g].children = append(t.missing[g].children, i)
		}
	}
	return t
}

func reversed(s []int) []int {
	r := make([]int, len(s))
	for i, v := range s {
		r[len(s)-1-i] = v
	}
	return r
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
