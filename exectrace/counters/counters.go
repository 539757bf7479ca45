// Package counters counts the goroutines, threads and bytes of heap in a Go
// execution trace: at one moment, over time, and in a summary of the trace.
//
// Its functions read a whole File, in bounded memory. With their results they return
// the parts of it that could not be read. The error is not nil if no event can be read.
package counters

import (
	"fmt"
	"time"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/analysis"
	"example.com/tracelab/exectrace/internal/events"
)

// Values are the three counters that go tool trace draws above its timeline, at one
// moment. They are counted as in cmd/trace and internal/trace/traceviewer/emitter.go of
// Go 1.26: a goroutine counts from its first event, which can be late in the first
// generation if it does nothing.
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
// time since the first event and the values from then on.
func Follow(f *exectrace.File, changed func(after time.Duration, now Values)) ([]exectrace.Loss, error) {
	var before Values
	var start trace.Time
	c := newCounting()
	return analysis.Each(f, c, events.AfterEach(func(ev *trace.Event) {
		if start == 0 {
			start = ev.Time()
		}
		if c.now != before {
			before = c.now
			changed(ev.Time().Sub(start), c.now)
		}
	}))
}

// At returns the values at a time after the first event. It returns an error if that is
// not within the trace.
func At(f *exectrace.File, after time.Duration) (Values, []exectrace.Loss, error) {
	var found Values
	var start, end trace.Time
	c := newCounting()
	lost, err := analysis.Each(f, c, events.AfterEach(func(ev *trace.Event) {
		end = max(end, ev.Time())
		if start == 0 {
			start = end
		}
		if end.Sub(start) <= after {
			found = c.now
		}
	}))
	if err == nil && (after < 0 || after > end.Sub(start)) {
		err = fmt.Errorf("the trace has no moment %v after its beginning: it lasts %v", after, end.Sub(start))
	}
	return found, lost, err
}

// counting keeps Values up to date.
type counting struct {
	now     Values
	waiting int // goroutines that wait for something else
	ranges  events.Ranges
	stuck   map[trace.GoID]bool   // in their assist
	last    trace.StateTransition // of a goroutine
}

func newCounting() *counting {
	return &counting{stuck: map[trace.GoID]bool{}}
}

func (c *counting) Event(ev *trace.Event) {
	switch ev.Kind() {
	case trace.EventStateTransition:
		switch st := ev.StateTransition(); st.Resource.Kind {
		case trace.ResourceGoroutine:
			c.goroutine(st)
		case trace.ResourceProc:
			c.proc(st)
		}
	case trace.EventMetric:
		c.metric(ev.Metric())
	case trace.EventRangeBegin, trace.EventRangeActive, trace.EventRangeEnd:
		if x, began, _ := c.ranges.Next(ev); began && x.Found && x.Name == events.AssistRange {
			c.found(x.Scope)
		}
	}
}

// Gap drops all state: the next generation begins with new statuses.
func (c *counting) Gap() {
	heap := c.now.Heap
	*c = *newCounting()
	c.now.Heap = heap
}

// alive is how many goroutines are known to be there.
func (c *counting) alive() int {
	g := c.now.Goroutines
	return g.GCWaiting + g.Runnable + g.Running + c.waiting
}

func (c *counting) goroutine(st trace.StateTransition) {
	from, to := st.Goroutine()
	c.last = st
	if from == to {
		return
	}
	g := st.Resource.Goroutine()
	c.count(g, from, -1)
	delete(c.stuck, g)
	if to == trace.GoWaiting && c.ranges.On(events.AssistOf(g)) {
		c.stuck[g] = true
	}
	c.count(g, to, 1)
}

func (c *counting) count(g trace.GoID, state trace.GoState, n int) {
	switch state {
	case trace.GoRunnable:
		c.now.Goroutines.Runnable += n
	case trace.GoRunning:
		c.now.Goroutines.Running += n
	case trace.GoSyscall:
		c.now.Goroutines.Running += n
		c.now.Threads.InSyscall += n
	case trace.GoWaiting:
		if c.stuck[g] {
			c.now.Goroutines.GCWaiting += n
		} else {
			c.waiting += n
		}
	}
}

// found takes an assist that is active when a generation begins. The event
// follows the status of its goroutine, which waits in the assist.
func (c *counting) found(assists trace.ResourceID) {
	if c.last.Resource != assists {
		return
	}
	g := assists.Goroutine()
	if _, state := c.last.Goroutine(); state == trace.GoWaiting {
		c.count(g, state, -1)
		c.stuck[g] = true
		c.count(g, state, 1)
	}
}

func (c *counting) proc(st trace.StateTransition) {
	from, to := st.Proc()
	if from.Executing() {
		c.now.Threads.Running--
	}
	if to.Executing() {
		c.now.Threads.Running++
	}
}

// noGoal is what a goal is above when there is none: with GOGC=off it is nearly
// as large as a number can be.
const noGoal = 1 << 50

func (c *counting) metric(m trace.Metric) {
	switch m.Name {
	case "/memory/classes/heap/objects:bytes":
		c.now.Heap.Allocated = m.Value.Uint64()
	case "/gc/heap/goal:bytes":
		c.now.Heap.Goal = m.Value.Uint64()
		if c.now.Heap.Goal > noGoal {
			c.now.Heap.Goal = 0
		}
	}
}
