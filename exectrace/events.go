package exectrace

import (
	"iter"

	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/events"
)

// Event is an event of a trace. Methods for the details of one kind of event, such as
// Metric, report false for an event of another kind.
//
// An Event refers to the tables of strings and stacks of its generation, and so keeps
// them in memory.
type Event struct {
	ev decode.Event
	_  uint64 // with t, 16 bytes: as many are copied at a time, and those that were written in two are waited for
	t  *decode.Tables
}

// Events returns an iterator over the events of the trace, in the order of their times
// and consistent with the state transitions of goroutines and processors. It holds no
// more than a generation in memory.
//
// Where the file is damaged, the iterator yields a Loss as the error, with a zero
// Event, and goes on behind the damage. Any other error is the last that is yielded: no
// event could be read.
func (f *File) Events() iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		err := events.ReadKept(f.c,
			func(t *decode.Tables, list []decode.Event) bool {
				e := Event{t: t} // once: to make one of each event takes another copy of it
				for i := range list {
					e.ev = list[i]
					if !yield(e, nil) {
						return false
					}
				}
				return true
			},
			func(l events.Loss) bool { return yield(Event{}, loss(l)) })
		if err != nil {
			yield(Event{}, err)
		}
	}
}

// EventKinds returns the names that Event.Kind can return.
func EventKinds() []string { return decode.KindNames[1:] }

// Kind returns the kind of the event, such as "StateTransition", "RangeBegin" or "Log".
func (e Event) Kind() string { return e.ev.Kind().String() }

// Time returns the time of the event. Events of a trace have times that differ, but for
// those that tell, where a generation begins, the states of goroutines that do nothing in
// it.
func (e Event) Time() Time { return Time(e.ev.Time) }

// Goroutine returns the goroutine that was running where the event happened, just before
// it, or -1 if there was none.
func (e Event) Goroutine() GoID { return GoID(e.ev.Goroutine) }

// Proc returns the processor, a P of the scheduler, that the event happened on, or -1 if
// there was none.
func (e Event) Proc() int64 { return int64(e.ev.P) }

// Thread returns the thread that the event happened on, or -1 if there was none.
func (e Event) Thread() ThreadID { return ThreadID(e.ev.Thread) }

// Concerns reports whether the event happened on the goroutine, or is about it: a change
// of its state, or a range or a label of it.
func (e Event) Concerns(goroutine GoID) bool {
	if e.Goroutine() == goroutine {
		return true
	}
	switch e.ev.Kind() {
	case decode.TransitionKind:
		of, ok := e.ev.OfGoroutine()
		return ok && GoID(of) == goroutine
	case decode.RangeBeginKind, decode.RangeActiveKind, decode.RangeEndKind:
		scope, of := e.ev.Range()
		return scope == decode.OfGoroutine && GoID(of) == goroutine
	}
	return false
}

// Stack returns the stack at which the event happened, the innermost frame first, or nil:
// few kinds of events have one.
func (e Event) Stack() []Frame { return e.frames(e.ev.Stack()) }

func (e Event) frames(stack uint64) []Frame {
	if stack == 0 {
		return nil
	}
	var list []Frame
	for _, f := range e.t.Frames(stack) {
		list = append(list, frame(f))
	}
	return list
}

// String returns the event as go tool trace -d=parsed prints it.
func (e Event) String() string { return string(e.Append(nil)) }

// Append appends the text of String to b and returns the extended buffer.
func (e Event) Append(b []byte) []byte { return e.t.Append(b, &e.ev) }
