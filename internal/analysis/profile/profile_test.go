package profile_test

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	pprof "github.com/google/pprof/profile"

	"example.com/tracelab/internal/analysis/profile"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkin"
)

// visit is a request of the gateway that waits for a write of so many µs, which begins
// 100 µs after it, and works for 100 µs more.
func visit(t *testing.T, id uint64, write int64) []zipkin.Span {
	const began = 1_795_000_000_000_000
	spans := []zipkin.Span{
		spantext.Span(t, "1 SERVER gateway | get"),
		spantext.Span(t, "2<1 CLIENT gateway | put"),
		spantext.Span(t, "3<2 SERVER writer | put"),
	}
	for i, d := range []int64{write + 200, write, write} {
		spans[i].TraceID, spans[i].Duration, spans[i].Timestamp = zipkin.TraceID{Low: id}, d, began
	}
	spans[1].Timestamp += 100
	spans[2].Timestamp += 100
	return spans
}

func all(traces ...[]zipkin.Span) iter.Seq2[[]zipkin.Span, error] {
	return func(yield func([]zipkin.Span, error) bool) {
		for _, spans := range traces {
			if !yield(spans, nil) {
				return
			}
		}
	}
}

// TestAnErrorEndsIt, and nothing is written.
func TestAnErrorEndsIt(t *testing.T) {
	gone := errors.New("gone")
	var b bytes.Buffer
	err := profile.Write(&b, "", func(yield func([]zipkin.Span, error) bool) {
		_ = yield(visit(t, 1, 1000), nil) && yield(nil, gone)
	}, nil)
	if !errors.Is(err, gone) || b.Len() > 0 {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
}

func read(t *testing.T, about string, traces ...[]zipkin.Span) *pprof.Profile {
	t.Helper()
	var b bytes.Buffer
	if err := profile.Write(&b, about, all(traces...), nil); err != nil {
		t.Fatal(err)
	}
	p, err := pprof.ParseData(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// stacks are the samples as text: the callee first.
func stacks(p *pprof.Profile) map[string][]int64 {
	all := map[string][]int64{}
	for _, s := range p.Sample {
		var frames []string
		for _, l := range s.Location {
			frames = append(frames, l.Line[0].Function.Name)
		}
		all[strings.Join(frames, " < ")] = s.Value
	}
	return all
}

// TestAStackIsACallPath, whose times are means of all traces.
func TestAStackIsACallPath(t *testing.T) {
	p := read(t, "a\x1b query", visit(t, 1, 1000), visit(t, 2, 3000))
	want := map[string][]int64{
		"gateway get":                            {200_000, 200_000, 2},
		"gateway put < gateway get":              {0, 0, 2},
		"writer put < gateway put < gateway get": {2_000_000, 2_000_000, 2},
	}
	if got := stacks(p); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
	if p.DefaultSampleType != profile.Critical || p.TimeNanos != 1_795_000_000_000_000_000 || p.DurationNanos != 0 {
		t.Errorf("%s, at %d for %d ns", p.DefaultSampleType, p.TimeNanos, p.DurationNanos)
	}
	if c := strings.Join(p.Comments, "\n"); c != "mean of 2 traces: a\ufffd query" {
		t.Errorf("%q", c)
	}
}

// TestTheCriticalTimeIsThatOfTheRequests, however deep they are.
func TestTheCriticalTimeIsThatOfTheRequests(t *testing.T) {
	var deep []zipkin.Span
	for i := range 1000 {
		deep = append(deep, zipkin.Span{TraceID: zipkin.TraceID{Low: 1}, ID: zipkin.SpanID(i + 1), ParentID: zipkin.SpanID(i), Name: fmt.Sprint(i), Timestamp: int64(1000 + i), Duration: int64(10_000 - 2*i)})
	}
	p := read(t, "deep", deep)
	sum, depth := int64(0), 0
	for _, s := range p.Sample {
		sum, depth = sum+s.Value[0], max(depth, len(s.Location))
	}
	if sum != 10_000_000 || depth != 128 || !strings.Contains(strings.Join(p.Comments, ""), "872 spans are deeper than 128 calls") {
		t.Errorf("%d ns, %d deep, %q", sum, depth, p.Comments)
	}
}

// TestHostileTimes make no profile that pprof does not read.
func TestHostileTimes(t *testing.T) {
	a, b := visit(t, 1, math.MaxInt64/2), visit(t, 2, math.MaxInt64/2)
	a[0].Duration, b[0].Duration, a[0].Timestamp = math.MaxInt64, math.MaxInt64, math.MaxInt64
	p := read(t, "", a, b, nil)
	for stack, values := range stacks(p) {
		for _, v := range values {
			if v < 0 {
				t.Errorf("%s: %v", stack, values)
			}
		}
	}
	if p.TimeNanos < 0 {
		t.Errorf("at %d", p.TimeNanos)
	}
}

// TestGoToolReadsIt: the tool that people have, and its comparison of two.
func TestGoToolReadsIt(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		testbed.Missing(t, "go", "install it")
	}
	dir := t.TempDir()
	file := func(name string, writes ...int64) string {
		path := filepath.Join(dir, name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		var traces [][]zipkin.Span
		for i, write := range writes {
			traces = append(traces, visit(t, uint64(i+1), write))
		}
		if err := profile.Write(f, name, all(traces...), nil); err != nil {
			t.Fatal(err)
		}
		return path
	}
	before, after := file("before", 5_000, 10_000, 15_000), file("after", 40_000) // 10 ms in the mean
	tool := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), "go", append([]string{"tool", "pprof"}, args...)...)
		cmd.WaitDelay = time.Minute
		cmd.Env = append(os.Environ(), "PPROF_TMPDIR="+dir)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	for want, args := range map[string][]string{
		`Type: critical`: {"-top", after},
		`40ms +99\.50% +99\.50% +40ms +99\.50% +writer put`: {"-top", after},
		`0 +0% +100% +40ms +99\.50% +gateway put`:           {"-top", "-nodefraction=0", after},
		`30ms .* writer put`:                                {"-top", "-diff_base", before, after},
		`\b1 .* gateway put`:                                {"-top", "-sample_index=calls", after},
		`0\.20ms .* gateway get`:                            {"-top", "-nodefraction=0", "-sample_index=self", after},
		`40ms .* writer$`:                                   {"-top", "-files", after},
	} {
		if got := tool(args...); !regexp.MustCompile(`(?m)` + want).MatchString(got) {
			t.Errorf("%v prints\n%s\nwithout %s", args, got, want)
		} else if regexp.MustCompile(`not available|Duration:`).MatchString(got) {
			t.Errorf("%v asks for a program, or for how long it ran:\n%s", args, got)
		}
	}
}
