package execcli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/exectrace/workload"
	"example.com/tracelab/internal/cli"
)

// recorded is a file with the trace of a workload.
func recorded(t *testing.T, kind string) source {
	t.Helper()
	b, err := workload.Record(kind, 1)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "trace")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return source{name}
}

type runner interface {
	Run(ctx context.Context, stdin io.Reader, out io.Writer) error
}

// said is what a command prints.
func said(t *testing.T, c runner) string {
	t.Helper()
	var out bytes.Buffer
	if err := c.Run(t.Context(), strings.NewReader(""), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// answered is the JSON document that a command prints.
func answered[T any](t *testing.T, c runner) (v T) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(said(t, c)))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSummary(t *testing.T) {
	trace := recorded(t, "gc")
	table := said(t, &summaryCommand{source: trace})
	for _, want := range []string{"goroutines ", "processors ", "collections ", "GC sweep termination ", "StateTransition ", "goroutine: Runnable -> Running "} {
		if !strings.Contains(table, "\n"+want) {
			t.Errorf("no line begins with %q:\n%s", want, table)
		}
	}
	s := answered[summary](t, &summaryCommand{source: trace, format: format{true}})
	if s.Duration <= 0 || s.GC.Cycles == 0 || s.Events["StateTransition"] == 0 || s.Began == nil || len(s.Lost) != 0 {
		t.Errorf("%+v", s)
	}
}

func TestSummaryOfADamagedTrace(t *testing.T) {
	trace := recorded(t, "gc")
	b, err := os.ReadFile(trace.Trace)
	if err != nil {
		t.Fatal(err)
	}
	// Two generations follow each other, and the second is cut.
	whole := append(b, b[16:len(b)-1]...)
	if err := os.WriteFile(trace.Trace, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	s := answered[summary](t, &summaryCommand{source: trace, format: format{true}})
	if len(s.Lost) != 1 || s.Lost[0].Bytes != int64(len(b)-17) || s.Lost[0].Error == "" {
		t.Errorf("lost: %+v", s.Lost)
	}
}

func TestCounters(t *testing.T) {
	trace := recorded(t, "gc")
	series := answered[struct {
		Duration time.Duration `json:"duration_ns"`
		Series   []countersPart
	}](t, &summaryCommand{source: trace, format: format{true}, Series: 10})
	if len(series.Series) < 5 || len(series.Series) > 10 {
		t.Fatalf("%d parts", len(series.Series))
	}
	last := series.Series[len(series.Series)-1].Last
	if at := answered[countersAt](t, &summaryCommand{source: trace, format: format{true}, At: &series.Duration}); at.Counters != last {
		t.Errorf("in the end %+v, want %+v", at.Counters, last)
	}
	if table := said(t, &summaryCommand{source: trace, Series: 10}); strings.Count(table, "\n") != 2+len(series.Series) {
		t.Errorf("%d lines for %d parts:\n%s", strings.Count(table, "\n"), len(series.Series), table)
	}
	if table := said(t, &summaryCommand{source: trace, At: &series.Duration}); strings.Count(table, "\n") != 3 {
		t.Errorf("three counters are\n%s", table)
	}
}

func TestSummaryRefuses(t *testing.T) {
	trace := recorded(t, "idle")
	early, late := -time.Nanosecond, time.Hour
	for name, c := range map[string]*summaryCommand{
		"a time before the beginning": {source: trace, At: &early},
		"a time after the end":        {source: trace, At: &late},
		"one part":                    {source: trace, Series: 1},
		"less than none":              {source: trace, Series: -1},
		"no file":                     {source: source{filepath.Join(t.TempDir(), "none")}},
	} {
		err := c.Run(t.Context(), strings.NewReader(""), io.Discard)
		if s, ok := err.(cli.Status); !ok || s.Code != cli.Usage {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSized(t *testing.T) {
	for n, want := range map[uint64]string{0: "0 B", 999: "999 B", 1000: "1 kB", 1234567: "1.23 MB", 999_999: "1 MB", 47_659_624: "47.7 MB", 1 << 60: "1.15e+06 TB"} {
		if got := sized(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
