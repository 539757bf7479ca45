package exectrace

import (
	"math"
	"slices"
	"testing"
	"time"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace/workload"
)

// script makes events of a trace by hand.
type script struct {
	t      *testing.T
	events []trace.Event
}

// made adds an event at a time, which goroutine g has on processor p.
func made[T trace.EventDetails](s *script, at, g, p int, kind trace.EventKind, details T) {
	s.t.Helper()
	ev, err := trace.MakeEvent(trace.EventConfig[T]{
		Kind: kind, Time: trace.Time(at), Goroutine: trace.GoID(g), Proc: trace.ProcID(p), Thread: trace.ThreadID(p), Details: details,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.events = append(s.events, ev)
}

func (s *script) procs(at, n int) {
	s.t.Helper()
	made(s, at, 1, 0, trace.EventMetric, trace.Metric{Name: "/sched/gomaxprocs:threads", Value: trace.Uint64Value(uint64(n))})
}

func (s *script) goes(at, g, p int, from, to trace.GoState) {
	s.t.Helper()
	made(s, at, g, p, trace.EventStateTransition, trace.MakeGoStateTransition(trace.GoID(g), from, to))
}

func (s *script) during(at, g, p int, kind trace.EventKind, name string) {
	s.t.Helper()
	scope := trace.MakeResourceID(trace.GoID(g))
	if name == "GC incremental sweep" {
		scope = trace.MakeResourceID(trace.ProcID(p))
	}
	made(s, at, g, p, kind, trace.Range{Name: name, Scope: scope})
}

// works has a mark worker run on a processor from one time to another.
func (s *script) works(from, to, g, p int, label string) {
	s.t.Helper()
	s.goes(from, g, p, trace.GoRunnable, trace.GoRunning)
	made(s, from+1, g, p, trace.EventLabel, trace.Label{Label: label, Resource: trace.MakeResourceID(trace.GoID(g))})
	s.goes(to, g, p, trace.GoRunning, trace.GoWaiting)
}

func (s *script) steps(o UtilizationOptions) [][]utilStep {
	var source utilSource = newMutatorSource(o)
	if o.AsGoTool {
		source = newGoToolSource(o)
	}
	for i := range s.events {
		source.event(&s.events[i])
	}
	return source.finish()
}

const begin, active, end = trace.EventRangeBegin, trace.EventRangeActive, trace.EventRangeEnd

const all = GCStopTheWorld | GCBackground | GCAssist | GCSweep

func TestWhoTakesProcessors(t *testing.T) {
	for _, c := range []struct {
		name   string
		o      UtilizationOptions
		script func(*script)
		want   [][]utilStep
	}{
		{"nothing", UtilizationOptions{Work: all}, func(s *script) {}, [][]utilStep{{{0, 1}, {1000, 0}}}},
		{"a worker", UtilizationOptions{Work: all}, func(s *script) {
			s.works(99, 200, 7, 1, "GC (dedicated)")
		}, [][]utilStep{{{0, 1}, {100, 0.5}, {200, 1}, {1000, 0}}}},
		{"a worker that is not asked for", UtilizationOptions{Work: GCStopTheWorld}, func(s *script) {
			s.works(99, 200, 7, 1, "GC (dedicated)")
		}, [][]utilStep{{{0, 1}, {1000, 0}}}},
		{"an idle worker", UtilizationOptions{Work: all}, func(s *script) {
			s.works(99, 200, 7, 1, "GC (idle)")
		}, [][]utilStep{{{0, 1}, {1000, 0}}}},
		{"a worker that runs twice", UtilizationOptions{Work: all}, func(s *script) {
			s.works(99, 200, 7, 1, "GC (fractional)")
			s.works(299, 400, 7, 0, "GC (fractional)")
		}, [][]utilStep{{{0, 1}, {100, 0.5}, {200, 1}, {300, 0.5}, {400, 1}, {1000, 0}}}},
		{"a worker that runs twice, by the tool", UtilizationOptions{Work: all, AsGoTool: true}, func(s *script) {
			s.works(99, 200, 7, 1, "GC (fractional)")
			s.works(299, 400, 7, 1, "GC (fractional)")
		}, [][]utilStep{{{0, 1}, {100, 0.5}, {200, 1}, {299, 0.5}, {1000, 0}}}},
		{"a worker that is idle the next time", UtilizationOptions{Work: all}, func(s *script) {
			s.works(99, 200, 7, 1, "GC (dedicated)")
			s.works(299, 400, 7, 1, "GC (idle)")
		}, [][]utilStep{{{0, 1}, {100, 0.5}, {200, 1}, {1000, 0}}}},
		{"an end without anything left, by the tool", UtilizationOptions{Work: all, AsGoTool: true}, func(s *script) {
			s.during(600, 1, 0, begin, "stop-the-world (GC mark termination)")
		}, [][]utilStep{{{0, 1}, {600, 0}}}},
		{"an end without anything left", UtilizationOptions{Work: all}, func(s *script) {
			s.during(600, 1, 0, begin, "stop-the-world (GC mark termination)")
		}, [][]utilStep{{{0, 1}, {600, 0}, {1000, 0}}}},
		{"stops", UtilizationOptions{Work: all}, func(s *script) {
			s.during(100, 1, 0, begin, "stop-the-world (GC mark termination)")
			s.during(150, 1, 0, end, "stop-the-world (GC mark termination)")
			s.during(200, 1, 0, begin, "stop-the-world (read mem stats)")
			s.during(250, 1, 0, end, "stop-the-world (read mem stats)")
		}, [][]utilStep{{{0, 1}, {100, 0}, {150, 1}, {1000, 0}}}},
		{"an assist that waits, and goes on elsewhere", UtilizationOptions{Work: all}, func(s *script) {
			s.goes(10, 5, 0, trace.GoRunnable, trace.GoRunning)
			s.during(100, 5, 0, begin, "GC mark assist")
			s.goes(200, 5, 0, trace.GoRunning, trace.GoWaiting)
			s.goes(250, 5, 1, trace.GoWaiting, trace.GoRunnable)
			s.goes(300, 5, 1, trace.GoRunnable, trace.GoRunning)
			s.during(400, 5, 1, end, "GC mark assist")
		}, [][]utilStep{{{0, 1}, {100, 0.5}, {200, 1}, {300, 0.5}, {400, 1}, {1000, 0}}}},
		{"sweeping in an assist", UtilizationOptions{Work: all}, func(s *script) {
			s.goes(10, 5, 0, trace.GoRunnable, trace.GoRunning)
			s.during(100, 5, 0, begin, "GC mark assist")
			s.during(150, 5, 0, begin, "GC incremental sweep")
			s.during(200, 5, 0, end, "GC mark assist")
			s.during(300, 5, 0, end, "GC incremental sweep")
		}, [][]utilStep{{{0, 1}, {100, 0.5}, {300, 1}, {1000, 0}}}},
		{"an assist found in progress", UtilizationOptions{Work: all}, func(s *script) {
			s.during(50, 1, 0, begin, "stop-the-world (GC sweep termination)")
			s.during(60, 1, 0, end, "stop-the-world (GC sweep termination)")
			s.goes(100, 5, 1, trace.GoUndetermined, trace.GoRunning)
			s.during(101, 5, 1, active, "GC mark assist")
			s.during(200, 5, 1, end, "GC mark assist")
		}, [][]utilStep{{{0, 0.5}, {50, 0}, {60, 0.5}, {200, 1}, {1000, 0}}}},
		{"a waiting assist found in progress", UtilizationOptions{Work: all}, func(s *script) {
			s.goes(100, 5, 0, trace.GoUndetermined, trace.GoWaiting)
			s.during(101, 5, 0, active, "GC mark assist")
		}, [][]utilStep{{{0, 1}, {1000, 0}}}},
		{"each processor", UtilizationOptions{Work: all, PerProc: true}, func(s *script) {
			s.works(99, 200, 7, 1, "GC (fractional)")
			s.works(300, 400, 7, 0, "GC (dedicated)")
		}, [][]utilStep{{{0, 1}, {100, 0}, {200, 1}, {1000, 0}}, {{0, 1}, {1000, 0}}}},
		{"fewer processors", UtilizationOptions{Work: all}, func(s *script) {
			s.goes(99, 7, 1, trace.GoRunnable, trace.GoRunning)
			s.during(100, 7, 1, begin, "GC mark assist")
			s.procs(200, 1)
			s.procs(300, 4)
			s.works(399, 500, 8, 3, "GC (dedicated)")
		}, [][]utilStep{{{0, 1}, {100, 0.5}, {200, 1}, {300, 1}, {400, 0.75}, {500, 1}, {1000, 0}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &script{t: t}
			s.procs(0, 2)
			c.script(s)
			made(s, 1000, 1, 0, trace.EventLog, trace.Log{Message: "the end"})
			if got := s.steps(c.o); !slices.EqualFunc(got, c.want, slices.Equal) {
				t.Errorf("%v\nwant\n%v", got, c.want)
			}
		})
	}
}

func TestGapEndsASeries(t *testing.T) {
	s := &script{t: t}
	s.procs(0, 2)
	s.works(99, 200, 7, 1, "GC (dedicated)")
	source := newMutatorSource(UtilizationOptions{Work: all})
	for i := range s.events {
		source.event(&s.events[i])
	}
	source.gap()
	later := &script{t: t}
	later.procs(500, 2)
	later.works(599, 700, 7, 1, "GC (dedicated)")
	for i := range later.events {
		source.event(&later.events[i])
	}
	u := newUtilization(source.finish())
	if got := u.MMU(100); got != 0.5 {
		t.Errorf("in 100 ns there is %v", got)
	}
	if from, to := u.Span(); from != 0 || to != 700 || len(u.series) != 2 {
		t.Errorf("from %d to %d in %d series", from, to, len(u.series))
	}
}

func TestWorstWindowsAreApart(t *testing.T) {
	u := newUtilization([][]utilStep{{{0, 1}, {100, 0}, {200, 1}, {400, 0.5}, {500, 1}, {1000, 0}}})
	want := []UtilizationWindow{{100, 100, 0}, {400, 100, 0.5}}
	if got := u.Worst(100, 10); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := u.Worst(5000, 10); len(got) != 1 || got[0].Window != 1000 || math.Abs(got[0].Utilization-0.85) > 1e-12 {
		t.Errorf("of all there is %v", got)
	}
	if got := u.MMU(0); got != 0 {
		t.Errorf("a window of no length has %v", got)
	}
}

// TestUtilizationOfWorkloads has what all traces have in common: a longer
// window that is a multiple is never worse, and nothing is outside of 0 to 1.
func TestUtilizationOfWorkloads(t *testing.T) {
	for _, kind := range workload.Kinds() {
		f, err := FromBytes(record(t, kind, 1))
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range []UtilizationOptions{{Work: all}, {Work: all, PerProc: true}, {Work: all, AsGoTool: true}} {
			u, lost, err := f.Utilization(o)
			if err != nil || len(lost) > 0 {
				t.Fatal(kind, lost, err)
			}
			for window := time.Microsecond; window < time.Minute; window *= 10 {
				short, long := u.MMU(window), u.MMU(2*window)
				if short < 0 || long > 1 || long < short-1e-9 {
					t.Errorf("%s, %+v: %v at %v, %v at twice that", kind, o, short, window, long)
				}
				q := u.Quantiles(window, 0, 0.01, 0.5, 1)
				if q[0] != short || !slices.IsSorted(q) {
					t.Errorf("%s, %+v: quantiles %v at %v", kind, o, q, window)
				}
			}
		}
	}
}
