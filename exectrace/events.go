package exectrace

import (
	"fmt"
	"iter"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace/internal/events"
)

// Event is an event of a trace. Methods for the details of one kind of event, such as
// Metric, report false for an event of another kind.
//
// An Event refers to the tables of strings and stacks of its generation, and so keeps
// them in memory.
type Event struct{ ev trace.Event }

// Events returns an iterator over the events of the trace, in the order of their times
// and consistent with the state transitions of goroutines and processors. It holds no
// more than a generation in memory.
//
// Where the file is damaged, the iterator yields a Loss as the error, with a zero
// Event, and goes on with the next generation. The states of goroutines and processors
// are not known there until their next event. Any other error is the last that is
// yielded: no event could be read.
func (f *File) Events() iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		err := events.Read(f.c,
			func(ev *trace.Event) bool { return yield(Event{*ev}, nil) },
			func(l events.Loss) bool { return yield(Event{}, Loss(l)) })
		if err != nil {
			yield(Event{}, err)
		}
	}
}

// EventKinds returns the names that Event.Kind can return.
func EventKinds() []string {
	var names []string
	for k := trace.EventBad + 1; k.String() != trace.EventBad.String(); k++ {
		names = append(names, k.String())
	}
	return names
}

// Kind returns the kind of the event, such as "StateTransition", "RangeBegin" or "Log".
func (e Event) Kind() string { return e.ev.Kind().String() }

// Time returns the time of the event. No two events of a trace have the same.
func (e Event) Time() Time { return Time(e.ev.Time()) }

// Goroutine returns the goroutine that was running where the event happened, just before
// it, or -1 if there was none.
func (e Event) Goroutine() GoID { return GoID(e.ev.Goroutine()) }

// Proc returns the processor, a P of the scheduler, that the event happened on, or -1 if
// there was none.
func (e Event) Proc() int64 { return int64(e.ev.Proc()) }

// Thread returns the thread that the event happened on, or -1 if there was none.
func (e Event) Thread() ThreadID { return ThreadID(e.ev.Thread()) }

// Concerns reports whether the event happened on the goroutine, or is about it: a change
// of its state, or a range or a label of it.
func (e Event) Concerns(goroutine GoID) bool {
	if e.Goroutine() == goroutine {
		return true
	}
	to, ok := e.resource()
	return ok && to.Kind == trace.ResourceGoroutine && GoID(to.Goroutine()) == goroutine
}

// Stack returns the stack at which the event happened, the innermost frame first, or nil:
// few kinds of events have one.
func (e Event) Stack() []Frame { return frames(e.ev.Stack()) }

func frames(s trace.Stack) []Frame {
	var list []Frame
	for f := range s.Frames() {
		list = append(list, frame(f))
	}
	return list
}

// String returns the event as go tool trace -d=parsed prints it.
func (e Event) String() (s string) {
	defer func() {
		if p := recover(); p != nil {
			s = fmt.Sprintf("M=%d P=%d G=%d %s Time=%d cannot be decoded: %v", e.Thread(), e.Proc(), e.Goroutine(), e.Kind(), e.Time(), p)
		}
	}()
	return e.ev.String()
}

// Append appends the text of String to b and returns the extended buffer.
func (e Event) Append(b []byte) []byte { return append(b, e.String()...) }
