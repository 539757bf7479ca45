package counters

import (
	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/decode"
)

// counting keeps Values up to date.
type counting struct {
	now     Values
	waiting int      // goroutines that wait for something else
	assists []assist // by goroutine

	knowsAllocated, knowsGoal bool
	earlier                   []*container.File // the generations before what is read
}

// assist says whether a goroutine is in a mark assist, whether it waits, and whether it was in
// the assist when it began to.
type assist struct{ on, idle, waits bool }

func newCounting() *counting { return &counting{} }

// countingOf is newCounting for a file that may be a part of one.
func countingOf(f *exectrace.File) *counting {
	c := newCounting()
	if s := container.Of(f).Span; s != nil {
		c.earlier = s.Earlier
	}
	return c
}

func (c *counting) Event(_ *decode.Tables, ev *decode.Event) {
	switch ev.Type {
	case decode.HeapAlloc:
		c.now.Heap.Allocated, c.knowsAllocated = ev.Args[0], true
	case decode.HeapGoal:
		c.now.Heap.Goal, c.knowsGoal = goal(ev.Args[0]), true
	case decode.GCMarkAssistBegin, decode.GCMarkAssistActive, decode.GCMarkAssistEnd:
		c.assist(ev)
	default:
		switch {
		case ev.OfProc():
			c.proc(ev)
		case ev.Kind() == decode.TransitionKind:
			if c.earlier != nil { // what is known of the heap at the beginning comes before it
				c.lookBack()
			}
			c.goroutine(ev)
		}
	}
}

// Gap drops all state: the next generation begins with new statuses.
func (c *counting) Gap() {
	heap := c.now.Heap
	*c = counting{earlier: c.earlier, knowsAllocated: c.knowsAllocated, knowsGoal: c.knowsGoal}
	c.now.Heap = heap
}

// alive is how many goroutines are known to be there.
func (c *counting) alive() int {
	g := c.now.Goroutines
	return g.GCWaiting + g.Runnable + g.Running + c.waiting
}

func (c *counting) goroutine(ev *decode.Event) {
	if ev.From == ev.To {
		return
	}
	a := c.assistOf(ev.Of)
	c.count(ev.From, a.waits, -1)
	// A status comes before what tells of an assist: what is known is of another goroutine,
	// which had the index before.
	a.on = a.on && ev.To != decode.NotExist && ev.From != decode.Undetermined
	a.idle = ev.To == decode.Waiting
	a.waits = a.on && a.idle
	c.count(ev.To, a.waits, 1)
}

func (c *counting) count(state decode.State, inAssist bool, n int) {
	switch state {
	case decode.Runnable:
		c.now.Goroutines.Runnable += n
	case decode.Running:
		c.now.Goroutines.Running += n
	case decode.Syscall:
		c.now.Goroutines.Running += n
		c.now.Threads.InSyscall += n
	case decode.Waiting:
		if inAssist {
			c.now.Goroutines.GCWaiting += n
		} else {
			c.waiting += n
		}
	}
}

// assist begins or ends an assist. If it is found active when a generation begins, the
// event follows the status of its goroutine, which may wait in the assist.
func (c *counting) assist(ev *decode.Event) {
	of := ev.G
	if ev.Of != decode.None {
		of = ev.Of
	}
	a := c.assistOf(of)
	began := !a.on
	a.on = ev.Type != decode.GCMarkAssistEnd
	if began && ev.Type == decode.GCMarkAssistActive && a.idle {
		c.count(decode.Waiting, a.waits, -1)
		a.waits = true
		c.count(decode.Waiting, a.waits, 1)
	}
}

// assistOf returns what is known of a goroutine.
func (c *counting) assistOf(g int32) *assist {
	if g < 0 {
		return &assist{} // of a damaged trace
	}
	if n := int(g) + 1 - len(c.assists); n > 0 {
		c.assists = append(c.assists, make([]assist, n)...)
	}
	return &c.assists[g]
}

func (c *counting) proc(ev *decode.Event) {
	if ev.From.Executing() {
		c.now.Threads.Running--
	}
	if ev.To.Executing() {
		c.now.Threads.Running++
	}
}

// goal is zero if there is none: with GOGC=off it is nearly as large as a number can be.
func goal(bytes uint64) uint64 {
	if bytes > 1<<50 {
		return 0
	}
	return bytes
}
