package counters

import (
	"slices"
	"testing"
	"time"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/eventstest"
	"example.com/tracelab/internal/testbed/workload"
)

func record(t testing.TB, kind string, size int) []byte {
	t.Helper()
	b, err := workload.Record(kind, size)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const begin, active, end = trace.EventRangeBegin, trace.EventRangeActive, trace.EventRangeEnd

func TestCounting(t *testing.T) {
	for _, c := range []struct {
		name   string
		script func(*eventstest.Script)
		want   Values
	}{
		{"nothing", func(s *eventstest.Script) {}, Values{}},
		{"goroutines", func(s *eventstest.Script) {
			s.Goes(1, 1, 0, trace.GoUndetermined, trace.GoRunning)
			s.Goes(2, 2, 0, trace.GoUndetermined, trace.GoWaiting)
			s.Goes(3, 3, 0, trace.GoNotExist, trace.GoRunnable)
			s.Goes(4, 4, 0, trace.GoNotExist, trace.GoRunnable)
			s.Goes(5, 1, 0, trace.GoRunning, trace.GoNotExist)
			s.Goes(6, 3, 0, trace.GoRunnable, trace.GoRunning)
		}, Values{Goroutines: Goroutines{Runnable: 1, Running: 1}}},
		{"a state that is repeated", func(s *eventstest.Script) {
			s.Goes(1, 1, 0, trace.GoUndetermined, trace.GoRunning)
			s.Goes(2, 1, 0, trace.GoRunning, trace.GoRunning)
		}, Values{Goroutines: Goroutines{Running: 1}}},
		{"a system call", func(s *eventstest.Script) {
			s.Goes(1, 1, 0, trace.GoUndetermined, trace.GoRunning)
			s.Goes(2, 1, 0, trace.GoRunning, trace.GoSyscall)
		}, Values{Goroutines: Goroutines{Running: 1}, Threads: Threads{InSyscall: 1}}},
		{"waiting in an assist", func(s *eventstest.Script) {
			s.Goes(1, 1, 0, trace.GoUndetermined, trace.GoRunning)
			s.During(2, 1, 0, begin, "GC mark assist")
			s.Goes(3, 1, 0, trace.GoRunning, trace.GoWaiting)
		}, Values{Goroutines: Goroutines{GCWaiting: 1}}},
		{"after an assist", func(s *eventstest.Script) {
			s.Goes(1, 1, 0, trace.GoUndetermined, trace.GoRunning)
			s.During(2, 1, 0, begin, "GC mark assist")
			s.Goes(3, 1, 0, trace.GoRunning, trace.GoWaiting)
			s.Goes(4, 1, 0, trace.GoWaiting, trace.GoRunnable)
			s.Goes(5, 1, 0, trace.GoRunnable, trace.GoRunning)
			s.During(6, 1, 0, end, "GC mark assist")
			s.Goes(7, 1, 0, trace.GoRunning, trace.GoWaiting)
		}, Values{}},
		{"found waiting in an assist", func(s *eventstest.Script) {
			s.Goes(1, 1, 0, trace.GoUndetermined, trace.GoWaiting)
			s.During(2, 1, 0, active, "GC mark assist")
		}, Values{Goroutines: Goroutines{GCWaiting: 1}}},
		{"found waiting in an assist, and running later", func(s *eventstest.Script) {
			s.Goes(1, 1, 0, trace.GoUndetermined, trace.GoWaiting)
			s.During(2, 1, 0, active, "GC mark assist")
			s.Goes(3, 1, 0, trace.GoWaiting, trace.GoRunnable)
		}, Values{Goroutines: Goroutines{Runnable: 1}}},
		{"threads", func(s *eventstest.Script) {
			eventstest.Made(s, 1, 1, 0, trace.EventStateTransition, trace.MakeProcStateTransition(0, trace.ProcUndetermined, trace.ProcRunning))
			eventstest.Made(s, 2, 1, 0, trace.EventStateTransition, trace.MakeProcStateTransition(1, trace.ProcIdle, trace.ProcRunning))
			eventstest.Made(s, 3, 1, 1, trace.EventStateTransition, trace.MakeProcStateTransition(1, trace.ProcRunning, trace.ProcIdle))
		}, Values{Threads: Threads{Running: 1}}},
		{"heap", func(s *eventstest.Script) {
			eventstest.Made(s, 1, 1, 0, trace.EventMetric, trace.Metric{Name: "/memory/classes/heap/objects:bytes", Value: trace.Uint64Value(5)})
			eventstest.Made(s, 2, 1, 0, trace.EventMetric, trace.Metric{Name: "/gc/heap/goal:bytes", Value: trace.Uint64Value(7)})
		}, Values{Heap: Heap{Allocated: 5, Goal: 7}}},
		{"no goal", func(s *eventstest.Script) {
			eventstest.Made(s, 1, 1, 0, trace.EventMetric, trace.Metric{Name: "/gc/heap/goal:bytes", Value: trace.Uint64Value(1<<64 - 1)})
		}, Values{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &eventstest.Script{T: t}
			c.script(s)
			counts := newCounting()
			s.Each(counts)
			if counts.now != c.want {
				t.Errorf("%+v, want %+v", counts.now, c.want)
			}
			if counts.Gap(); counts.now != (Values{Heap: c.want.Heap}) {
				t.Errorf("after a gap %+v", counts.now)
			}
		})
	}
}

// TestSeriesKeepsExtremes thins each workload's counters and looks for each
// change in the part that it belongs to.
func TestSeriesKeepsExtremes(t *testing.T) {
	for _, kind := range workload.Kinds() {
		f, err := exectrace.FromBytes(record(t, kind, 1))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{0, 2, 7, 100} {
			series, _, err := NewSeries(f, n)
			if err != nil {
				t.Fatal(err)
			}
			if len(series.Points) > max(n, 2) || len(series.Points) < n/2 {
				t.Errorf("%s: %d points, %d asked for", kind, len(series.Points), n)
			}
			part := 0
			last := series.Points[0].Last
			Follow(f, func(at time.Duration, now Values) {
				for part+1 < len(series.Points) && series.Points[part+1].At <= at {
					if series.Points[part].Last != last {
						t.Errorf("%s: part %d of %d ends with %+v, want %+v", kind, part, n, series.Points[part].Last, last)
					}
					part++
				}
				p := series.Points[part]
				if last = now; now.least(p.Low) != p.Low || now.most(p.High) != p.High {
					t.Errorf("%s: %+v is not in part %d of %d: %+v", kind, now, part, n, p)
				}
			})
			if got := series.Points[len(series.Points)-1].Last; got != last {
				t.Errorf("%s: ends with %+v, want %+v", kind, got, last)
			}
		}
	}
}

func TestCountersAtATime(t *testing.T) {
	f, err := exectrace.FromBytes(record(t, "sync", 1))
	if err != nil {
		t.Fatal(err)
	}
	series, _, err := NewSeries(f, 2)
	if err != nil {
		t.Fatal(err)
	}
	type change struct {
		at  time.Duration
		now Values
	}
	var changes []change
	Follow(f, func(at time.Duration, now Values) { changes = append(changes, change{at, now}) })
	for i := 0; i < len(changes); i += 1 + len(changes)/20 {
		c := changes[i]
		if got, _, err := At(f, c.at); err != nil || got != c.now {
			t.Errorf("%v: %+v, want %+v", c.at, got, c.now)
		}
	}
	for _, after := range []time.Duration{-1, series.Duration + 1} {
		if _, _, err := At(f, after); err == nil {
			t.Errorf("there are counters %v after the beginning", after)
		}
	}
}

// TestAPartCountsAsTheWhole does: at a moment, of all; and over time, of the heap, which is as
// large as generations before the part have said. What a thread does is known in a part only
// when the generation tells it.
func TestAPartCountsAsTheWhole(t *testing.T) {
	b, err := workload.Generations()
	if err != nil {
		t.Fatal(err)
	}
	f, err := exectrace.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	generations, err := f.Generations()
	if err != nil || len(generations) < 3 {
		t.Fatalf("%d generations, %v", len(generations), err)
	}
	whole, times := followed(t, f)
	after := generations[1].Start.Sub(f.Began()) // by when all goroutines have been told of
	times = slices.DeleteFunc(times, func(at time.Duration) bool { return at <= after })
	for i := 0; i < len(times)-1; i += 1 + len(times)/12 {
		from, to := times[i], times[min(len(times)-1, i+len(times)/4)]
		if got, _, err := At(f, from); err != nil || got != whole[from] {
			t.Errorf("at %v: %+v, %v; want %+v", from, got, err, whole[from])
		}
		part, within := followed(t, f.Between(f.Began().Add(from), f.Began().Add(to)))
		for _, at := range within {
			if want, changes := whole[at]; changes && part[at].Heap != want.Heap {
				t.Fatalf("from %v, at %v: %+v, want %+v", from, at, part[at].Heap, want.Heap)
			}
		}
		if len(within) == 0 || within[len(within)-1] != to {
			t.Errorf("from %v to %v: %d changes", from, to, len(within))
		}
	}
}

// followed are the values by the times at which they changed, and these times in order.
func followed(t *testing.T, f *exectrace.File) (values map[time.Duration]Values, times []time.Duration) {
	t.Helper()
	values = map[time.Duration]Values{}
	lost, err := Follow(f, func(at time.Duration, now Values) {
		if _, again := values[at]; !again {
			times = append(times, at)
		}
		values[at] = now
	})
	if err != nil || len(lost) > 0 {
		t.Fatalf("%v, lost: %v", err, lost)
	}
	return values, times
}
