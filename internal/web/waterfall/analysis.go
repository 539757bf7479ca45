package waterfall

import (
	"slices"

	"example.com/tracelab/internal/analysis/critical"
)

// analyse finds the critical path of each request and, unless the clocks are shown raw,
// moves the rows to where they are once the differences of clocks are removed.
func (w *Waterfall) analyse(raw bool) {
	w.path = critical.OfTree(w.spans, w.tree, critical.Options{})
	if !raw && len(w.path.Shifts) > 0 {
		for i := range w.Rows {
			w.move(&w.Rows[i])
		}
		w.Axis = layout(w.Rows)
	}
	w.noteLost()
}

func (w *Waterfall) move(r *row) {
	if !r.timed() {
		return
	}
	if shift := w.path.Shift(r.node); r.Span.Timestamp+shift > 0 {
		r.moved = shift
	}
	if r.Parent != none && w.Rows[r.Parent].timed() {
		r.apart = r.moved - w.Rows[r.Parent].moved
	}
}

// noteLost notes the rows below local roots that are no requests of their own.
func (w *Waterfall) noteLost() {
	rowOf := w.rowOfNode()
	for _, p := range w.path.Paths {
		if p.Request {
			continue
		}
		at := rowOf[p.Root]
		for i := at; i <= at+w.Rows[at].Descendants; i++ {
			w.Rows[i].lost = true
		}
	}
}

// rowOfNode has the row of each node of the tree, or none.
func (w *Waterfall) rowOfNode() []int {
	rowOf := make([]int, len(w.spans))
	for i := range rowOf {
		rowOf[i] = none
	}
	for i := range w.Rows {
		if n := w.Rows[i].node; n != none {
			rowOf[n] = i
		}
	}
	return rowOf
}

// under is the part of a trace that was analysed below row i, with a path of its own, and
// an axis of its own whose zero is that of the trace.
func (w *Waterfall) under(i int) *Waterfall {
	part := *w
	top := w.Rows[i]
	part.Rows = slices.Clone(w.Rows[i : i+top.Descendants+1])
	for n := range part.Rows {
		r := &part.Rows[n]
		r.Depth -= top.Depth
		if r.Parent -= i; n == 0 {
			r.Parent = none
		}
		r.lost = r.lost && top.Span == nil
	}
	if top.Span != nil {
		part.path = w.path.Under(top.node, critical.Options{})
	}
	part.Axis = layout(part.Rows)
	part.Axis.Zero, part.Axis.Length = w.Axis.Zero, w.Axis.Length
	return &part
}

// measured is what the path says of a row, which is nothing of one that is lost.
func (w *Waterfall) measured(r *row) critical.Node {
	n := w.path.Nodes[r.node]
	if r.lost {
		n.OnPath, n.Total, n.Drag, n.Slack = 0, 0, 0, critical.Unknown
	}
	return n
}

// section is a part of a critical path, where it is drawn.
type section struct {
	row      int
	from, to int64 // µs since the epoch
}

// sections are those of the requests of which there are rows, in the order of time in
// each, and that of the longest request first.
func (w *Waterfall) sections() (all []section) {
	rowOf := w.rowOfNode()
	for _, p := range w.path.Paths {
		if !p.Request {
			continue
		}
		all = slices.Grow(all, len(p.Sections))
		for _, s := range p.Sections {
			at := rowOf[s.Span]
			if at == none {
				continue
			}
			shown := w.Rows[at].moved - w.path.Shift(s.Span)
			all = append(all, section{at, s.Start + shown, s.End + shown})
		}
	}
	return all
}
