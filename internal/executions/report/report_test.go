package report_test

import (
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/stats"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/testbed/workload"
)

// read is the index of a recording.
func read(t *testing.T, kind string) *exectrace.Trace {
	t.Helper()
	b, err := workload.Record(kind, 1)
	if err != nil {
		t.Fatal(err)
	}
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

// TestStaysAddUp to the time of the goroutine, and are the longest first.
func TestStaysAddUp(t *testing.T) {
	x := read(t, "sync")
	with := 0
	for g := range x.Goroutines() {
		if g.Ended == 0 {
			continue // what waits for ever is in no sum of states
		}
		all, beyond := report.Stays(x, []exectrace.Goroutine{g}, 1000)
		var sum time.Duration
		for i, s := range all {
			sum += s.Total
			if i > 0 && s.Total > all[i-1].Total || s.Longest > s.Total || s.Count == 0 {
				t.Errorf("goroutine %d: %+v", g.ID, s)
			}
			if s.Reason != "" && len(s.Stack) > 0 {
				with++
			}
		}
		if want := stats.Of(x, g).Total; sum != want || beyond != 0 {
			t.Errorf("goroutine %d: %v in all, want %v; %d beyond", g.ID, sum, want, beyond)
		}
		if some, beyond := report.Stays(x, []exectrace.Goroutine{g}, 1); len(some) != min(len(all), 1) || beyond != len(all)-len(some) {
			t.Errorf("goroutine %d: %d and %d beyond of %d", g.ID, len(some), beyond, len(all))
		}
	}
	if with == 0 {
		t.Error("no wait has a reason and a stack")
	}
}

// TestATreeHasBounds: what is beyond them is counted.
func TestATreeHasBounds(t *testing.T) {
	x := read(t, "tasks")
	for k := range x.Tasks() {
		whole, beyond := report.NewTaskTree(x, k, report.Bounds{})
		tasks, lines := size(whole)
		if beyond != (report.Beyond{}) {
			t.Fatalf("without bounds %+v is beyond them", beyond)
		}
		if tasks < 2 || lines < 2 {
			continue
		}
		some, beyond := report.NewTaskTree(x, k, report.Bounds{Tasks: 1, Lines: 1})
		n, m := size(some)
		if n != 2 || n+beyond.Tasks != tasks || m != 1 || m+beyond.Lines > lines || beyond.Lines == 0 {
			t.Fatalf("%d tasks and %d lines of %d and %d, and beyond %+v", n, m, tasks, lines, beyond)
		}
		return
	}
	t.Fatal("no task has a subtask and lines")
}

func size(n *report.TaskTree) (tasks, lines int) {
	tasks, lines = 1, len(n.Regions)+len(n.Logs)
	for _, child := range n.Children {
		a, b := size(child)
		tasks, lines = tasks+a, lines+b
	}
	return tasks, lines
}
