package delay

import (
	"fmt"
	"math"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace"
)

// lifetimes is the filter for goroutines by the function that they were started
// with, and the one that clips goroutines as go tool trace does.
type lifetimes struct {
	function string // empty: any
	clip     bool
	by       map[trace.GoID]lifetime
	end      exectrace.Time
}

// lifetime is what the tool knows of a goroutine's life, by the rules of
// internal/trace/summary.go.
type lifetime struct {
	run, end exectrace.Time // its first run and its end; zero: none
	named    bool
	matches  bool
}

func newLifetimes(function string, clip bool) *lifetimes {
	return &lifetimes{function: function, clip: clip, by: map[trace.GoID]lifetime{}}
}

func (l *lifetimes) Event(ev *trace.Event) {
	l.end = exectrace.Time(ev.Time())
	if ev.Kind() != trace.EventStateTransition {
		return
	}
	st := ev.StateTransition()
	if st.Resource.Kind == trace.ResourceGoroutine {
		l.transition(&st)
	}
}

func (l *lifetimes) transition(st *trace.StateTransition) {
	from, to := st.Goroutine()
	if from == to {
		return
	}
	id := st.Resource.Goroutine()
	g := l.by[id]
	before := g
	if from == trace.GoNotExist { // a thread of C calls Go again and again as the same goroutine
		g = lifetime{}
	}
	if !g.named {
		if f, ok := startFrame(st.Stack); ok {
			g.named, g.matches = true, f == l.function
		}
	}
	switch {
	case to == trace.GoRunning && g.run == 0:
		g.run = l.end
	case to == trace.GoNotExist, to == trace.GoWaiting && st.Reason == "forever":
		g.end = l.end
	}
	if g != before || from == trace.GoNotExist || from == trace.GoUndetermined {
		l.by[id] = g
	}
}

// startFrame is the function that a goroutine was started with.
func startFrame(s trace.Stack) (function string, ok bool) {
	for f := range s.Frames() {
		function, ok = f.Func, true
	}
	return function, ok
}

func (l *lifetimes) Gap() {}

func (l *lifetimes) times() (goroutineTimes, error) {
	times := goroutineTimes{}
	for id, g := range l.by {
		if l.function != "" && !g.matches {
			continue
		}
		w := window{Start: 0, End: math.MaxInt64}
		if l.clip {
			w = window{Start: g.run, End: l.end}
			if g.end != 0 {
				w.End = g.end
			}
		}
		times[id] = windows{w}
	}
	if len(times) == 0 {
		return nil, fmt.Errorf("the trace has no goroutine that was started with %q: it takes the full name, such as main.main.func1", l.function)
	}
	return times, nil
}
