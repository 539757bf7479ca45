package compare

import (
	"fmt"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// Traces compares two traces, whose spans may be partial: their longest requests, span by
// span. A span of one is that of the other if their callers are, both are called the
// same, and as many of that name were called before. Nothing is said of chance.
func Traces(a, b []zipkin.Span) (*labapi.Comparison, error) {
	p := &pair{observer: observer{paths: newPaths()}}
	x, err := p.side(a)
	if err != nil {
		return nil, err
	}
	y, err := p.side(b)
	if err != nil {
		return nil, err
	}
	s, err := newSample(p.paths, oneInput(), x, y)
	if err != nil {
		return nil, err
	}
	c := describe(s).comparison(Options{})
	c.Kind, c.Errors, c.Strata = labapi.CompareTraces, nil, nil
	p.align()
	c.Spans = p.rows
	finish(c)
	return c, nil
}

// pair is two traces that are aligned.
type pair struct {
	observer
	traces [2]aligned
	rows   []labapi.AlignedSpan
	left   []place // what is to be told yet, the next last
}

// aligned is one of two traces.
type aligned struct {
	*critical.Trace
	root   int
	onPath []int64
}

// place is where a span of either trace is, or of both: the other is zipkin.None.
type place struct {
	spans [2]int32
	path  int32
	depth int
}

// start is when a span began, after the root did. Zero: it is not known.
func (a *aligned) start(span int32) int64 {
	if at := a.Nodes[span].Start; at != 0 {
		return at - a.Nodes[a.root].Start
	}
	return 0
}

func (p *pair) side(spans []zipkin.Span) (*side, error) {
	t := critical.Of(spans, critical.Options{})
	s := &side{label: "the trace"}
	if len(t.Spans) > 0 {
		s.label = "trace " + t.Spans[0].TraceID.String()
	}
	obs, root, ok := p.observe(t)
	if !ok {
		s.skipped = 1
		return nil, fmt.Errorf("%w in %s: its first span has none", ErrNothing, s.label)
	}
	s.observations = []observation{obs}
	of := aligned{t, root, make([]int64, len(t.Spans))}
	for _, section := range t.Paths[0].Sections {
		of.onPath[section.Span] += section.End - section.Start
	}
	if p.traces[0].Trace == nil {
		p.traces[0] = of
	} else {
		p.traces[1] = of
	}
	return s, nil
}

// align lists the spans of both traces: callers before what they call, in the order of A.
func (p *pair) align() {
	p.left = []place{{spans: [2]int32{int32(p.traces[0].root), int32(p.traces[1].root)}, path: noPath}}
	for len(p.left) > 0 {
		at := p.left[len(p.left)-1]
		p.left = p.left[:len(p.left)-1]
		at.path = p.tell(at)
		children := p.children(at)
		for i := len(children) - 1; i >= 0; i-- {
			p.left = append(p.left, children[i])
		}
	}
}

// tell adds a row, and returns the path of its span.
func (p *pair) tell(at place) int32 {
	row := labapi.AlignedSpan{Depth: at.depth}
	var s *zipkin.Span
	for side, i := range at.spans {
		if i == zipkin.None {
			continue
		}
		s = p.traces[side].Spans[i]
		onPath, start := p.traces[side].onPath[i], p.traces[side].start(i)
		if side == 0 {
			row.A, row.StartAUS, row.DurationAUS, row.OnPathAUS = s.ID.String(), start, s.Duration, onPath
		} else {
			row.B, row.StartBUS, row.DurationBUS, row.OnPathBUS = s.ID.String(), start, s.Duration, onPath
		}
	}
	row.DeltaUS = row.OnPathBUS - row.OnPathAUS
	row.Service, row.Operation = s.Local.ServiceName, s.Name
	path := p.paths.of(at.path, s.Local.ServiceName, s.Name)
	row.Path = p.text(path)
	p.rows = append(p.rows, row)
	return path
}

// sibling tells which of the children of one span a child is.
type sibling struct {
	service, operation string
	nth                int
}

// children aligns what two spans call. What B alone calls comes last.
func (p *pair) children(at place) (children []place) {
	ofB := map[sibling]int32{}
	p.each(1, at, func(s sibling, i int32) { ofB[s] = i })
	p.each(0, at, func(s sibling, i int32) {
		j, both := ofB[s]
		if !both {
			j = zipkin.None
		}
		delete(ofB, s)
		children = append(children, place{[2]int32{i, j}, at.path, at.depth + 1})
	})
	p.each(1, at, func(s sibling, i int32) {
		if _, left := ofB[s]; left {
			children = append(children, place{[2]int32{zipkin.None, i}, at.path, at.depth + 1})
		}
	})
	return children
}

// each calls f for the children of a span of one of the traces, by start.
func (p *pair) each(side int, at place, f func(sibling, int32)) {
	of := at.spans[side]
	if of == zipkin.None {
		return
	}
	nth := map[sibling]int{}
	tree := p.traces[side].Tree
	for i := tree.Nodes[of].FirstChild; i != zipkin.None; i = tree.Nodes[i].NextSibling {
		s := p.traces[side].Spans[i]
		key := sibling{service: s.Local.ServiceName, operation: s.Name}
		nth[key]++
		f(sibling{key.service, key.operation, nth[key]}, i)
	}
}
