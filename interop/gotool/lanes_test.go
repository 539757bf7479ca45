package gotool

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/testbed/workload"
)

// slice is a time that the viewer draws in the row of a processor.
type slice struct {
	from, to  time.Duration // since the trace began
	goroutine exectrace.GoID
}

// rowOfThreads is where the rows begin that are of no processor.
const rowOfThreads = 1_000_000

// viewerSlices are the goroutines that the viewer draws on each processor, and their system
// calls there, which lie in them.
func viewerSlices(t *testing.T, tool pages) (goroutines, calls map[int64][]slice) {
	t.Helper()
	goroutines, calls = map[int64][]slice{}, map[int64][]slice{}
	type drawn struct {
		TraceEvents []struct {
			Name, Ph string
			Tid      uint64
			Ts, Dur  float64 // in µs
		}
	}
	for _, ev := range pageJSON[drawn](tool, "jsontrace", nil).TraceEvents {
		if ev.Ph != "X" || ev.Tid >= rowOfThreads {
			continue
		}
		s := slice{from: time.Duration(ev.Ts*1000 + .5)}
		s.to = s.from + time.Duration(ev.Dur*1000+.5)
		var name string
		switch n, _ := fmt.Sscanf(ev.Name, "G%d %s", &s.goroutine, &name); {
		case n > 0 && strings.HasPrefix(ev.Name, "G"):
			goroutines[int64(ev.Tid)] = append(goroutines[int64(ev.Tid)], s)
		case ev.Name == "syscall":
			calls[int64(ev.Tid)] = append(calls[int64(ev.Tid)], s)
		}
	}
	return goroutines, calls
}

func at(list []slice, moment time.Duration) (slice, bool) {
	for _, s := range list {
		if s.from <= moment && moment < s.to {
			return s, true
		}
	}
	return slice{}, false
}

// TestLanesAreTheViewers asks at a thousand moments who runs on each processor, and who is in
// a system call there, as the viewer draws it.
func TestLanesAreTheViewers(t *testing.T) {
	for _, kind := range workload.Kinds() {
		t.Run(kind, func(t *testing.T) {
			trace := record(t, kind, 1)
			goroutines, calls := viewerSlices(t, serve(t, trace.path))
			l, err := lanes.Read(trace.File)
			if err != nil {
				t.Fatal(err)
			}
			random := rand.New(rand.NewPCG(1, 2))
			ran, called := 0, 0
			for range 1000 {
				moment := time.Duration(random.Int64N(int64(l.Trace.Duration())))
				for _, p := range l.Processors() {
					want, runs := at(goroutines[p.ID], moment)
					_, inCall := at(calls[p.ID], moment)
					var got lanes.Segment
					from := l.Trace.Began.Add(moment)
					if list, _ := l.Segments(p, from, from+1, 10); len(list) > 0 {
						got = list[0]
					}
					if got.Goroutine != want.goroutine || (got.State != lanes.Absent) != runs || (got.State == lanes.Syscall) != inCall {
						t.Fatalf("processor %d after %v: %+v; the viewer has %+v, in a system call: %t", p.ID, moment, got, want, inCall)
					}
					if runs {
						ran++
					}
					if inCall {
						called++
					}
				}
			}
			t.Logf("a goroutine ran at %d places, in a system call at %d", ran, called)
			if ran == 0 && kind != "idle" {
				t.Error("no moment has anything to compare")
			}
		})
	}
}
