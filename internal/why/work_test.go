package why

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"example.com/tracelab/internal/zipkin"
)

// laidOut formats the spans of a Work, times in ms since it begins: "1 buy 0-100", two
// blanks for each level, with what was done to the clock.
func laidOut(w *Work) string {
	var lines []string
	for i, s := range w.Spans {
		line := fmt.Sprintf("%s%d %s %d-%d", strings.Repeat("  ", s.Depth), s.ID, s.Name, (s.Start-w.Start)/1e6, (s.End-w.Start)/1e6)
		if c := s.Clock; c.Elsewhere && !c.Compared {
			line += " elsewhere"
		} else if c.Elsewhere {
			line += fmt.Sprintf(" moved %d sure %t earlier %d later %d", c.Moved/1e6, c.Sure, c.Earlier/1e6, c.Later/1e6)
		}
		if i == w.Asked {
			line += " asked"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestSpansOnOneAxis(t *testing.T) {
	const buy = "1 0 SERVER shop buy 0 100 \n 2 1 CLIENT shop ask 10 50 \n "
	for name, test := range map[string]struct {
		spans string
		of    zipkin.SpanID
		below bool
		want  string
	}{
		"a server within its caller": {buy + "3 2 SERVER bank pay 20 30", 0, false, `
1 buy 0-100 asked
  2 ask 10-60
    3 pay 20-50 moved 0 sure true earlier 10 later 10`},
		"a clock that is behind": {buy + "3 2 SERVER bank pay -980 30 \n 4 3 - bank audit -970 10", 0, false, `
1 buy 0-100 asked
  2 ask 10-60
    3 pay 20-50 moved 1000 sure false earlier 10 later 10
      4 audit 30-40`},
		"a consumer that comes later": {"1 0 SERVER shop buy 0 100 \n 2 1 PRODUCER shop put 10 10 \n 3 2 CONSUMER mail send 150 20", 0, false, `
1 buy 0-100 asked
  2 put 10-20
    3 send 150-170 elsewhere`},
		"one of two requests": {"1 0 SERVER shop buy 0 100 \n 5 0 SERVER shop look 500 10 \n 6 5 - shop read 501 5", 6, false, `
5 look 0-10
  6 read 1-6 asked`},
		"a span and what is below it": {buy + "3 2 SERVER bank pay 20 30 \n 4 1 - shop pack 70 10", 2, true, `
2 ask 0-50 asked
  3 pay 10-40 moved 0 sure true earlier 10 later 10`},
		"above each other": {"1 0 SERVER shop buy 0 100 \n 2 3 - shop pay 10 50 \n 3 2 - shop ask 10 50", 3, false, `
2 pay 0-50
  3 ask 0-50 asked`},
	} {
		t.Run(name, func(t *testing.T) {
			w, err := Lay(Input{TraceID: zipkin.TraceID{Low: 1}, Span: zipkin.SpanAt{ID: test.of}, Spans: reports(t, test.spans)}, test.below)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := laidOut(w), strings.TrimPrefix(test.want, "\n"); got != want {
				t.Errorf("it is\n%s\nwant\n%s", got, want)
			}
			end := int64(0)
			for i, s := range w.Spans {
				end = max(end, s.End)
				if g := w.Goroutines(i); s.Process != -1 || g.Trace != nil || len(g.Workers) > 0 {
					t.Errorf("%s has goroutines of no execution trace: %+v", s.Name, g)
				}
			}
			if w.End != end {
				t.Errorf("it ends at %d, and the last span at %d", w.End, end)
			}
		})
	}
}

func TestSpansThatCannotBeLaidOut(t *testing.T) {
	untimed := reports(t, "1 0 SERVER shop buy 0 100 \n 2 1 - shop ask 0 0 \n 3 2 - shop pay 20 10")
	untimed[1].Timestamp = 0
	w, err := Lay(Input{TraceID: zipkin.TraceID{Low: 1}, Spans: untimed}, false)
	if err != nil || w.Untimed != 1 || laidOut(w) != "1 buy 0-100 asked\n  3 pay 20-30" {
		t.Errorf("%v: %+v", err, w)
	}
	alone := untimed[1:2]
	for name, in := range map[string]Input{"nothing": {}, "another": {Spans: untimed, Span: zipkin.SpanAt{ID: 9}}, "no time": {Spans: alone}} {
		if _, err := Lay(in, false); !errors.Is(err, ErrNothing) {
			t.Errorf("of %s: %v", name, err)
		}
	}
	deep, err := Lay(Input{TraceID: zipkin.TraceID{Low: 1}, Spans: reports(t, nested(3000, func(i int) string { return fmt.Sprint("s", i%2) }))}, false)
	if err != nil || len(deep.Spans) != 3000 || deep.Spans[2999].Depth != 2999 {
		t.Errorf("of deep ones: %v", err)
	}
}
