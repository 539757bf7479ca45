package chrome

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/counters"
	"example.com/tracelab/exectrace/internal/analysis"
	"example.com/tracelab/exectrace/internal/decode"
)

// ranges are rows of the runtime: one of the whole program, and one for what a
// goroutine or processor did for the collector.
func (c *writer) ranges() {
	for r := range c.t.Ranges() {
		e := event{name: r.Name, category: "runtime", pid: rowsOfRuntime}
		if r.Goroutine != 0 && !c.has(r.Goroutine) {
			continue
		}
		if r.Goroutine != 0 {
			e.args = []arg{number("goroutine", int64(r.Goroutine))}
		}
		c.async(e, r.Start, r.End)
	}
}

// counterSteps is into how many parts the time is divided, of each of which a counter has
// the first value. In less time, as when a part is written, all values are.
const counterSteps = 5000

// counters writes the three that go tool trace draws.
func (c *writer) counters(f *exectrace.File) {
	step := max(c.to.Sub(c.from), 0) / counterSteps
	next := c.since(c.from)
	var before counters.Values
	began := false
	_, err := counters.Follow(f, func(after time.Duration, now counters.Values) {
		at := exectrace.Time(after)
		if at > c.since(c.to) {
			return
		}
		if at < next {
			before = now
			return
		}
		if !began && at > next {
			c.values(max(next, 0), before)
		}
		began = true
		c.values(at, now)
		next = at + exectrace.Time(step)
	})
	if c.err == nil {
		c.err = err
	}
}

func (c *writer) values(at exectrace.Time, v counters.Values) {
	for _, one := range []event{
		{name: "goroutines", args: []arg{number("GC waiting", int64(v.Goroutines.GCWaiting)), number("runnable", int64(v.Goroutines.Runnable)), number("running", int64(v.Goroutines.Running))}},
		{name: "heap", args: []arg{number("allocated", int64(v.Heap.Allocated)), number("goal", int64(v.Heap.Goal))}},
		{name: "threads", args: []arg{number("in syscall", int64(v.Threads.InSyscall)), number("running", int64(v.Threads.Running))}},
	} {
		one.category, one.phase, one.at, one.pid = "counter", counter, at, rowsOfCounters
		c.add(one)
	}
}

// processors are rows with the goroutines that ran on each.
func (c *writer) processors(f *exectrace.File) {
	p := &running{c: c, on: map[int32]turn{}, named: map[int32]bool{}}
	_, err := analysis.Each(f, p)
	p.Gap()
	if c.err == nil {
		c.err = err
	}
}

// running follows who runs on which processor.
type running struct {
	c     *writer
	on    map[int32]turn
	named map[int32]bool
	sync  exectrace.Time // when the generation began
	now   exectrace.Time
}

// turn is a time that a goroutine has a processor.
type turn struct {
	goroutine int64
	since     exectrace.Time
}

func (r *running) Event(_ *decode.Tables, ev *decode.Event) {
	r.now = exectrace.Time(ev.Time)
	g, ofGoroutine := ev.OfGoroutine()
	switch {
	case ev.Kind() == decode.SyncKind:
		r.sync = r.now
	case ev.OfProc():
		if ev.To == decode.Idle {
			r.stop(ev.Of)
		}
	case !ofGoroutine, ev.From == ev.To:
	case ev.To.Executing(): // after a call that has lost its processor, with another one
		since := r.now
		if ev.From == decode.Undetermined { // it has run since the generation began
			since = r.sync
		}
		r.run(ev.P, turn{g, since})
	case ev.From.Executing():
		r.stop(ev.P)
	}
}

// Gap ends all turns: the next generation begins with new statuses.
func (r *running) Gap() {
	for _, p := range slices.Sorted(maps.Keys(r.on)) {
		r.stop(p)
	}
}

func (r *running) run(p int32, next turn) {
	if t, ok := r.on[p]; p == decode.None || ok && t.goroutine == next.goroutine {
		return
	}
	r.stop(p)
	r.on[p] = next
}

func (r *running) stop(p int32) {
	t, ok := r.on[p]
	if !ok {
		return
	}
	delete(r.on, p)
	id := exectrace.GoID(t.goroutine)
	if !r.c.has(id) {
		return
	}
	if !r.named[p] {
		r.named[p] = true
		r.c.add(event{name: "thread_name", category: namesOfRows, phase: metadata, pid: rowsOfProcessors, tid: int64(p), args: []arg{text("name", fmt.Sprintf("processor %d", p))}})
	}
	g, _ := r.c.t.Goroutine(id)
	r.c.slice(event{name: cmp.Or(g.Name, "goroutine"), category: "processor", pid: rowsOfProcessors, tid: int64(p), args: []arg{number("goroutine", int64(id))}}, t.since, r.now)
}
