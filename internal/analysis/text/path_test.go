package text_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/analysis/report"
	"example.com/tracelab/internal/analysis/text"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkin"
)

// everything has one of everything.
var everything = []string{
	"1 SERVER gateway | visit @1000000+500000", "2<1 CLIENT gateway error | fetch @1010000+412000", "3<2 SERVER fetcher | fetch @1020000+390000", "4<3 - fetcher | get @1021000+100000", "5<3 - fetcher | get @1121000+280000",
	"6<1 CLIENT gateway | store @1010000+30000", "7<1 - gateway | flush @1490000+900000", "8<7 - gateway | write @1500000+10", "9<1 - gateway | @0+0", "a SERVER gateway | visit @3000000+90000",
}

func pathOf(t *testing.T, spans ...zipkin.Span) *labapi.CriticalPath {
	t.Helper()
	d, err := report.Path(critical.Of(spans, critical.Options{}), 0)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func pathText(d *labapi.CriticalPath) string {
	return text.Path(d, text.NextOfPath{Page: "http://localhost:9411/zipkin/traces/" + d.TraceID, Path: func(r *labapi.PathRequest) string { return "tracelab path " + d.TraceID + " " + r.SpanID }}, display.Plain())
}

func TestPath(t *testing.T) {
	const want = `visit of the gateway took 500 ms: 380 ms of it (76 %) were spent in 2 calls of
get of the fetcher; without the one that counts most the request would be 280 ms
shorter.
The trace has 2 requests; this is one of them.
Not on the path, with all that is below: 1 span ended after its parent, which
did not wait for it.
1 span without a start or a duration cannot be on the path: it has not ended
yet, or a part of its report was lost.

   on path    share  calls       saves  operation
    380 ms   76.0 %      2    ≤ 280 ms  fetcher get
   88.0 ms   17.6 %      1              gateway visit
   22.0 ms    4.4 %      1      382 ms  gateway fetch
   10.0 ms    2.0 %      1      382 ms  fetcher fetch
    500 ms  100.0 %                     all
saves: by how much the request would be shorter without it and all that is below
it; ≤ of several calls, without one of them

the path, from the start of the request
      0 µs  for  10.0 ms  gateway visit
   10.0 ms  for  10.0 ms  gateway fetch
   20.0 ms  for  1.00 ms  fetcher fetch
   21.0 ms  for   100 ms  fetcher get
    121 ms  for   280 ms  fetcher get
    401 ms  for  9.00 ms  fetcher fetch
    410 ms  for  12.0 ms  gateway fetch
    422 ms  for  78.0 ms  gateway visit

beside the path: to make it faster saves nothing
  gateway store took 30.0 ms, and could take 382 ms more

cannot be on the path
  gateway flush took 900 ms: it ended after its parent, which did not wait for
      it
  gateway (no name) has no start or no duration

other requests of this trace, each with the command that shows it
   90.0 ms  visit of the gateway
    tracelab path 0000000000000001 000000000000000a

http://localhost:9411/zipkin/traces/0000000000000001
`
	if got := pathText(pathOf(t, spantext.Spans(t, everything...)...)); got != want {
		t.Errorf("%s", got)
	}
}

// TestForeignTextOfAPath: names come from services, which anybody may write.
func TestForeignTextOfAPath(t *testing.T) {
	const evil = "\x1b]0;owned\x07\u009b2J\r\n\u202e"
	spans := spantext.Spans(t, everything...)
	for i := range spans {
		spans[i].Name, spans[i].Local.ServiceName, spans[i].Local.IPv4 = evil+strings.Repeat("long name ", 200), evil+strings.Repeat("x", 2000), evil
		spans[i].Tags = append(spans[i].Tags, zipkin.Tag{Key: evil, Value: strings.Repeat("v", 1<<20)})
	}
	d := pathOf(t, spans...)
	for name, got := range map[string]string{"path": pathText(d), "waterfall": text.Waterfall{Width: 80, Style: display.Plain()}.Draw(d)} {
		if strings.ContainsAny(got, "\x1b\x07\u009b\r\u202e") {
			t.Errorf("%s: %q", name, got)
		}
		for line := range strings.Lines(got) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > display.Columns {
				t.Errorf("%s has %d columns: %s", name, n, line)
			}
		}
	}
}

// TestALongPath is cut, and says how much.
func TestALongPath(t *testing.T) {
	spans := spantext.Spans(t, "1 - a | visit @1000+1000000")
	for i := range 300 {
		spans = append(spans, spantext.Span(t, fmt.Sprintf("%x<1 - a | get%d @%d+%d", i+2, i, 2000+3000*i, 2000+i)), spantext.Span(t, fmt.Sprintf("%x<1 - a | beside @%d+10", i+1000, 2000+3000*i)))
	}
	got := pathText(pathOf(t, spans...))
	if n := strings.Count(got, "\n"); n > 60 {
		t.Errorf("%d lines", n)
	}
	for _, want := range []string{"289 more\n", "between them, in 577 shorter ones\n", "and 294 more, which are in JSON\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %q:\n%s", want, got)
		}
	}
}
