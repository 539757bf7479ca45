package exectrace

import (
	"fmt"
	"time"

	"example.com/tracelab/exectrace/internal/events"
	"golang.org/x/exp/trace"
)

// Counters are the three that go tool trace draws above its timeline, counted
// as cmd/trace and internal/trace/traceviewer/emitter.go of Go 1.26 do: a state
// counts from when the trace tells it, which for a goroutine that does nothing
// can be late in the first generation.
type Counters struct {
	Goroutines GoroutineCounts `json:"goroutines"`
	Heap       HeapSize        `json:"heap"`
	Threads    ThreadCounts    `json:"threads"`
}

// GoroutineCounts are goroutines by what they do. Those that wait for anything
// but the collector are in none.
type GoroutineCounts struct {
	GCWaiting int `json:"gc_waiting"` // in a mark assist, for work that others have to do
	Runnable  int `json:"runnable"`
	Running   int `json:"running"` // or in a system call
}

// HeapSize is in bytes.
type HeapSize struct {
	Allocated uint64 `json:"allocated_bytes"` // live and not yet swept objects
	Goal      uint64 `json:"goal_bytes"`      // at which the next collection is to end; 0: there is none
}

// ThreadCounts are threads of the operating system by what they do. One in a
// system call keeps its processor for a moment, and is then in both.
type ThreadCounts struct {
	// InSyscall are in system calls and C code: the goroutines in that state, each
	// of which has a thread. The viewer of Go 1.22 and later has always 0.
	InSyscall int `json:"in_syscall"`
	Running   int `json:"running"` // have a processor
}

// Counters calls changed with each change, in order of time.
func (f *File) Counters(changed func(at Time, now Counters)) ([]Loss, error) {
	var before Counters
	c := newCounting()
	return f.Each(c, events.AfterEach(func(ev *trace.Event) {
		if c.now != before {
			before = c.now
			changed(Time(ev.Time()), c.now)
		}
	}))
}

// CountersAt returns what the counters say that long after the first event. It
// is an error if the trace has ended by then.
func (f *File) CountersAt(after time.Duration) (Counters, []Loss, error) {
	var found Counters
	var start, end Time
	c := newCounting()
	lost, err := f.Each(c, events.AfterEach(func(ev *trace.Event) {
		end = max(end, Time(ev.Time()))
		if start == 0 {
			start = end
		}
		if end.Sub(start) <= after {
			found = c.now
		}
	}))
	if err == nil && (after < 0 || after > end.Sub(start)) {
		err = fmt.Errorf("the trace does not tell of %v after its beginning: it lasts %v", after, end.Sub(start))
	}
	return found, lost, err
}

// counting keeps Counters up to date.
type counting struct {
	now     Counters
	waiting int // goroutines that wait for something else
	assists map[trace.GoID]bool
	stuck   map[trace.GoID]bool // in their assist
	told    trace.StateTransition
}

func newCounting() *counting {
	return &counting{assists: map[trace.GoID]bool{}, stuck: map[trace.GoID]bool{}}
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
		if r := ev.Range(); r.Name == events.AssistRange {
			c.assist(ev.Kind(), r.Scope.Goroutine())
		}
	}
}

// gap forgets what the next generation tells anew.
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
	c.told = st
	if from == to {
		return
	}
	g := st.Resource.Goroutine()
	c.count(g, from, -1)
	delete(c.stuck, g)
	if to == trace.GoWaiting && c.assists[g] {
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

// assist follows who is in one. That a goroutine has been waiting in it is told
// just after that it waits.
func (c *counting) assist(kind trace.EventKind, g trace.GoID) {
	if kind == trace.EventRangeEnd {
		delete(c.assists, g)
		return
	}
	if c.assists[g] {
		return
	}
	c.assists[g] = true
	if kind != trace.EventRangeActive || c.told.Resource != trace.MakeResourceID(g) {
		return
	}
	if _, state := c.told.Goroutine(); state == trace.GoWaiting {
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
