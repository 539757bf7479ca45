package why

import (
	"strings"
	"testing"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// TestASpanWithoutATime has spans that were reported without a time or an end, as
// Zipkin allows: nothing is measured from them.
func TestASpanWithoutATime(t *testing.T) {
	const never = "-1000 0" // is no timestamp and no duration
	for name, test := range map[string]struct {
		spans string
		asked zipkin.SpanID
		want  string // the pattern's text; empty: none
	}{
		"a producer":         {"1 0 SERVER writer post 0 3 \n 2 1 PRODUCER writer send " + never + " \n 3 2 CONSUMER writer process 4 50", 1, ""},
		"a producer's end":   {"1 0 SERVER writer post 0 3 \n 2 1 PRODUCER writer send 1 0 \n 3 2 CONSUMER writer process 82 50", 1, "a message waited 81.0 ms in the queue before process of the writer took it"},
		"a consumer":         {"1 0 SERVER writer post 0 3 \n 2 1 PRODUCER writer send 1 1 \n 3 2 CONSUMER writer process " + never, 1, ""},
		"a server":           {"1 0 CLIENT gateway get 100 20 \n 2 1 SERVER fetcher get " + never, 1, ""},
		"a caller":           {"1 0 SERVER gateway visit 0 20 \n 2 1 CLIENT gateway get " + never + " \n 3 2 SERVER fetcher get 5 0", 1, ""},
		"who is asked for":   {"1 0 SERVER gateway visit 0 90 \n 2 1 - gateway main " + never + " \n 3 2 - gateway rank 20 30", 2, ""},
		"its end is unknown": {"1 0 SERVER gateway visit 0 90 \n 2 1 - gateway main 10 0 \n 3 2 - gateway rank 20 30", 2, ""},
		"an error has none":  {"1 0 SERVER gateway visit 0 90 \n 2 1 - gateway main " + never + " error=full", 1, "main of the gateway failed: full"},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := Explain(Input{TraceID: zipkin.TraceID{Low: 1}, Span: zipkin.SpanAt{ID: test.asked}, Spans: reports(t, test.spans)})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if a.Pattern != nil {
				got = a.Pattern.Text
			}
			if got != test.want {
				t.Errorf("it says %q, want %q", got, test.want)
			}
			if len(a.Sentences) == 0 {
				t.Error("it says nothing at all")
			}
		})
	}
}

// TestATraceWithoutATime is explained as far as it goes: what its spans lack is said.
func TestATraceWithoutATime(t *testing.T) {
	const lacks = "visit of the gateway was reported without a duration: how long it took is not known. There is no time to explain. Nothing of it is explained."
	for name, test := range map[string]struct {
		spans []zipkin.Span
		want  string // of the sentences
	}{
		"no timestamp and no duration": {[]zipkin.Span{{ID: 1, Name: "visit"}}, lacks},
		"no duration":                  {[]zipkin.Span{{ID: 1, Name: "visit", Timestamp: 1e15}}, lacks},
		"no timestamp":                 {[]zipkin.Span{{ID: 1, Name: "visit", Duration: 5000}}, "visit of the gateway took 5.00 ms: what its goroutines did meanwhile is not known."},
		"none of a call":               {[]zipkin.Span{{ID: 1, Name: "visit"}, {ID: 2, ParentID: 1, Name: "get"}}, lacks},
		"but a call has one":           {[]zipkin.Span{{ID: 1, Name: "visit"}, {ID: 2, ParentID: 1, Name: "get", Timestamp: 1e15, Duration: 5000}}, lacks},
	} {
		for i := range test.spans {
			test.spans[i].Local.ServiceName = "gateway"
		}
		a, err := Explain(Input{TraceID: zipkin.TraceID{Low: 1}, Spans: test.spans})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if said := strings.Join(a.Sentences, " "); !strings.HasPrefix(said, test.want) || a.Execution.State != labapi.ExecutionGone || a.Execution.Reason == "" {
			t.Errorf("%s: it says %q, %+v; want %q", name, said, a.Execution, test.want)
		}
	}
}
