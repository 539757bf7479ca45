package events

import "example.com/tracelab/exectrace/internal/decode"

// Ranges follows the ranges of the runtime, the collector's above all: which go
// on, and since when. Its zero value is ready.
type Ranges struct {
	sync int64 // when the generation began
	open map[RangeID]Range
}

// RangeID says which range it is: of one name and scope, one goes on at a time.
type RangeID struct {
	Name  string
	Scope decode.Scope
	ID    int64 // of the goroutine or processor that it belongs to
}

// Range is one that goes on or has ended.
type Range struct {
	RangeID
	Start     int64
	Goroutine int64 // that began it, or was there when it was found
	Found     bool  // going on, when a generation began
}

// Next returns the range that an event begins or ends. What a generation repeats
// of the one before is no beginning. A range that is found going on has done so
// since the generation began, at the latest.
func (r *Ranges) Next(t *decode.Tables, ev *decode.Event) (x Range, began, ended bool) {
	switch ev.Kind() {
	case decode.SyncKind:
		r.sync = ev.Time
	case decode.RangeEndKind:
		key := rangeID(t, ev)
		x, ended = r.open[key]
		delete(r.open, key)
	case decode.RangeBeginKind, decode.RangeActiveKind:
		x = Range{rangeID(t, ev), ev.Time, ev.Goroutine, ev.Kind() == decode.RangeActiveKind}
		if _, known := r.open[x.RangeID]; known {
			return x, false, false
		}
		if x.Found {
			x.Start = r.sync
		}
		if r.open == nil {
			r.open = map[RangeID]Range{}
		}
		r.open[x.RangeID] = x
		began = true
	}
	return x, began, ended
}

func rangeID(t *decode.Tables, ev *decode.Event) RangeID {
	scope, id := ev.Range()
	return RangeID{t.RangeName(ev), scope, id}
}

// On reports whether a range goes on.
func (r *Ranges) On(x RangeID) bool {
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
func AssistOf(goroutine int64) RangeID {
	return RangeID{decode.AssistRange, decode.OfGoroutine, goroutine}
}
