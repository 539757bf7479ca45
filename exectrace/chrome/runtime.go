package chrome

import "example.com/tracelab/exectrace"

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

// values writes the counters that go tool trace draws, at one moment.
func (c *writer) values(p point) {
	v := p.values
	for _, one := range []event{
		{name: "goroutines", args: []arg{number("GC waiting", int64(v.Goroutines.GCWaiting)), number("runnable", int64(v.Goroutines.Runnable)), number("running", int64(v.Goroutines.Running))}},
		{name: "heap", args: []arg{number("allocated", int64(v.Heap.Allocated)), number("goal", int64(v.Heap.Goal))}},
		{name: "threads", args: []arg{number("in syscall", int64(v.Threads.InSyscall)), number("running", int64(v.Threads.Running))}},
	} {
		one.category, one.phase, one.at, one.pid = "counter", counter, exectrace.Time(p.at), rowsOfCounters
		c.add(one)
	}
}
