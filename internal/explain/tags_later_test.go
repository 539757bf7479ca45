package explain

import (
	"reflect"
	"slices"
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

// TestTagsBelongToTheirSpans: to the one that is explained, and to the one that held
// it up, as their services reported them, and no second time.
func TestTagsBelongToTheirSpans(t *testing.T) {
	gateway, writer := zipkin.Endpoint{ServiceName: "gateway"}, zipkin.Endpoint{ServiceName: "writer"}
	trace := zipkin.TraceID{Low: 1}
	spans := []zipkin.Span{
		{TraceID: trace, ID: 3, ParentID: 1, Kind: zipkin.Client, Name: "put", Timestamp: 1100, Duration: 2500, Local: gateway},
		{TraceID: trace, ID: 1, Kind: zipkin.Server, Name: "get", Timestamp: 1000, Duration: 3000, Local: gateway},
		{TraceID: trace, ID: 3, ParentID: 1, Kind: zipkin.Server, Name: "put", Timestamp: 1200, Duration: 2000, Local: writer, Shared: true},
		{TraceID: trace, ID: 4, ParentID: 1, Kind: zipkin.Client, Name: "begun", Timestamp: 1200, Local: gateway},
	}
	x := &labapi.Explanation{TraceID: trace.String(), SpanID: spans[1].ID.String(), Service: "Gateway", Sentences: []string{"It waited."},
		States: []labapi.StateTime{{State: "sync", US: 3000}}, Cause: &labapi.Cause{Service: "writer", SpanID: spans[2].ID.String()}}
	why, sync := zipkin.Tag{Key: "go.why", Value: "It waited."}, zipkin.Tag{Key: "go.sync", Value: "3.000 ms"}
	want := []zipkin.Span{
		{TraceID: trace, ID: 1, Timestamp: 1000, Local: gateway, Tags: []zipkin.Tag{sync, why}},
		{TraceID: trace, ID: 3, ParentID: 1, Timestamp: 1200, Local: writer, Shared: true, Tags: []zipkin.Tag{why}},
	}
	if got := (&explained{x, spans}).partialSpans(); !reflect.DeepEqual(got, want) {
		t.Errorf("the tags are\n%+v\nwant\n%+v", got, want)
	}
	others := []zipkin.Span{ // of the other half of a span, and of another span of the service
		{TraceID: trace, ID: 3, Timestamp: 1100, Local: gateway, Tags: []zipkin.Tag{{Key: "go.why", Value: "It ran."}}},
		{TraceID: trace, ID: 4, Timestamp: 1200, Local: gateway, Tags: []zipkin.Tag{{Key: "go.why", Value: "It ran."}}},
	}
	if again := (&explained{x, slices.Concat(spans, want, others)}).partialSpans(); again != nil {
		t.Errorf("a second time they are %+v", again)
	}
	x.Cause = &labapi.Cause{Service: "gateway", SpanID: x.SpanID}
	if got := (&explained{x, spans}).partialSpans(); !reflect.DeepEqual(got, want[:1]) {
		t.Errorf("of a span that held itself up they are %+v", got)
	}
	for _, unreported := range []labapi.Cause{{Service: "writer", SpanID: "0000000000000007"}, {Service: "fetcher", SpanID: spans[2].ID.String()}, {Service: "gateway", SpanID: spans[3].ID.String()}} {
		x.Cause = &unreported
		if got := (&explained{x, spans}).partialSpans(); len(got) != 1 {
			t.Errorf("with the cause %+v they are %+v", unreported, got)
		}
	}
}

// TestTagsOfOneID go to the half that they speak of: of a service that calls itself,
// of a server that is the cause, and of one of several requests that share their id.
func TestTagsOfOneID(t *testing.T) {
	trace, shard := zipkin.TraceID{Low: 1}, zipkin.Endpoint{ServiceName: "shard"}
	call := zipkin.Span{TraceID: trace, ID: 1, Kind: zipkin.Client, Name: "call", Timestamp: 1000, Duration: 3000, Local: shard}
	serve := zipkin.Span{TraceID: trace, ID: 1, Kind: zipkin.Server, Name: "serve", Timestamp: 1200, Duration: 2000, Local: shard, Shared: true}
	again := zipkin.Span{TraceID: trace, ID: 1, Kind: zipkin.Server, Name: "serve", Timestamp: 9000, Duration: 2000, Local: shard, Shared: true}
	spans := []zipkin.Span{serve, again, call}
	why := func(s zipkin.Span) zipkin.Span {
		return zipkin.Span{TraceID: trace, ID: 1, Timestamp: s.Timestamp, Local: shard, Shared: s.Shared, Tags: []zipkin.Tag{{Key: "go.why", Value: "It waited."}}}
	}
	x := &labapi.Explanation{TraceID: trace.String(), SpanID: serve.ID.String(), Service: "shard", Requests: 2, Sentences: []string{"It, one of 2 requests of this trace, waited."}}
	for name, test := range map[string]struct {
		of    zipkin.Span
		cause *labapi.Cause
		want  []zipkin.Span
	}{
		"the call":                {call, nil, []zipkin.Span{why(call)}},
		"its server":              {serve, nil, []zipkin.Span{why(serve)}},
		"the later request":       {again, nil, []zipkin.Span{why(again)}},
		"the call, by itself":     {call, &labapi.Cause{Service: "shard", SpanID: x.SpanID, Reported: &call}, []zipkin.Span{why(call)}},
		"the call, by its server": {call, &labapi.Cause{Service: "shard", SpanID: x.SpanID, Reported: &serve}, []zipkin.Span{why(call), why(serve)}},
	} {
		x.Reported, x.Cause = &test.of, test.cause
		if got := (&explained{x, spans}).partialSpans(); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: the tags are\n%+v\nwant\n%+v", name, got, test.want)
		}
		told := slices.Concat(spans, test.want)
		if merged := zipkin.Merge(told); len(merged) != len(spans) {
			t.Errorf("%s: the tags make %d spans of %d", name, len(merged), len(spans))
		}
		if got := (&explained{x, told}).partialSpans(); got != nil {
			t.Errorf("%s: a second time they are %+v", name, got)
		}
	}
}
