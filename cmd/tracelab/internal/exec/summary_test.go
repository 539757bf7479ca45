package exec

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"example.com/tracelab/exectrace/counters"
	"example.com/tracelab/internal/executions/report"
)

// said is what a command prints.
func said(t *testing.T, args ...string) string {
	t.Helper()
	got := exec(args...)
	if got.code != 0 {
		t.Fatalf("%v: exit status %d: %s", args, got.code, got.stderr)
	}
	return got.out
}

// answered is the JSON document that a command prints.
func answered[T any](t *testing.T, args ...string) (v T) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(said(t, append(args, "--json")...)))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return v
}

func TestSummary(t *testing.T) {
	trace := recorded(t, "gc")
	table := said(t, "summary", trace)
	for _, want := range []string{"goroutines ", "processors ", "collections ", "GC sweep termination ", "StateTransition ", "goroutine: Runnable -> Running "} {
		if !strings.Contains(table, "\n"+want) {
			t.Errorf("no line begins with %q:\n%s", want, table)
		}
	}
	s := answered[summary](t, "summary", trace)
	if s.Duration <= 0 || s.GC.Cycles == 0 || s.Events["StateTransition"] == 0 || s.Began == nil || len(s.Lost) != 0 {
		t.Errorf("%+v", s)
	}
}

func TestSummaryOfADamagedTrace(t *testing.T) {
	trace := recorded(t, "gc")
	b, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	// The trace twice, without the last byte: a busy machine makes more than one
	// generation of it, and only the last of all ends within itself.
	whole := append(b, b[16:len(b)-1]...)
	if err := os.WriteFile(trace, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	got := exec("summary", trace, "--json")
	var s summary
	if err := json.Unmarshal([]byte(got.out), &s); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(got.stderr, "tracelab: "); lines != len(s.Lost) {
		t.Errorf("%d parts are lost, and standard error says\n%s", len(s.Lost), got.stderr)
	}
	if n := len(s.Lost); n == 0 || s.Lost[n-1].Offset+s.Lost[n-1].Size != int64(len(whole)) || s.Lost[n-1].Error == "" {
		t.Errorf("lost: %+v", s.Lost)
	}
}

func TestCounters(t *testing.T) {
	trace := recorded(t, "gc")
	series := answered[counters.Series](t, "summary", trace, "--series", "10")
	if len(series.Points) < 5 || len(series.Points) > 10 {
		t.Fatalf("%d parts", len(series.Points))
	}
	last := series.Points[len(series.Points)-1].Last
	if at := answered[countersAt](t, "summary", trace, "--at", series.Duration.String()); at.Values != last {
		t.Errorf("in the end %+v, want %+v", at.Values, last)
	}
	if table := said(t, "summary", trace, "--series", "10"); strings.Count(table, "\n") != 2+len(series.Points) {
		t.Errorf("%d lines for %d parts:\n%s", strings.Count(table, "\n"), len(series.Points), table)
	}
	if table := said(t, "summary", trace, "--at", series.Duration.String()); strings.Count(table, "\n") != 3 {
		t.Errorf("three counters are\n%s", table)
	}
}

func TestMeasuresRefuse(t *testing.T) {
	trace := recorded(t, "idle")
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"summary", trace, "--at=-1ns"}, "-1ns after its beginning"},
		{[]string{"summary", trace, "--at", "1h"}, "1h0m0s after its beginning"},
		{[]string{"summary", trace, "--series", "1"}, "want 2 or more"},
		{[]string{"summary", trace, "--series=-1"}, "want 2 or more"},
		{[]string{"summary", trace, "--series", "5", "--at", "1s"}, "--series"},
		{[]string{"mmu", trace, "--worst=-1"}, "want 0 or more"},
		{[]string{"mmu", trace, "--flags="}, "names no work"},
		{[]string{"mmu", trace, "--flags", "idle"}, "idle"},
		{[]string{"mmu", trace, "--svg", "nowhere/mmu.svg"}, "nowhere/mmu.svg"},
		{[]string{"mmu", "nowhere.trace"}, "nowhere.trace"},
	} {
		if got := exec(c.args...); got.code != 2 || !strings.Contains(got.stderr, c.says) {
			t.Errorf("%v: exit status %d, nothing of %q in %s", c.args, got.code, c.says, got.stderr)
		}
	}
}

func TestSized(t *testing.T) {
	for n, want := range map[uint64]string{0: "0 B", 999: "999 B", 1000: "1 kB", 1234567: "1.23 MB", 999_999: "1 MB", 47_659_624: "47.7 MB", 1 << 60: "1.15e+06 TB"} {
		if got := report.Sized(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
