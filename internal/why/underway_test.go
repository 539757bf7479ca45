package why_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/why"
	"example.com/tracelab/internal/zipkin"
)

// TestARequestUnderWay is named without a time, and its parts are no requests: while a
// service is awaited, the parent that is not known may be a span of it.
func TestARequestUnderWay(t *testing.T) {
	round := []string{"3<2 CLIENT gateway | get @2000+900", "4<3 SERVER fetcher | fetch @2010+880"}
	next := append(round, "6<5 SERVER fetcher | fetch @3000+950")
	for _, test := range []struct {
		name    string
		spans   []string
		awaited []string
		want    string // the beginning of what is said
		total   int64
		of      int
	}{
		{"between two calls", round, []string{"Gateway"}, "A request of the Gateway has not ended", 0, 0},
		{"in a call", next, []string{"Gateway"}, "A request of the Gateway has not ended", 0, 0},
		{"in its first call", next[2:], []string{"Gateway"}, "A request of the Gateway has not ended", 0, 0},
		{"another took an earlier one in", append(next, "9<8 SERVER gateway | visit @500+100"), []string{"Gateway"}, "visit of the Gateway took 100 µs", 100, 0},
		{"another took a later one in", append(next, "9<8 SERVER gateway | visit @2500+100"), []string{"Gateway"}, "visit of the Gateway took 100 µs", 100, 0},
		{"the callee is awaited", append(round, "2<1 SERVER gateway | visit @1990+1000"), []string{"fetcher"}, "visit of the Gateway took 1.00 ms", 1000, 0},
		{"whom it calls is awaited", []string{"2<1 SERVER gateway | visit @1990+1000", "3<2 CLIENT gateway>fetcher | get @2000+900"}, []string{"fetcher"}, "visit of the Gateway took 1.00 ms", 1000, 0},
		{"it began the trace", []string{"2 SERVER gateway | visit @1990+1000"}, []string{"fetcher"}, "visit of the Gateway took 1.00 ms", 1000, 0},
		{"its span is lost", next, nil, "fetch of the fetcher, one of 2 requests of this trace, took 950 µs", 950, 2},
	} {
		processes := []why.Process{{Service: "Gateway", Refused: "gave no answer"}}
		x, err := why.Explain(why.Input{TraceID: zipkin.TraceID{Low: 1}, Spans: spantext.Spans(t, test.spans...), Processes: processes, Awaited: test.awaited})
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if !strings.HasPrefix(x.Sentences[0], test.want) || x.TotalUS != test.total || x.Requests != test.of {
			t.Errorf("%s: it says %q, of %d µs and %d requests", test.name, x.Sentences, x.TotalUS, x.Requests)
		}
		if test.total == 0 && (len(x.States)+len(x.Missing)+len(x.Others) > 0 || x.Execution.State != labapi.ExecutionAwaited || strings.Contains(fmt.Sprint(x.Sentences), "%")) {
			t.Errorf("%s: it knows %+v, and lacks %+v: %q", test.name, x.States, x.Missing, x.Sentences)
		}
	}
}
