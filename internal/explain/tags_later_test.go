package explain

import (
	"reflect"
	"testing"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/labapi"
)

// TestALaterExplanationCounts: of what was explained twice, the partial spans
// merged say what the second explanation says.
func TestALaterExplanationCounts(t *testing.T) {
	spans := []zipkin.Span{{TraceID: zipkin.TraceID{Low: 1}, ID: 1, Kind: zipkin.Server, Name: "get", Timestamp: 1000, Duration: 3000,
		Local: zipkin.Endpoint{ServiceName: "gateway"}, Tags: []zipkin.Tag{{Key: "http.method", Value: "GET"}}}}
	explain := func(sentence string, tiles ...labapi.StateTime) {
		answer := &labapi.Explanation{TraceID: spans[0].TraceID.String(), SpanID: spans[0].ID.String(), Service: "gateway", Sentences: []string{sentence}, States: tiles}
		partial := (&explained{answer, spans}).partialSpans()
		if len(partial) != 1 {
			t.Fatalf("%d partial spans, want 1", len(partial))
		}
		spans = append(spans, partial...)
	}
	explain("Little is known.", labapi.StateTime{State: "unknown", US: 2000}, labapi.StateTime{State: "running", US: 1000})
	explain("It waited.", labapi.StateTime{State: "sync", US: 1900}, labapi.StateTime{State: "running", US: 1100})
	explain("It waited for a lock.", labapi.StateTime{State: "sync", US: 1900}, labapi.StateTime{State: "running", US: 1100})
	merged := zipkin.Merge(spans)
	want := []zipkin.Tag{{Key: "go.running", Value: "1.100 ms"}, {Key: "go.sync", Value: "1.900 ms"}, {Key: "go.unknown", Value: "0.000 ms"},
		{Key: "go.why", Value: "It waited for a lock."}, {Key: "http.method", Value: "GET"}}
	if len(merged) != 1 || !reflect.DeepEqual(merged[0].Tags, want) {
		t.Errorf("%+v, want one span with the tags %v", merged, want)
	}
}
