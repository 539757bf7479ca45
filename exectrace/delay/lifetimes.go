package delay

import (
	"fmt"
	"math"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/decode"
)

// lifetimes is the filter for goroutines by the function that they were started
// with, and the one that clips goroutines as go tool trace does.
type lifetimes struct {
	function string // empty: any
	clip     bool
	by       map[int64]*lifetime
	last     []*lifetime // by the index of the goroutine, that had it last
	end      exectrace.Time
}

// lifetime is what the tool knows of a goroutine's life, by the rules of
// internal/trace/summary.go.
type lifetime struct {
	id       int64
	run, end exectrace.Time // its first run and its end; zero: none
	named    bool
	matches  bool
}

func newLifetimes(function string, clip bool) *lifetimes {
	return &lifetimes{function: function, clip: clip, by: map[int64]*lifetime{}}
}

func (l *lifetimes) Event(t *decode.Tables, ev *decode.Event) {
	l.end = exectrace.Time(ev.Time)
	if id, ok := ev.OfGoroutine(); ok && id != decode.None && ev.From != ev.To {
		l.transition(t, ev, l.find(id, ev.Of))
	}
}

func (l *lifetimes) find(id int64, index int32) *lifetime {
	for int(index) >= len(l.last) {
		l.last = append(l.last, nil)
	}
	if g := l.last[index]; g != nil && g.id == id {
		return g
	}
	g := l.by[id]
	if g == nil {
		g = &lifetime{id: id}
		l.by[id] = g
	}
	l.last[index] = g
	return g
}

func (l *lifetimes) transition(t *decode.Tables, ev *decode.Event, g *lifetime) {
	if ev.From == decode.NotExist { // a thread of C calls Go again and again as the same goroutine
		*g = lifetime{id: g.id}
	}
	if !g.named {
		if f, ok := startFrame(t, ev.TransitionStack()); ok {
			g.named, g.matches = true, f == l.function
		}
	}
	switch {
	case ev.To == decode.Running && g.run == 0:
		g.run = l.end
	case ev.To == decode.NotExist, ev.To == decode.Waiting && t.Text(ev.Reason()) == "forever":
		g.end = l.end
	}
}

// startFrame is the function that a goroutine was started with, by a stack of it.
func startFrame(t *decode.Tables, stack uint64) (function string, ok bool) {
	var room [8]decode.RawFrame
	frames := t.RawFrames(room[:0], stack)
	if len(frames) == 0 {
		return "", false
	}
	return t.Text(frames[len(frames)-1].Func), true
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
