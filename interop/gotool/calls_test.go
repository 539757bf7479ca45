package gotool

import (
	"io"
	"testing"
	"time"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace"
)

// call is where the tool counts system calls otherwise.
type call struct {
	// unfinished is how long a goroutine was blocked in a call that had not ended
	// when the trace did. The tool counts that as time in the call, and once more
	// as scheduler wait.
	unfinished time.Duration
	// overlooked is how long a goroutine was blocked in calls of which the tool has
	// forgotten that they held a processor: see the function overlooked.
	overlooked time.Duration
	// blocked before the trace began: the tool counts some of it as time in the
	// call, namely that after the first event of it.
	older bool
}

func calls(x *exectrace.Trace, g exectrace.Goroutine) (c call) {
	n := 0
	var last exectrace.Interval
	for last = range x.Intervals(g) {
		c.older = c.older || n == 0 && last.State == exectrace.StateSyscallBlocked
		n++
	}
	if g.Ended == 0 && last.State == exectrace.StateSyscallBlocked && (n > 1 || !c.older) {
		c.unfinished = last.End.Sub(last.Start)
	}
	return c
}

// overlooked is how long goroutines were blocked in calls that the tool counts as time
// in the call. When a call ends the tool forgets who holds the processor that the call
// began with, though another goroutine may be in a call with it since. That the processor
// is taken from that one too, it does not notice (internal/trace/summary.go, Go 1.26).
func overlooked(t *testing.T, f *exectrace.File) map[exectrace.GoID]time.Duration {
	t.Helper()
	lost := map[exectrace.GoID]time.Duration{}
	holder, tools := map[trace.ProcID]trace.GoID{}, map[trace.ProcID]trace.GoID{}
	began := map[trace.GoID]trace.ProcID{}
	taken, noticed := map[trace.GoID]trace.Time{}, map[trace.GoID]bool{}
	r, err := trace.NewReader(io.NewSectionReader(f, 0, f.Size()))
	if err != nil {
		t.Fatal(err)
	}
	for {
		ev, err := r.ReadEvent()
		if err == io.EOF {
			return lost
		}
		if err != nil {
			t.Fatal(err)
		}
		if ev.Kind() != trace.EventStateTransition {
			continue
		}
		st := ev.StateTransition()
		switch st.Resource.Kind {
		case trace.ResourceProc:
			p := st.Resource.Proc()
			if from, to := st.Proc(); from == to || to != trace.ProcIdle {
				continue
			}
			if g, ok := holder[p]; ok {
				taken[g] = ev.Time()
				_, noticed[g] = tools[p]
			}
			delete(holder, p)
			delete(tools, p)
		case trace.ResourceGoroutine:
			g := st.Resource.Goroutine()
			from, to := st.Goroutine()
			if from == trace.GoSyscall && to != from {
				if since, ok := taken[g]; ok && !noticed[g] {
					lost[exectrace.GoID(g)] += ev.Time().Sub(since)
				}
				delete(taken, g)
				if holder[began[g]] == g {
					delete(holder, began[g])
				}
				delete(tools, began[g])
			}
			if to == trace.GoSyscall && to != from {
				holder[ev.Proc()], tools[ev.Proc()], began[g] = g, g, ev.Proc()
			}
		}
	}
}
