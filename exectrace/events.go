package exectrace

import (
	"fmt"
	"iter"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace/internal/events"
)

// Event is an event of the trace. The decoder orders events so that their state
// transitions are consistent.
//
// An Event references the tables of its generation: they live as long as it does.
type Event struct{ ev trace.Event }

// Events returns the events of the trace in their order, validated.
//
// Where the file is damaged, the error is a Loss: reading goes on with the next
// generation, and what was known of goroutines and processors does not hold any
// more. An error that is no Loss is the last one: nothing could be read.
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

// EventKinds are the names that Kind returns.
func EventKinds() []string {
	var names []string
	for k := trace.EventBad + 1; k.String() != trace.EventBad.String(); k++ {
		names = append(names, k.String())
	}
	return names
}

// Kind is what happened, such as StateTransition, RangeBegin or Log.
func (e Event) Kind() string { return e.ev.Kind().String() }

// Time is when it happened. No two events have the same.
func (e Event) Time() Time { return Time(e.ev.Time()) }

// Goroutine is the one that was running there, before the event. It is -1 if
// none was.
func (e Event) Goroutine() GoID { return GoID(e.ev.Goroutine()) }

// Proc is the processor, a P of the scheduler, that it happened on, or -1.
func (e Event) Proc() int64 { return int64(e.ev.Proc()) }

// Thread is the operating system's number of the thread, or -1.
func (e Event) Thread() ThreadID { return ThreadID(e.ev.Thread()) }

// Concerns reports whether it happened on the goroutine, or to it.
func (e Event) Concerns(goroutine GoID) bool {
	if e.Goroutine() == goroutine {
		return true
	}
	to, ok := e.resource()
	return ok && to.Kind == trace.ResourceGoroutine && GoID(to.Goroutine()) == goroutine
}

// Stack is where the code was that it happened in, the innermost frame first.
// Few kinds of events say so.
func (e Event) Stack() []Frame { return frames(e.ev.Stack()) }

func frames(s trace.Stack) []Frame {
	var list []Frame
	for f := range s.Frames() {
		list = append(list, frame(f))
	}
	return list
}

// String is the event as go tool trace -d=parsed prints it.
func (e Event) String() (s string) {
	defer func() {
		if p := recover(); p != nil {
			s = fmt.Sprintf("M=%d P=%d G=%d %s Time=%d cannot be decoded: %v", e.Thread(), e.Proc(), e.Goroutine(), e.Kind(), e.Time(), p)
		}
	}()
	return e.ev.String()
}

// Append appends what String returns.
func (e Event) Append(b []byte) []byte { return append(b, e.String()...) }
