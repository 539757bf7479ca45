package exec

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/executions/report"
)

// comparison is what exec compare --json prints.
type comparison struct {
	A, B struct {
		Trace    string
		Duration time.Duration `json:"duration_ns"`
	}
	Goroutines []report.Beside
	LeftOut    int `json:"left_out"`
}

func compareJSON(t *testing.T, args ...string) (c comparison) {
	t.Helper()
	got := exec(append([]string{"compare", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(got.out), &c); err != nil || got.code != 0 {
		t.Fatalf("%v: %d, %v\n%s%s", args, got.code, err, got.out, got.stderr)
	}
	return c
}

// TestCompare: each side has what exec goroutines says of it, and a trace is no different
// from itself.
func TestCompare(t *testing.T) {
	a, b := recorded(t, "tasks"), recorded(t, "sync")
	c := compareJSON(t, a, b, "--top", "0")
	for name, side := range map[string]func(report.Beside) report.Side{a: func(r report.Beside) report.Side { return r.A }, b: func(r report.Beside) report.Side { return r.B }} {
		var want struct{ Goroutines []report.Goroutine }
		if err := json.Unmarshal([]byte(exec("goroutines", name, "--json", "--top", "0").out), &want); err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, r := range c.Goroutines {
			s := side(r)
			if s.Count == 0 {
				continue
			}
			n++
			i := slices.IndexFunc(want.Goroutines, func(g report.Goroutine) bool { return g.Func == r.Func })
			if i < 0 || want.Goroutines[i].Count != s.Count || !slices.Equal(want.Goroutines[i].Columns(), s.Columns()) {
				t.Errorf("%s: %s is %+v", name, r.Func, s)
			}
		}
		if n != len(want.Goroutines) {
			t.Errorf("%s: %d functions, want %d", name, n, len(want.Goroutines))
		}
	}
	for _, r := range compareJSON(t, a, a).Goroutines {
		if largest := (report.Pair{Per: report.PerTrace}).Size(r, report.Largest); largest != 0 {
			t.Errorf("%s differs from itself by %v", r.Func, largest)
		}
	}
}

// TestCompareSorts by the size of a difference, whichever sign it has.
func TestCompareSorts(t *testing.T) {
	a, b := recorded(t, "sync"), recorded(t, "tasks")
	for _, sort := range append(report.ColumnNames(), "largest") {
		c := compareJSON(t, a, b, "--sort", sort, "--per", "trace", "--top", "3")
		last := time.Duration(1 << 62)
		for _, r := range c.Goroutines {
			by := time.Duration(0)
			for i, name := range report.ColumnNames() {
				if sort == name || sort == "largest" && name != "total" {
					by = max(by, (r.B.Columns()[i] - r.A.Columns()[i]).Abs())
				}
			}
			if by > last {
				t.Errorf("--sort %s: %s has %v behind %v", sort, r.Func, by, last)
			}
			last = by
		}
		if len(c.Goroutines) != 3 || c.LeftOut == 0 {
			t.Errorf("--sort %s: %d rows, %d left out", sort, len(c.Goroutines), c.LeftOut)
		}
	}
}

func TestCompareSaysWhatIsWrong(t *testing.T) {
	a := recorded(t, "tasks")
	for name, test := range map[string]struct {
		args []string
		code int
		says string
	}{
		"one trace":       {[]string{a}, 2, "with"},
		"no such file":    {[]string{a, "nowhere.out"}, 2, "nowhere.out"},
		"no such column":  {[]string{a, a, "--sort", "x"}, 2, "--sort"},
		"no such way":     {[]string{a, a, "--per", "minute"}, 2, "--per"},
		"no such func":    {[]string{a, a, "--func", "nowhere"}, 1, "nowhere"},
		"two of one pipe": {[]string{"-", "-"}, 2, "standard input"},
	} {
		if got := exec(append([]string{"compare"}, test.args...)...); got.code != test.code || !strings.Contains(got.stderr, test.says) {
			t.Errorf("%s: %d, %q; want %d and %q", name, got.code, got.stderr, test.code, test.says)
		}
	}
}

// TestCompareFits: what it prints is as wide as a terminal, and says what is only on one side.
func TestCompareFits(t *testing.T) {
	t.Setenv("COLUMNS", "80")
	got := exec("compare", recorded(t, "tasks"), recorded(t, "http"), "--top", "0")
	for line := range strings.Lines(got.out) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	for _, part := range []string{"only in A: ", "only in B: ", "times per second", " > ", "+", "−"} {
		if !strings.Contains(got.out, part) {
			t.Errorf("it does not say %q:\n%s", part, got.out)
		}
	}
}
