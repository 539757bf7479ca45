package events

import "golang.org/x/exp/trace"

// Ranges follows the ranges of the runtime, the collector's above all: which go
// on, and since when. Its zero value is ready.
type Ranges struct {
	sync trace.Time // when the generation began
	open map[trace.Range]Range
}

// Range is one that goes on or has ended.
type Range struct {
	trace.Range
	Start     trace.Time
	Goroutine trace.GoID // that began it, or was there when it was found
	Found     bool       // going on, when a generation began
}

// Next returns the range that an event begins or ends. What a generation repeats
// of the one before is no beginning. A range that is found going on has done so
// since the generation began, at the latest.
func (r *Ranges) Next(ev *trace.Event) (x Range, began, ended bool) {
	switch ev.Kind() {
	case trace.EventSync:
		r.sync = ev.Time()
	case trace.EventRangeEnd:
		key := ev.Range()
		x, ended = r.open[key]
		delete(r.open, key)
	case trace.EventRangeBegin, trace.EventRangeActive:
		x = Range{ev.Range(), ev.Time(), ev.Goroutine(), ev.Kind() == trace.EventRangeActive}
		if _, known := r.open[x.Range]; known {
			return x, false, false
		}
		if x.Found {
			x.Start = r.sync
		}
		if r.open == nil {
			r.open = map[trace.Range]Range{}
		}
		r.open[x.Range] = x
		began = true
	}
	return x, began, ended
}

// On reports whether a range goes on.
func (r *Ranges) On(x trace.Range) bool {
	_, on := r.open[x]
	return on
}

// Forget returns those that go on, in no order, and forgets them: at a gap, and
// at the end.
func (r *Ranges) Forget() (left []Range) {
	for _, x := range r.open {
		left = append(left, x)
	}
	r.open = nil
	return left
}

// AssistOf is the range in which a goroutine marks for the collector.
func AssistOf(g trace.GoID) trace.Range {
	return trace.Range{Name: AssistRange, Scope: trace.MakeResourceID(g)}
}
