package report_test

import (
	"slices"
	"testing"
	"time"

	"example.com/tracelab/internal/executions/report"
)

func group(name string, count int, execution, sync time.Duration) report.Goroutine {
	return report.Goroutine{Func: name, Count: count, Times: report.Times{Total: execution + sync, Execution: execution, Sync: sync}}
}

// TestBesides: no function and no time is lost, and each is there once.
func TestBesides(t *testing.T) {
	a := []report.Goroutine{group("main.read", 2, 100, 10), group("", 1, 5, 0), group("main.gone", 1, 1, 1)}
	b := []report.Goroutine{group("main.new", 3, 7, 0), group("main.read", 4, 80, 400)}
	rows := report.Besides(a, b)
	var names []string
	for _, r := range rows {
		names = append(names, r.Func)
	}
	if want := []string{"main.read", "", "main.gone", "main.new"}; !slices.Equal(names, want) {
		t.Fatalf("%q, want %q", names, want)
	}
	read, gone, added := rows[0], rows[2], rows[3]
	if read.A.Count != 2 || read.B.Count != 4 || read.A.Sync != 10 || read.B.Sync != 400 {
		t.Errorf("in both: %+v", read)
	}
	if gone.B.Count != 0 || gone.B.Total != 0 || added.A.Count != 0 || added.B.Execution != 7 {
		t.Errorf("in one: %+v and %+v", gone, added)
	}
}

func TestPer(t *testing.T) {
	r := report.Besides([]report.Goroutine{group("f", 4, 2*time.Second, 1*time.Second)}, nil)[0]
	for per, want := range map[report.Per]time.Duration{report.PerSecond: 200 * time.Millisecond, report.PerGoroutine: 500 * time.Millisecond, report.PerTrace: 2 * time.Second} {
		if got, _, _ := (report.Pair{A: 10 * time.Second, B: time.Second, Per: per}).Columns(r); got[1] != want || got[0] != want*3/2 {
			t.Errorf("per %s: %v, want %v of execution", per, got, want)
		}
	}
	for _, per := range report.Pers() { // a trace of no time, and no goroutine
		if got, _, _ := (report.Pair{Per: per}).Columns(report.Beside{}); got[0] != 0 {
			t.Errorf("per %s of nothing: %v", per, got)
		}
	}
}

func TestSize(t *testing.T) {
	r := report.Beside{A: report.Side{Times: report.Times{Total: 10, Execution: 8, Network: 2}}, B: report.Side{Times: report.Times{Total: 110, Execution: 1, Network: 5}}}
	p := report.Pair{Per: report.PerTrace}
	if _, _, more := p.Columns(r); !slices.Equal(more[:4], []time.Duration{100, -7, 3, 0}) {
		t.Errorf("%v, want 100, -7, 3 and 0", more)
	}
	for column, want := range map[string]time.Duration{"total": 100, "execution": 7, "network": 3, "sync": 0, report.Largest: 7} {
		if got := p.Size(r, column); got != want {
			t.Errorf("%s: %v, want %v", column, got, want)
		}
	}
}
