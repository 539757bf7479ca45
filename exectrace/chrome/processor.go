package chrome

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/table"
)

// processors are rows with the goroutines that ran on each.
func (c *writer) processors(turns *table.List[turn]) {
	named := map[int32]bool{}
	for _, t := range turns.All() {
		if !c.has(t.goroutine) {
			continue
		}
		if !named[t.processor] {
			named[t.processor] = true
			c.add(event{name: "thread_name", category: namesOfRows, phase: metadata, pid: rowsOfProcessors, tid: int64(t.processor), args: []arg{text("name", fmt.Sprintf("processor %d", t.processor))}})
		}
		g, _ := c.t.Goroutine(t.goroutine)
		c.slice(event{name: cmp.Or(g.Name, "goroutine"), category: "processor", pid: rowsOfProcessors, tid: int64(t.processor), args: []arg{number("goroutine", int64(t.goroutine))}}, t.since, t.until)
	}
}

// turn is a time that a goroutine has a processor.
type turn struct {
	goroutine    exectrace.GoID
	since, until exectrace.Time
	processor    int32
}

// running follows who runs on which processor.
type running struct {
	x    *Export
	on   map[int32]turn
	sync exectrace.Time // when the generation began
	now  exectrace.Time
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
		r.run(turn{exectrace.GoID(g), since, 0, ev.P})
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

func (r *running) run(next turn) {
	p := next.processor
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
	t.until = r.now
	r.x.turns.Add(t)
}
