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
	s := report.Besides([]report.Goroutine{group("f", 4, 2*time.Second, 1*time.Second)}, nil)[0].A
	for per, want := range map[report.Per]time.Duration{report.PerSecond: 200 * time.Millisecond, report.PerGoroutine: 500 * time.Millisecond, report.PerTrace: 2 * time.Second} {
		if got := per.In(s, 10*time.Second); got[1] != want || got[0] != want*3/2 {
			t.Errorf("per %s: %v, want %v of execution", per, got, want)
		}
	}
	for _, per := range report.Pers() { // a trace of no time, and no goroutine
		if got := per.In(report.Side{}, 0); got[0] != 0 {
			t.Errorf("per %s of nothing: %v", per, got)
		}
	}
}

func TestLargest(t *testing.T) {
	differences := report.Differences([]time.Duration{10, 8, 2, 0}, []time.Duration{90, 1, 5, 84})
	if want := []time.Duration{80, -7, 3, 84}; !slices.Equal(differences, want) {
		t.Errorf("%v, want %v", differences, want)
	}
	if got := report.Largest([]time.Duration{100, -7, 3, 0}); got != 7 {
		t.Errorf("%v, want 7: the sum does not count", got)
	}
}
