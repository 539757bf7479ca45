// Package counters counts the goroutines, threads and bytes of heap in a Go
// execution trace: at one moment, over time, and in a summary of the trace.
//
// Its functions read a File in bounded memory. With their results they return
// the parts of it that could not be read. The error is not nil if no event can be read.
package counters

import (
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/analysis"
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/events"
)

// Values are the three counters that go tool trace draws above its timeline, at one
// moment. They are counted as in cmd/trace and internal/trace/traceviewer/emitter.go of
// Go 1.26: a goroutine counts from its first event.
type Values struct {
	Goroutines Goroutines `json:"goroutines"`
	Heap       Heap       `json:"heap"`
	Threads    Threads    `json:"threads"`
}

// Goroutines are numbers of goroutines by their state. Those that wait for anything but
// the garbage collector are not counted.
type Goroutines struct {
	GCWaiting int `json:"gc_waiting"` // waiting in a mark assist
	Runnable  int `json:"runnable"`   // ready to run, waiting for a processor
	Running   int `json:"running"`    // running, or in a system call
}

// Heap is the size of the heap, in bytes.
type Heap struct {
	Allocated uint64 `json:"allocated_bytes"` // live objects, and dead ones that are not yet swept
	Goal      uint64 `json:"goal_bytes"`      // the size at which the next collection is to end; 0: there is none
}

// Threads are numbers of threads of the operating system by their state. A thread in a
// system call keeps its processor for a moment, and then counts as both.
type Threads struct {
	// InSyscall is the number of threads in system calls and C code. It is that of the
	// goroutines there, each of which has a thread. The viewer of Go 1.22 and later
	// always shows 0.
	InSyscall int `json:"in_syscall"`
	Running   int `json:"running"` // threads that have a processor
}

// Follow calls changed for each change of the values, in the order of time, with the
// time since the trace began and the values from then on.
func Follow(f *exectrace.File, changed func(after time.Duration, now Values)) ([]exectrace.Loss, error) {
	follower := NewFollower(f, changed)
	return analysis.Each(f, follower)
}

// NewFollower is Follow for who reads the events: it returns the consumer that calls changed.
func NewFollower(f *exectrace.File, changed func(after time.Duration, now Values)) events.Consumer {
	return &following{counting: countingOf(f), beginning: beginningOf(f), changed: changed}
}

type following struct {
	*counting
	beginning
	before  Values
	changed func(after time.Duration, now Values)
}

func (c *following) Event(t *decode.Tables, ev *decode.Event) {
	c.counting.Event(t, ev)
	after := c.since(ev.Time)
	if c.now != c.before {
		c.before = c.now
		c.changed(after, c.now)
	}
}
