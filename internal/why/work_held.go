package why

import (
	"cmp"
	"slices"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/zipkin"
)

// Held is a wait of a span for goroutines that did not work for it, such as one that held a
// mutex.
type Held struct {
	Segment exectrace.Segment
	Stack   []string // where it waited, as "function (file:line)", the innermost first
	// Holders are what was waited for: first the goroutine that ended the wait, and then those
	// that this one waited for meanwhile, in the order of their times. More is how many there
	// are beside these.
	Holders []Holder
	More    int
}

// Holder is a goroutine that another waited for.
type Holder struct {
	Goroutine exectrace.GoID
	From, To  exectrace.Time // from the first to the last of its times
	Took      exectrace.Time // in which it was what was waited for, in ns
	State     string         // that of most of this time, and where it was then
	Stack     []string
	// Served are the requests that it served meanwhile, in the order of time. Empty: none is
	// known. MoreServed is how many there are beside these.
	Served     []Served
	MoreServed int
}

// Served is a span that a goroutine worked for.
type Served struct {
	TraceID   zipkin.TraceID
	SpanID    zipkin.SpanID
	Operation string
	Inferred  bool // from whom it woke next
}

// Bounds of what is said of waits.
const (
	maxHeld    = 6 // of a span
	maxHolders = 4 // of a wait
	maxServed  = 4 // of a holder
)

// held finds what the span itself waited for, for at least so long.
func (g *Goroutines) held(p *process, least exectrace.Time) {
	var all []exectrace.Segment
	for _, segment := range g.Segments {
		if segment.WokenBy != 0 {
			all = append(all, segment)
		}
	}
	slices.SortStableFunc(all, func(a, b exectrace.Segment) int { return -cmp.Compare(a.End-a.Start, b.End-b.Start) })
	for i, segment := range all {
		if i == maxHeld || segment.End-segment.Start < least {
			g.More = len(all) - i
			return
		}
		g.Waits = append(g.Waits, heldBy(p, segment))
	}
}

// heldBy says what was waited for in a segment.
func heldBy(p *process, segment exectrace.Segment) Held {
	h := Held{Segment: segment, Stack: Frames(p.Trace.SegmentStack(segment))}
	longest := map[exectrace.GoID]exectrace.Time{}
	for _, x := range p.Trace.WakerSegments(segment) {
		i := slices.IndexFunc(h.Holders, func(o Holder) bool { return o.Goroutine == x.Goroutine })
		if i < 0 {
			i = len(h.Holders)
			h.Holders = append(h.Holders, Holder{Goroutine: x.Goroutine, From: x.Start})
		}
		o := &h.Holders[i]
		o.To, o.Took = x.End, o.Took+x.End-x.Start
		if took := x.End - x.Start; took > longest[o.Goroutine] {
			longest[o.Goroutine] = took
			o.State, o.Stack = x.State.String(), Frames(p.Trace.SegmentStack(x))
		}
		p.addServed(o, x)
	}
	slices.SortStableFunc(h.Holders, func(a, b Holder) int { // who ended the wait comes first
		return cmp.Compare(after(a, segment), after(b, segment))
	})
	if more := len(h.Holders) - maxHolders; more > 0 {
		h.Holders, h.More = h.Holders[:maxHolders], more
	}
	for i := range h.Holders {
		if o := &h.Holders[i]; len(o.Served) > maxServed {
			o.Served, o.MoreServed = o.Served[:maxServed], len(o.Served)-maxServed
		}
	}
	return h
}

func after(h Holder, segment exectrace.Segment) int {
	if h.Goroutine == segment.WokenBy {
		return 0
	}
	return 1
}

// addServed adds the request that a goroutine served in a segment.
func (p *process) addServed(o *Holder, x exectrace.Segment) {
	span, task, ok := p.spanAround(x.Task)
	if !ok {
		return
	}
	s := Served{TraceID: zipkin.TraceIDOf(span.TraceID), SpanID: zipkin.SpanIDOf(span.ID), Operation: task.Name, Inferred: x.Inferred}
	i := slices.IndexFunc(o.Served, func(k Served) bool { return k.TraceID == s.TraceID && k.SpanID == s.SpanID })
	if i < 0 {
		o.Served = append(o.Served, s)
		return
	}
	o.Served[i].Inferred = o.Served[i].Inferred && s.Inferred
}
