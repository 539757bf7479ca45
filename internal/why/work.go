package why

import (
	"math"
	"slices"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/zipkin"
)

// Work is what was done for a request: its spans on one axis of time, over all processes,
// and for each the goroutines that worked for it. It does not change.
type Work struct {
	// Start and End are the time of all spans, in ns since the epoch, on the clock of the
	// process in which the first span ran.
	Start, End int64
	Asked      int        // which of Spans is the one that was asked for
	Spans      []SpanWork // in the order of the tree, each before those below it
	Untimed    int        // spans that are not among these, since nobody says when they were

	tr *trace
}

// SpanWork is a span of a Work. Times are ns since the epoch, on the axis of the Work.
type SpanWork struct {
	ID            zipkin.SpanID
	Depth         int // how many spans of the Work are above it
	Parent        int // which of the Work's spans is its parent; -1: none is
	Service, Name string
	Kind          zipkin.Kind
	Start, End    int64
	Ended         bool
	// Process is which of the input's processes has it in its execution trace; -1: none.
	Process int
	Clock   Clock

	span  *span
	shift int64 // to be added to the span's own clock
}

// Clock says where on the axis the span of another process was placed.
type Clock struct {
	// Elsewhere reports whether the span's process is not that of its parent, so that their
	// clocks had to be compared.
	Elsewhere bool
	// Compared reports whether they could be: by a call, within which its server's span lies.
	// What goes on when its caller has ended, as a consumer does, need not.
	Compared bool
	Moved    int64 // what was added to its clock, in ns
	// Sure reports whether that is right: the span then lies within its caller's by clocks that
	// both processes have. Otherwise it was put in the middle.
	Sure bool
	// Earlier and Later are by how much, in ns, it could lie earlier or later and still lie
	// within its caller's span, as it did in truth.
	Earlier, Later int64
}

// Lay lays a request out: the one that has the span in.Span or, of none, the longest. With
// below, it is the span alone with those below it. The error is as that of Explain.
func Lay(in Input, below bool) (*Work, error) {
	tr := newTrace(in)
	asked, err := tr.asked(in.Span)
	if err != nil {
		return nil, err
	}
	top := asked
	for seen := 0; !below && top.up != nil && seen < len(tr.order); seen++ { // spans may be above each other
		top = top.up
	}
	w := &Work{tr: tr, Start: math.MaxInt64}
	w.add(top)
	for i := range w.Spans {
		s := &w.Spans[i]
		w.Start, w.End = min(w.Start, s.Start), max(w.End, s.End)
		if s.span == asked {
			w.Asked = i
		}
	}
	if len(w.Spans) == 0 {
		return nil, ErrNothing
	}
	return w, nil
}

// add adds a span and those below it.
func (w *Work) add(top *span) {
	type next struct {
		span   *span
		parent int
		shift  int64
	}
	known := map[*span]bool{}
	for left := []next{{top, none, 0}}; len(left) > 0; {
		n := left[len(left)-1]
		left = left[:len(left)-1]
		if known[n.span] {
			continue
		}
		known[n.span] = true
		s := SpanWork{ID: n.span.id, Parent: n.parent, Service: n.span.service, Name: n.span.name, Kind: n.span.kind, Ended: n.span.hasEnded(),
			Process: slices.Index(w.tr.processes, n.span.process), span: n.span, shift: n.shift}
		if n.parent != none {
			s.Depth = w.Spans[n.parent].Depth + 1
			s.Clock = w.Spans[n.parent].span.clock(n.span)
			s.shift += s.Clock.Moved
		}
		parent := len(w.Spans)
		switch s.Start, s.End = n.span.start+s.shift, max(n.span.start, n.span.end)+s.shift; {
		case n.span.start == 0 && n.span.process == nil:
			w.Untimed++
			parent = n.parent
		default:
			w.Spans = append(w.Spans, s)
		}
		for _, c := range slices.Backward(n.span.children) {
			left = append(left, next{c, parent, s.shift})
		}
	}
}

// none is the place of what is not there.
const none = -1

// clock is how the clock of a span below s, which may be in another process, is read on
// that of s.
func (s *span) clock(below *span) Clock {
	if !below.elsewhere(s) {
		return Clock{Sure: true}
	}
	c := Clock{Elsewhere: true, Sure: true}
	if below.kind != zipkin.Consumer && below.kind != zipkin.Producer && below.hasEnded() && s.hasEnded() {
		c.Compared = true
		c.Moved, c.Sure = s.fit(below)
		c.Earlier, c.Later = max(0, below.start+c.Moved-s.start), max(0, s.end-below.end-c.Moved)
	}
	return c
}

// Goroutines is what goroutines did for a span of a Work, by the execution trace of its
// process.
type Goroutines struct {
	// Trace has them; nil: no execution trace covers the span.
	Trace *exectrace.Trace
	Shift int64          // what is to be added to a Time of the Trace for one of the Work's axis
	Task  exectrace.Task // the span, as the Trace has it
	// Segments are what Explain takes the span's time to have been spent on, in order, but for
	// the parts that it was spent on in spans below it of the same process.
	Segments []exectrace.Segment
	// Workers are the goroutines that worked for the span itself, and not for one below it.
	Workers []exectrace.Worker
	// Waits are those of the span itself for goroutines that did not work for it, the longest
	// first. More is how many there are beside these, or that are too short.
	Waits []Held
	More  int
}

// Axis is a moment of the execution trace on the axis of the Work.
func (g *Goroutines) Axis(t exectrace.Time) int64 { return int64(t) + g.Shift }

// Time is the inverse of Axis.
func (g *Goroutines) Time(at int64) exectrace.Time { return exectrace.Time(at - g.Shift) }

// Goroutines finds the goroutines of w.Spans[i].
func (w *Work) Goroutines(i int) Goroutines {
	s := w.Spans[i].span
	if s.process == nil {
		return Goroutines{}
	}
	t := s.process.Trace
	g := Goroutines{Trace: t, Shift: s.process.offset + w.Spans[i].shift, Task: s.task}
	all := t.Breakdown(s.task)
	for _, segment := range all {
		if w.tr.spanOf(s, segment.Task) == s {
			g.Segments = append(g.Segments, segment)
		}
	}
	for _, worker := range t.Workers(s.task, all) {
		if w.tr.spanOf(s, worker.Task) == s {
			g.Workers = append(g.Workers, worker)
		}
	}
	g.held(s.process, exectrace.Time((w.End-w.Start)/leastShown))
	return g
}
