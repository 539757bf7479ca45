package counters

import "example.com/tracelab/exectrace/internal/decode"

// counting keeps Values up to date.
type counting struct {
	now     Values
	waiting int      // goroutines that wait for something else
	assists []assist // by goroutine
	waits   int32    // the goroutine of the last transition, if that has it wait
}

// assist says whether a goroutine is in a mark assist, and was when it began to wait.
type assist struct{ on, waits bool }

func newCounting() *counting { return &counting{waits: decode.None} }

func (c *counting) Event(_ *decode.Tables, ev *decode.Event) {
	switch ev.Type {
	case decode.HeapAlloc:
		c.now.Heap.Allocated = ev.Args[0]
	case decode.HeapGoal:
		c.now.Heap.Goal = goal(ev.Args[0])
	case decode.GCMarkAssistBegin, decode.GCMarkAssistActive, decode.GCMarkAssistEnd:
		c.assist(ev)
	default:
		switch {
		case ev.OfProc():
			c.proc(ev)
		case ev.Kind() == decode.TransitionKind:
			c.goroutine(ev)
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

func (c *counting) goroutine(ev *decode.Event) {
	c.waits = decode.None
	if ev.To == decode.Waiting {
		c.waits = ev.Of
	}
	if ev.From == ev.To {
		return
	}
	a := c.assistOf(ev.Of)
	c.count(ev.From, a.waits, -1)
	a.on = a.on && ev.To != decode.NotExist
	a.waits = a.on && ev.To == decode.Waiting
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
	if began && ev.Type == decode.GCMarkAssistActive && of == c.waits {
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
