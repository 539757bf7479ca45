package gotool

import (
	"slices"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/counters"
	"example.com/tracelab/internal/testbed/workload"
)

// counted is what one of the counters says from a time on.
type counted struct {
	after  time.Duration
	values [3]int64
}

// TestCountersAreTheViewers compares each change of the three counters with the
// events of /jsontrace that the viewer draws them from.
func TestCountersAreTheViewers(t *testing.T) {
	for _, kind := range workload.Kinds() {
		t.Run(kind, func(t *testing.T) {
			trace := record(t, kind, 1)
			want := viewerCounters(t, serve(t, trace.path))
			got := ourCounters(t, trace.File)
			for name := range want {
				if len(want[name]) < 2 && name != "Heap" {
					t.Errorf("%s: the viewer has only %v", name, want[name])
				}
				if !slices.EqualFunc(got[name], want[name], sameCount) {
					i := 0
					for i < len(got[name]) && i < len(want[name]) && sameCount(got[name][i], want[name][i]) {
						i++
					}
					t.Errorf("%s: %d changes, and the viewer has %d; from %d on %v, want %v", name, len(got[name]), len(want[name]), i,
						got[name][i:min(i+5, len(got[name]))], want[name][i:min(i+5, len(want[name]))])
				}
			}
			t.Logf("%d changes of goroutines, %d of the heap, %d of threads", len(got["Goroutines"]), len(got["Heap"]), len(got["Threads"]))
		})
	}
}

// sameCount lets the viewer date a processor that runs when the trace begins back
// to its beginning, after what it has already drawn for later.
func sameCount(ours, viewers counted) bool {
	return ours.values == viewers.values && (ours.after == viewers.after || viewers.after == 0)
}

// drawn is what the viewer draws.
type drawn struct {
	TraceEvents []struct {
		Name string
		Ph   string
		Ts   float64 // in µs
		Args struct {
			Running, Runnable, GCWaiting int64
			InSyscall                    int64
			Allocated, NextGC            int64
		}
	}
}

func viewerCounters(t *testing.T, tool pages) map[string][]counted {
	t.Helper()
	found := map[string][]counted{"Goroutines": {{}}, "Heap": {{}}, "Threads": {{}}}
	for _, ev := range pageJSON[drawn](tool, "jsontrace", nil).TraceEvents {
		if ev.Ph != "C" {
			continue
		}
		a := ev.Args
		values := [3]int64{a.Running, a.Runnable, a.GCWaiting}
		switch ev.Name {
		case "Heap":
			values = [3]int64{a.Allocated, a.NextGC}
		case "Threads":
			if a.InSyscall != 0 {
				t.Errorf("the viewer has learned to count threads in system calls: %d", a.InSyscall)
			}
			values = [3]int64{a.Running}
		}
		found[ev.Name] = change(found[ev.Name], time.Duration(ev.Ts*1000+0.5), values)
	}
	return found
}

func ourCounters(t *testing.T, file *exectrace.File) map[string][]counted {
	t.Helper()
	found := map[string][]counted{"Goroutines": {{}}, "Heap": {{}}, "Threads": {{}}}
	lost, err := counters.Follow(file, func(after time.Duration, now counters.Values) {
		g, heap := now.Goroutines, now.Heap
		found["Goroutines"] = change(found["Goroutines"], after, [3]int64{int64(g.Running), int64(g.Runnable), int64(g.GCWaiting)})
		left := max(int64(heap.Goal)-int64(heap.Allocated), 0)
		found["Heap"] = change(found["Heap"], after, [3]int64{int64(heap.Allocated), left})
		found["Threads"] = change(found["Threads"], after, [3]int64{int64(now.Threads.Running)})
	})
	if err != nil || len(lost) > 0 {
		t.Fatal(lost, err)
	}
	return found
}

func change(all []counted, after time.Duration, values [3]int64) []counted {
	if all[len(all)-1].values == values {
		return all
	}
	return append(all, counted{after, values})
}
