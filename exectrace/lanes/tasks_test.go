package lanes_test

import (
	"context"
	"runtime"
	"runtime/trace"
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/recordtest"
	"example.com/tracelab/exectrace/lanes"
)

// TestTasksAreTheirGoroutines: the lane of a task has what its goroutines did, no time
// is missing, and none is there twice.
func TestTasksAreTheirGoroutines(t *testing.T) {
	compared := 0
	traces(t, func(t *testing.T, _ *exectrace.File, l *lanes.Lanes) {
		for k := range l.Trace.Tasks() {
			from, to := max(k.Start, l.Trace.Start), min(k.End, l.Trace.End)
			if k.ID == 0 || from >= to {
				continue
			}
			at := from
			for _, p := range l.Parts(k.ID) {
				if p.From != at || p.To <= p.From || p.Goroutine != 0 && p.Goroutine != k.BegunBy && p.Goroutine != k.EndedBy {
					t.Fatalf("%+v: %+v comes after %d", k, p, at)
				}
				at = p.To
				width := p.To.Sub(p.From)
				lane := lanes.Lane{Kind: lanes.Goroutine, ID: int64(p.Goroutine)}
				want := l.Columns(lane, p.From, width, 1)[0]
				if p.Goroutine == 0 {
					want[lanes.Unknown] = width
				}
				if got := l.Columns(lanes.Lane{Kind: lanes.Task, ID: int64(k.ID)}, p.From, width, 1)[0]; got != want {
					t.Fatalf("%+v, %+v: %v, want %v", k, p, got, want)
				}
				compared++
			}
			if at != to {
				t.Fatalf("%+v: its parts end at %d, it at %d", k, at, to)
			}
		}
	})
	if compared == 0 {
		t.Error("no trace has a task")
	}
}

// TestWhoIsInATask that one goroutine began and another one ended.
func TestWhoIsInATask(t *testing.T) {
	f := recordtest.Record(func() {
		before, tasks := runtime.NumGoroutine(), make(chan *trace.Task, 1)
		go func() {
			_, task := trace.NewTask(context.Background(), "handed over")
			tasks <- task
		}()
		task := <-tasks
		for runtime.NumGoroutine() > before { // until it has ended
			runtime.Gosched()
		}
		task.End()
	})
	l, err := lanes.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	for k := range l.Trace.Tasks() {
		parts := l.Parts(k.ID)
		if k.Name != "handed over" {
			continue
		}
		if len(parts) != 2 || parts[0].Goroutine != k.BegunBy || parts[1].Goroutine != k.EndedBy || parts[0].To != parts[1].From {
			t.Errorf("%+v has %+v", k, parts)
		}
		return
	}
	t.Error("the trace lacks the task")
}
