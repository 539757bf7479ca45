package why

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// segmentsOf makes segments of lines "MS OPERATION STATE", one after the other. An
// operation that has a # is another span of the same name, and with #row one of a row of
// calls.
func segmentsOf(t *testing.T, text string) (segments []segment) {
	t.Helper()
	spans := map[string]*span{}
	at := int64(1_000_000)
	for line := range strings.Lines(strings.TrimSpace(text)) {
		var ms float64
		var operation, state string
		if n, err := fmt.Sscan(line, &ms, &operation, &state); n != 3 {
			t.Fatalf("%q: %v", line, err)
		}
		if spans[operation] == nil {
			name, _, _ := strings.Cut(operation, "#")
			spans[operation] = &span{id: zipkin.SpanID(len(spans) + 1), service: "shop", name: name}
			if strings.Contains(operation, "#row") {
				spans[operation].kind = zipkin.Client
			}
		}
		end := at + int64(ms*1e6)
		segments = append(segments, segment{start: at, end: end, span: spans[operation], state: state})
		at = end
	}
	return segments
}

// rowIn are the spans that are marked as of a row.
func rowIn(segments []segment) map[*span]bool {
	row := map[*span]bool{}
	for i := range segments {
		if s := segments[i].span; s.kind == zipkin.Client {
			row[s] = true
		}
	}
	return row
}

func TestCause(t *testing.T) {
	for name, test := range map[string]struct {
		segments string
		baseline time.Duration
		pattern  *pattern
		want     string // operation, state and ms; empty: none
	}{
		"a mutex":             {"1 main running \n 80 write sync \n 1 main running", 0, nil, "write sync 80"},
		"nothing to speak of": {"1 main running \n 2 write network \n 1 main running", 0, nil, ""},
		"as slow as usual":    {"5 main running \n 15 write network", 18 * time.Millisecond, nil, ""},
		"slow, as usual":      {"8 main running \n 30 write sync", 31 * time.Millisecond, nil, "write sync 30"},
		"a part of the usual": {"45 main running \n 3 read sync \n 30 write sync \n 20 get network", 85 * time.Millisecond, nil, "main running 45"},
		"twice the usual":     {"5 main running \n 75 write network", 30 * time.Millisecond, nil, "write network 75"},
		"half of it unlike":   {"30 main running \n 20 write network \n 28 read network \n 22 write#2 sleep", 0, nil, ""},
		"a disk, segment by segment": {"9 write syscall \n 1 write running \n 8 write syscall \n 1 write runnable \n 11 write syscall \n 1 set network",
			0, nil, "write syscall 30"},
		"computing, interrupted":  {"20 rank running \n 15 rank cpu-wait \n 10 rank running \n 10 rank runnable", 0, nil, "rank running 55"},
		"computing, kept from it": {"5 rank running \n 40 rank cpu-wait", 0, nil, "rank cpu-wait 40"},
		"as little as ever, kept": {"4 rank running \n 60 rank cpu-wait", 2 * time.Millisecond, nil, "rank cpu-wait 60"},
		"more than ever, kept":    {"16 rank running \n 62 rank cpu-wait", time.Millisecond, nil, "rank running 78"},
		"no turn":                 {"20 stamp running \n 40 stamp runnable", 0, nil, "stamp runnable 60"},
		"the same in each round":  {"30 write sync \n 1 set network \n 30 write#2 sync \n 1 set#2 network \n 30 write#3 sync", 0, nil, "write sync 90"},
		"many short calls":        {strings.Repeat("1 a running\n4 get#1 network\n4 get#2 network\n4 get#3 network\n", 2), 0, nil, ""},
		"a pattern instead":       {"80 main select", 0, &pattern{instead: true}, ""},
		"a pattern beside":        {"80 main sync", 0, &pattern{}, "main sync 80"},
		"a row of calls":          {strings.Repeat("12 get#row select\n12 get#row2 select\n", 3), 0, &pattern{}, ""},
		"beside a row of calls":   {"12 get#row select \n 60 write sync \n 12 get#row2 network", 0, &pattern{}, "write sync 60"},
		"nothing is known":        {"80 main unknown \n 12 write sync", 0, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			segments := segmentsOf(t, test.segments)
			if test.pattern != nil {
				test.pattern.row = rowIn(segments)
			}
			if c := cause(segments, test.baseline, test.pattern); c != nil {
				got = fmt.Sprintf("%s %s %.0f", c.Operation, c.State, c.Ms)
			}
			if got != test.want {
				t.Errorf("it is %q, want %q", got, test.want)
			}
		})
	}
}

// TestSum has segments of odd lengths sum to the whole.
func TestSum(t *testing.T) {
	segments := segmentsOf(t, strings.Repeat("0.0004 a running\n0.00133 b network\n0.0005 a runnable\n", 1001))
	var total int64
	for _, t := range sum(segments) {
		total += t.US
	}
	if want := micros(segments, segments[len(segments)-1].end); total != want {
		t.Errorf("the states sum to %d µs of %d", total, want)
	}
}
