package mmu

import (
	"math"
	"slices"
	"testing"
	"time"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/eventstest"
	"example.com/tracelab/internal/testbed/workload"
)

func steps(s *eventstest.Script, o Options) [][]utilStep {
	var source utilSource = newMutatorSource(o)
	if o.AsGoTool {
		source = newGoToolSource(o)
	}
	s.Each(source)
	return source.finish()
}

const begin, active, end = trace.EventRangeBegin, trace.EventRangeActive, trace.EventRangeEnd

const all = allWork

func TestWhoTakesProcessors(t *testing.T) {
	for _, c := range []struct {
		name   string
		o      Options
		script func(*eventstest.Script)
		want   [][]utilStep
	}{
		{"nothing", Options{Work: all}, func(s *eventstest.Script) {}, [][]utilStep{{{0, 1}, {1000, 0}}}},
		{"a worker", Options{Work: all}, func(s *eventstest.Script) {
			s.Works(99, 200, 7, 1, "GC (dedicated)")
		}, [][]utilStep{{{0, 1}, {100, 0.5}, {200, 1}, {1000, 0}}}},
		{"a worker that is not asked for", Options{Work: GCStopTheWorld}, func(s *eventstest.Script) {
			s.Works(99, 200, 7, 1, "GC (dedicated)")
		}, [][]utilStep{{{0, 1}, {1000, 0}}}},
		{"an idle worker", Options{Work: all}, func(s *eventstest.Script) {
			s.Works(99, 200, 7, 1, "GC (idle)")
		}, [][]utilStep{{{0, 1}, {1000, 0}}}},
		{"a worker that runs twice", Options{Work: all}, func(s *eventstest.Script) {
			s.Works(99, 200, 7, 1, "GC (fractional)")
			s.Works(299, 400, 7, 0, "GC (fractional)")
		}, [][]utilStep{{{0, 1}, {100, 0.5}, {200, 1}, {300, 0.5}, {400, 1}, {1000, 0}}}},
		{"a worker that runs twice, by the tool", Options{Work: all, AsGoTool: true}, func(s *eventstest.Script) {
			s.Works(99, 200, 7, 1, "GC (fractional)")
			s.Works(299, 400, 7, 1, "GC (fractional)")
		}, [][]utilStep{{{0, 1}, {100, 0.5}, {200, 1}, {299, 0.5}, {1000, 0}}}},
		{"a worker that is idle the next time", Options{Work: all}, func(s *eventstest.Script) {
			s.Works(99, 200, 7, 1, "GC (dedicated)")
			s.Works(299, 400, 7, 1, "GC (idle)")
		}, [][]utilStep{{{0, 1}, {100, 0.5}, {200, 1}, {1000, 0}}}},
		{"an end without anything left, by the tool", Options{Work: all, AsGoTool: true}, func(s *eventstest.Script) {
			s.During(600, 1, 0, begin, "stop-the-world (GC mark termination)")
		}, [][]utilStep{{{0, 1}, {600, 0}}}},
		{"an end without anything left", Options{Work: all}, func(s *eventstest.Script) {
			s.During(600, 1, 0, begin, "stop-the-world (GC mark termination)")
		}, [][]utilStep{{{0, 1}, {600, 0}, {1000, 0}}}},
		{"stops", Options{Work: all}, func(s *eventstest.Script) {
			s.During(100, 1, 0, begin, "stop-the-world (GC mark termination)")
			s.During(150, 1, 0, end, "stop-the-world (GC mark termination)")
			s.During(200, 1, 0, begin, "stop-the-world (read mem stats)")
			s.During(250, 1, 0, end, "stop-the-world (read mem stats)")
		}, [][]utilStep{{{0, 1}, {100, 0}, {150, 1}, {1000, 0}}}},
		{"an assist that waits, and goes on elsewhere", Options{Work: all}, func(s *eventstest.Script) {
			s.Goes(10, 5, 0, trace.GoRunnable, trace.GoRunning)
			s.During(100, 5, 0, begin, "GC mark assist")
			s.Goes(200, 5, 0, trace.GoRunning, trace.GoWaiting)
			s.Goes(250, 5, 1, trace.GoWaiting, trace.GoRunnable)
			s.Goes(300, 5, 1, trace.GoRunnable, trace.GoRunning)
			s.During(400, 5, 1, end, "GC mark assist")
		}, [][]utilStep{{{0, 1}, {100, 0.5}, {200, 1}, {300, 0.5}, {400, 1}, {1000, 0}}}},
		{"sweeping in an assist", Options{Work: all}, func(s *eventstest.Script) {
			s.Goes(10, 5, 0, trace.GoRunnable, trace.GoRunning)
			s.During(100, 5, 0, begin, "GC mark assist")
			s.During(150, 5, 0, begin, "GC incremental sweep")
			s.During(200, 5, 0, end, "GC mark assist")
			s.During(300, 5, 0, end, "GC incremental sweep")
		}, [][]utilStep{{{0, 1}, {100, 0.5}, {300, 1}, {1000, 0}}}},
		{"an assist found in progress", Options{Work: all}, func(s *eventstest.Script) {
			s.During(50, 1, 0, begin, "stop-the-world (GC sweep termination)")
			s.During(60, 1, 0, end, "stop-the-world (GC sweep termination)")
			s.Goes(100, 5, 1, trace.GoUndetermined, trace.GoRunning)
			s.During(101, 5, 1, active, "GC mark assist")
			s.During(200, 5, 1, end, "GC mark assist")
		}, [][]utilStep{{{0, 0.5}, {50, 0}, {60, 0.5}, {200, 1}, {1000, 0}}}},
		{"a waiting assist found in progress", Options{Work: all}, func(s *eventstest.Script) {
			s.Goes(100, 5, 0, trace.GoUndetermined, trace.GoWaiting)
			s.During(101, 5, 0, active, "GC mark assist")
		}, [][]utilStep{{{0, 1}, {1000, 0}}}},
		{"each processor", Options{Work: all, PerProc: true}, func(s *eventstest.Script) {
			s.Works(99, 200, 7, 1, "GC (fractional)")
			s.Works(300, 400, 7, 0, "GC (dedicated)")
		}, [][]utilStep{{{0, 1}, {100, 0}, {200, 1}, {1000, 0}}, {{0, 1}, {1000, 0}}}},
		{"fewer processors", Options{Work: all}, func(s *eventstest.Script) {
			s.Goes(99, 7, 1, trace.GoRunnable, trace.GoRunning)
			s.During(100, 7, 1, begin, "GC mark assist")
			s.Procs(200, 1)
			s.Procs(300, 4)
			s.Works(399, 500, 8, 3, "GC (dedicated)")
		}, [][]utilStep{{{0, 1}, {100, 0.5}, {200, 1}, {300, 1}, {400, 0.75}, {500, 1}, {1000, 0}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &eventstest.Script{T: t}
			s.Procs(0, 2)
			c.script(s)
			eventstest.Made(s, 1000, 1, 0, trace.EventLog, trace.Log{Message: "the end"})
			if got := steps(s, c.o); !slices.EqualFunc(got, c.want, slices.Equal) {
				t.Errorf("%v\nwant\n%v", got, c.want)
			}
		})
	}
}

func TestGapEndsASeries(t *testing.T) {
	s := &eventstest.Script{T: t}
	s.Procs(0, 2)
	s.Works(99, 200, 7, 1, "GC (dedicated)")
	source := newMutatorSource(Options{Work: all})
	s.Each(source)
	source.Gap()
	later := &eventstest.Script{T: t}
	later.Procs(500, 2)
	later.Works(599, 700, 7, 1, "GC (dedicated)")
	later.Each(source)
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
	want := []Window{{100, 100, 0}, {400, 100, 0.5}}
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

// TestZeroOptions counts all work.
func TestZeroOptions(t *testing.T) {
	f, err := exectrace.FromBytes(record(t, "gc", 1))
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := Of(f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want, _, err := Of(f, Options{Work: GCStopTheWorld | GCBackground | GCAssist | GCSweep})
	if err != nil {
		t.Fatal(err)
	}
	for window := time.Microsecond; window < time.Second; window *= 10 {
		if got.MMU(window) != want.MMU(window) {
			t.Errorf("%v in %v, want %v", got.MMU(window), window, want.MMU(window))
		}
	}
	if least := got.MMU(time.Microsecond); least == 1 {
		t.Error("nothing was collected")
	}
}

// TestUtilizationOfWorkloads has what all traces have in common: a longer
// window that is a multiple is never worse, and nothing is outside of 0 to 1. By
// the tool's rules it may be worse: its windows reach behind the end.
func TestUtilizationOfWorkloads(t *testing.T) {
	for _, kind := range workload.Kinds() {
		f, err := exectrace.FromBytes(record(t, kind, 1))
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range []Options{{Work: all}, {Work: all, PerProc: true}, {Work: all, AsGoTool: true}} {
			u, lost, err := Of(f, o)
			if err != nil || len(lost) > 0 {
				t.Fatal(kind, lost, err)
			}
			for window := time.Microsecond; window < time.Minute; window *= 10 {
				short, long := u.MMU(window), u.MMU(2*window)
				if short < 0 || long > 1 || long < short-1e-9 && !o.AsGoTool {
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
