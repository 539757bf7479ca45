package exec

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/trace"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/executions/report"
)

// TestJSONOfNothing has lists where there is nothing to list.
func TestJSONOfNothing(t *testing.T) {
	idle := recorded(t, "idle")
	for _, args := range [][]string{
		{"goroutines", idle}, {"tasks", idle}, {"regions", idle}, {"summary", idle}, {"mmu", idle}, {"profile", "sync", idle}, {"footprint", idle},
	} {
		got := exec(append(args, "--json")...)
		if got.code != 0 || !json.Valid([]byte(got.out)) || strings.Contains(got.out, "null") {
			t.Errorf("%v: %d\n%s%s", args, got.code, got.out, got.stderr)
		}
	}
}

// TestManyChangesOfProcessors are summed up, however many there are.
func TestManyChangesOfProcessors(t *testing.T) {
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		t.Fatal(err)
	}
	before := runtime.GOMAXPROCS(0)
	for i := range 30 {
		runtime.GOMAXPROCS(1 + i%3)
	}
	runtime.GOMAXPROCS(before)
	trace.Stop()
	path := filepath.Join(t.TempDir(), "t.trace")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^.*to between 1 and \d+; --json has all$`).FindString(exec("summary", path).out)
	if line == "" || len([]rune(line)) > 80 {
		t.Errorf("%q", line)
	}
}

// TestWhatGoroutinesDidForTheCollector is in a table of its own, and in the answer for
// programs of each kind of list.
func TestWhatGoroutinesDidForTheCollector(t *testing.T) {
	path := recorded(t, "gc")
	text := exec("goroutines", path).out
	if !strings.Contains(text, "of these times in") || !strings.Contains(text, "GC incremental sweep") && !strings.Contains(text, "GC mark assist") {
		t.Errorf("it says\n%s", text)
	}
	type list struct {
		Goroutines []report.Goroutine
		Left       int `json:"left_out"`
	}
	sum := func(rows []report.Goroutine) (of map[string]time.Duration) {
		of = map[string]time.Duration{}
		for _, r := range rows {
			for name, d := range r.Ranges {
				of[name] += d
				if d <= 0 || d > r.Total+time.Millisecond {
					t.Errorf("%+v", r)
				}
			}
		}
		return of
	}
	groups := answered[list](t, "goroutines", path, "--top", "0").Goroutines
	all := sum(groups)
	single := map[string]time.Duration{}
	for _, g := range groups {
		if len(g.Ranges) == 0 {
			continue
		}
		for name, d := range sum(answered[list](t, "goroutines", path, "--func", report.Named(g.Func), "--top", "0").Goroutines) {
			single[name] += d
		}
	}
	if len(all) == 0 || len(single) != len(all) {
		t.Fatalf("all %v, one by one %v", all, single)
	}
	for name, d := range all {
		if single[name] != d {
			t.Errorf("%s: %s of all, %s one by one", name, d, single[name])
		}
	}
}
