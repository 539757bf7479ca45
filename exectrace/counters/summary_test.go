package counters

import (
	"testing"
	"time"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/eventstest"
	"example.com/tracelab/internal/testbed/workload"
)

func TestSummaryOfWorkloads(t *testing.T) {
	for _, kind := range workload.Kinds() {
		t.Run(kind, func(t *testing.T) {
			b := record(t, kind, 1)
			f, err := exectrace.FromBytes(b)
			if err != nil {
				t.Fatal(err)
			}
			events := 0
			for range f.Events() {
				events++
			}
			s, lost, err := Summarize(f)
			if err != nil || len(lost) > 0 {
				t.Fatal(lost, err)
			}
			if s.Format != f.Format() || s.Bytes != int64(len(b)) || s.Generations < 1 || s.Duration <= 0 {
				t.Errorf("%s, %d bytes, %d generations, %v", s.Format, s.Bytes, s.Generations, s.Duration)
			}
			if age := time.Since(*s.Began); age < 0 || age > time.Hour {
				t.Errorf("it began at %v", s.Began)
			}
			if n := total(s.Events); n != events {
				t.Errorf("%d events of all kinds, want %d", n, events)
			}
			if n := total(s.Transitions); n != s.Events["StateTransition"] {
				t.Errorf("%d transitions of all kinds, want %d", n, s.Events["StateTransition"])
			}
			g := s.Goroutines
			if g.Seen < g.Created || g.Created < g.Ended-1 || g.Most > g.Seen || g.MostRunnable > g.Most {
				t.Errorf("%+v", g)
			}
			if s.Threads.Seen == 0 || s.Threads.MostRunning == 0 || len(s.Procs) != 1 || s.Threads.MostRunning > s.Procs[0].Procs {
				t.Errorf("%+v on %+v", s.Threads, s.Procs)
			}
			switch kind {
			case "gc":
				if s.GC.Cycles == 0 || s.GC.Mark.Total <= 0 || s.GC.Stops.Count < 2*s.GC.Cycles-1 || s.Heap.Most < s.Heap.First || s.GC.Swept == 0 {
					t.Errorf("%+v, heap %+v", s.GC, s.Heap)
				}
			case "goroutines":
				if g.Created < 2000 {
					t.Errorf("%d goroutines were created", g.Created)
				}
			case "tasks":
				if s.Tasks != 400 || s.Regions != 600 || s.Logs != 200 {
					t.Errorf("%d tasks, %d regions, %d logs", s.Tasks, s.Regions, s.Logs)
				}
			case "syscall":
				if s.Threads.MostInSyscall == 0 {
					t.Error("no thread was in a system call")
				}
			}
		})
	}
}

func total(counts map[string]int) (sum int) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

// TestRangesAreTimed has a cycle that goes on when the trace begins, and one that
// goes on when it ends.
func TestRangesAreTimed(t *testing.T) {
	s := &eventstest.Script{T: t}
	mark := trace.Range{Name: "GC concurrent mark phase"}
	eventstest.Made(s, 100, 0, 0, trace.EventSync, trace.Sync{})
	s.Procs(100, 2)
	eventstest.Made(s, 150, 1, 0, active, mark)
	s.During(200, 1, 0, begin, "stop-the-world (GC mark termination)")
	eventstest.Made(s, 210, 1, 0, end, mark)
	s.During(250, 1, 0, end, "stop-the-world (GC mark termination)")
	s.During(300, 1, 0, begin, "stop-the-world (read mem stats)")
	s.During(390, 1, 0, end, "stop-the-world (read mem stats)")
	s.During(400, 1, 0, begin, "stop-the-world (GC sweep termination)")
	s.During(405, 1, 0, end, "stop-the-world (GC sweep termination)")
	eventstest.Made(s, 410, 1, 0, begin, mark)
	s.Procs(500, 3)

	x := newSummarizing()
	s.Each(x.counts, x)
	got := x.finish()
	if want := (RangeStats{"GC concurrent mark phase", 2, 200, 110, 0}); got.GC.Mark != want || got.GC.Cycles != 2 {
		t.Errorf("%d cycles marked %+v, want %+v", got.GC.Cycles, got.GC.Mark, want)
	}
	if want := (RangeStats{"GC mark termination", 2, 55, 50, 100}); got.GC.Stops != want {
		t.Errorf("stops %+v, want %+v", got.GC.Stops, want)
	}
	if len(got.Stops) != 3 || got.Stops[2] != (RangeStats{"read mem stats", 1, 90, 90, 200}) {
		t.Errorf("stops %+v", got.Stops)
	}
	if len(got.Procs) != 2 || got.Procs[1] != (ProcsChange{400, 3}) {
		t.Errorf("processors %+v", got.Procs)
	}
}
