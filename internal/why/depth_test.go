package why

import (
	"fmt"
	"strings"
	"testing"

	"example.com/tracelab/internal/zipkin"
)

// nested are n spans in each other, each of which has 1 ms before and after the next.
func nested(n int, service func(i int) string) string {
	var lines strings.Builder
	for i := range n {
		fmt.Fprintf(&lines, "%d %d - %s s%d %d %d\n", i+1, i, service(i), i+1, i, 2*(n-i))
	}
	return lines.String()
}

// TestSpansInEachOther are divided to a depth, and what lies deeper is the time of the
// last one there: it is only concluded to be.
func TestSpansInEachOther(t *testing.T) {
	one := func(int) string { return "shop" }
	each := func(i int) string { return fmt.Sprint("shop", i%3) }
	for name, test := range map[string]struct {
		n       int
		service func(int) string
		rows    int // of operations
		last    int64
		sure    bool
	}{
		"as deep as is divided":           {maxDepth, one, maxDepth, 2, true},
		"one more":                        {maxDepth + 1, one, maxDepth + 1, 2, false},
		"many more":                       {200, one, maxDepth + 1, 2 * (200 - maxDepth), false},
		"many more, each of some service": {200, each, maxDepth + 1, 2 * (200 - maxDepth), false},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := Explain(Input{TraceID: zipkin.TraceID{Low: 1}, Spans: reports(t, nested(test.n, test.service))})
			if err != nil {
				t.Fatal(err)
			}
			if want := int64(2 * test.n * 1000); a.TotalUS != want || a.UnknownUS != want {
				t.Errorf("%d of %d µs are unknown, want all of %d", a.UnknownUS, a.TotalUS, want)
			}
			if len(a.States) != test.rows {
				t.Errorf("%d operations have time, want %d", len(a.States), test.rows)
			}
			for _, s := range a.States {
				deepest := s.Operation == fmt.Sprint("s", test.rows)
				want, inferred := int64(2000), int64(0)
				if deepest {
					want = test.last * 1000
				}
				if deepest && !test.sure {
					inferred = want
				}
				if s.US != want || s.InferredUS != inferred {
					t.Errorf("%s has %d µs, of which %d are concluded; want %d and %d", s.Operation, s.US, s.InferredUS, want, inferred)
				}
			}
		})
	}
}

// TestSpansInACircle have no time of their own, and no end is waited for.
func TestSpansInACircle(t *testing.T) {
	for name, test := range map[string]struct{ spans, want string }{
		"itself":              {"1 0 SERVER shop buy 0 100 \n 2 2 - shop pay 10 50", "buy 100"},
		"two of each other":   {"1 0 SERVER shop buy 0 100 \n 2 3 - shop pay 0 50 \n 3 2 - shop ask 0 50", "buy 100"},
		"one below a circle":  {"1 0 SERVER shop buy 0 100 \n 2 3 - shop pay 0 50 \n 3 2 - shop ask 0 50 \n 4 3 - shop get 0 50", "buy 100"},
		"and one that is not": {"1 0 SERVER shop buy 0 100 \n 2 3 - shop pay 0 50 \n 3 2 - shop ask 0 50 \n 4 1 - shop get 0 30", "buy 70, get 30"},
	} {
		a, err := Explain(Input{TraceID: zipkin.TraceID{Low: 1}, Spans: reports(t, test.spans)})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range a.States {
			got = append(got, fmt.Sprintf("%s %d", s.Operation, s.US/1000))
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%s: the time is in %q, want %q", name, got, test.want)
		}
	}
}

// TestStatesAreInOrder: the longest first, and those as long by where they are, however
// they come.
func TestStatesAreInOrder(t *testing.T) {
	const want = "c sync 9, a running 4, a sync 4, b running 4, b sleep 1"
	for _, text := range []string{
		"4 a running \n 4 a sync \n 4 b running \n 1 b sleep \n 9 c sync",
		"4 a sync \n 2 a running \n 1 b sleep \n 5 c sync \n 4 b running \n 2 a running \n 4 c sync",
	} {
		var got []string
		for _, s := range sum(segmentsOf(t, text)) {
			got = append(got, fmt.Sprintf("%s %s %d", s.Operation, s.State, s.US/1000))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("they are %q, want %s", got, want)
		}
	}
	if got := sum(segmentsOf(t, "0.0001 a running \n 1 b running")); len(got) != 1 || got[0].Operation != "b" {
		t.Errorf("what takes no time is listed: %v", got)
	}
}
