package stats_test

import (
	"bytes"
	"runtime"
	"runtime/trace"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/stats"
	"example.com/tracelab/internal/testbed/workload"
)

func read(t *testing.T, kind string) *exectrace.Trace {
	t.Helper()
	b, err := workload.Record(kind, 3)
	if err != nil {
		t.Fatal(err)
	}
	return index(t, b)
}

func index(t *testing.T, b []byte) *exectrace.Trace {
	t.Helper()
	f, err := exectrace.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	x, err := exectrace.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// parts is the sum of the parts of s.
func parts(s stats.Stats) time.Duration {
	sum := s.Running + s.Runnable + s.Syscall + s.SyscallBlocked + s.Unknown
	for _, kind := range []stats.Wait{stats.WaitNetwork, stats.WaitSync, stats.WaitSleep, stats.WaitGC, stats.WaitOther} {
		sum += s.Waited(kind)
	}
	return sum
}

// TestParts reads recordings of all kinds: states sum up to the life of each
// goroutine, and to the duration of each region.
func TestParts(t *testing.T) {
	for _, kind := range workload.Kinds() {
		t.Run(kind, func(t *testing.T) {
			x := read(t, kind)
			var all stats.Stats
			for g := range x.Goroutines() {
				end := x.End
				if g.Ended != 0 {
					end = g.Ended
				}
				s := stats.Of(x, g)
				if life := end.Sub(g.Created); s.Total != life || parts(s) != life {
					t.Errorf("goroutine %d, %s: the states of its %v are %+v", g.ID, g.Name, life, s)
				}
				all.Add(s)
			}
			if all.Total == 0 || parts(all) != all.Total {
				t.Errorf("all together are %+v", all)
			}
			for r := range x.Regions() {
				g, _ := x.Goroutine(r.Goroutine)
				if s := stats.Between(x, g, r.Start, r.End); s.Total != r.End.Sub(r.Start) || parts(s) != s.Total {
					t.Errorf("region %+v: its states are %+v", r, s)
				}
			}
		})
	}
}

// TestForever leaves a goroutine behind that waits for ever: the wait does not
// count.
func TestForever(t *testing.T) {
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		t.Fatal(err)
	}
	defer trace.Stop()
	before := waitingForever()
	go forever()
	for waitingForever() == before {
		runtime.Gosched()
	}
	trace.Stop()
	x := index(t, b.Bytes())
	for g := range x.Goroutines() {
		if g.Older || !strings.HasSuffix(g.Name, ".forever") {
			continue
		}
		s := stats.Of(x, g)
		if g.Ended == 0 || g.Ended >= x.End || s.Total != g.Ended.Sub(g.Created) || parts(s) != s.Total || s.Waited(stats.WaitOther) != 0 {
			t.Errorf("%+v of a trace that ends at %v: its states are %+v", g, x.End, s)
		}
		return
	}
	t.Error("there is no such goroutine")
}

func forever() { select {} }

// waitingForever counts the goroutines of this process that do.
func waitingForever() int {
	stacks := make([]byte, 1<<20)
	return bytes.Count(stacks[:runtime.Stack(stacks, true)], []byte("[select (no cases)"))
}

func TestWaitFor(t *testing.T) {
	for reason, want := range map[string]stats.Wait{
		"network": stats.WaitNetwork, "chan receive": stats.WaitSync, "select": stats.WaitSync, "sync.(*Cond).Wait": stats.WaitSync,
		"sleep": stats.WaitSleep, "GC mark assist wait for work": stats.WaitGC, "preempted": stats.WaitGC, "forever": stats.WaitOther, "": stats.WaitOther,
	} {
		if got := stats.WaitFor(reason); got != want {
			t.Errorf("%q: %q, want %q", reason, got, want)
		}
	}
}
