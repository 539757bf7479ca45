package states

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/exp/trace"
)

// execution is what is read of one execution trace.
type execution struct {
	goroutines map[trace.GoID]*goroutine
	tasks      []*task
}

// goroutine is all that it did, without a gap, in the order in which it did it.
type goroutine struct {
	spells  []spell
	assists []spell // during which it works for, or waits for, the collector
}

// spell is a time in one state.
type spell struct {
	from, to trace.Time
	state    string
	stack    trace.Stack // where a wait is
	by       trace.GoID  // who ended a wait
}

// task is a span of package tracing.
type task struct {
	id         trace.TaskID
	name       string
	goroutine  trace.GoID
	begin, end trace.Time
	identity   string // the ids of trace and span, raw
}

// read reads what /debug/pprof/trace answered.
func read(raw []byte) (*execution, error) {
	events, err := trace.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	x := &execution{goroutines: map[trace.GoID]*goroutine{}}
	for {
		ev, err := events.ReadEvent()
		if errors.Is(err, io.EOF) {
			return x, nil
		}
		if err != nil {
			return nil, err
		}
		x.take(ev)
	}
}

func (x *execution) take(ev trace.Event) {
	switch ev.Kind() {
	case trace.EventStateTransition:
		if st := ev.StateTransition(); st.Resource.Kind == trace.ResourceGoroutine {
			x.goroutine(st.Resource.Goroutine()).change(ev, st)
		}
	case trace.EventRangeBegin, trace.EventRangeActive, trace.EventRangeEnd:
		if r := ev.Range(); r.Name == "GC mark assist" && r.Scope.Kind == trace.ResourceGoroutine {
			x.goroutine(r.Scope.Goroutine()).assist(ev)
		}
	case trace.EventTaskBegin:
		x.tasks = append(x.tasks, &task{id: ev.Task().ID, name: ev.Task().Type, goroutine: ev.Goroutine(), begin: ev.Time()})
	case trace.EventTaskEnd:
		for _, t := range x.tasks {
			if t.id == ev.Task().ID && t.end == 0 {
				t.end = ev.Time()
			}
		}
	case trace.EventLog:
		for _, t := range x.tasks {
			if t.id == ev.Log().Task && ev.Log().Category == "span" {
				t.identity = fmt.Sprintf("%x", ev.Log().Message)
			}
		}
	}
}

func (x *execution) goroutine(id trace.GoID) *goroutine {
	if x.goroutines[id] == nil {
		x.goroutines[id] = &goroutine{}
	}
	return x.goroutines[id]
}

// change begins a new spell.
func (g *goroutine) change(ev trace.Event, st trace.StateTransition) {
	from, to := st.Goroutine()
	if n := len(g.spells); n > 0 {
		g.spells[n-1].to = ev.Time()
		if from == trace.GoWaiting && to == trace.GoRunnable {
			g.spells[n-1].by = ev.Goroutine()
		}
	}
	g.spells = append(g.spells, spell{from: ev.Time(), to: ev.Time(), state: state(to, st.Reason), stack: st.Stack})
}

func (g *goroutine) assist(ev trace.Event) {
	if ev.Kind() == trace.EventRangeEnd && len(g.assists) > 0 {
		g.assists[len(g.assists)-1].to = ev.Time()
		return
	}
	g.assists = append(g.assists, spell{from: ev.Time(), to: ev.Time()})
}

// state is the catalogue's word for a state of the tracer.
func state(s trace.GoState, reason string) string {
	switch {
	case s == trace.GoRunning:
		return "running"
	case s == trace.GoRunnable:
		return "runnable"
	case s == trace.GoSyscall:
		return "syscall"
	case s != trace.GoWaiting:
		return "unknown"
	case strings.HasPrefix(reason, "chan "):
		return "channel"
	case strings.HasPrefix(reason, "sync"):
		return "sync"
	case strings.HasPrefix(reason, "GC mark assist"):
		return "gc-assist"
	}
	return reason // network, select, sleep, …
}

// explain says what a goroutine was in from a to b, and for how long. Waits for
// net/http's own goroutines are what those were in meanwhile.
func (x *execution) explain(id trace.GoID, a, b trace.Time) map[string]time.Duration {
	sum := map[string]time.Duration{}
	g := x.goroutine(id)
	for _, s := range g.spells {
		from, to := max(a, s.from), min(b, s.to)
		if from >= to {
			continue
		}
		if s.by != trace.NoGoroutine && s.by != id && waitsForNetHTTP(s.stack) {
			for state, took := range x.explain(s.by, from, to) {
				sum[state] += took
			}
			continue
		}
		assisting := g.assisted(from, to)
		sum["gc-assist"] += assisting
		state := s.state
		if state == "select" && s.by != trace.NoGoroutine {
			state = "channel" // somebody sent or received, or closed it
		}
		sum[state] += time.Duration(to-from) - assisting
	}
	return sum
}

// assisted is how much of the time from a to b lies in assists.
func (g *goroutine) assisted(a, b trace.Time) (sum time.Duration) {
	for _, s := range g.assists {
		sum += max(0, time.Duration(min(b, s.to)-max(a, s.from)))
	}
	return sum
}

func waitsForNetHTTP(stack trace.Stack) bool {
	for f := range stack.Frames() {
		switch f.Func {
		case "net/http.(*persistConn).roundTrip", "net/http.(*Transport).getConn", "net/http.(*persistConn).addTLS":
			return true
		}
	}
	return false
}
