package zipkin_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkin"
)

func TestMerge(t *testing.T) {
	for _, c := range []struct {
		name  string
		spans []string
		want  []string
	}{
		{"nothing", nil, nil},
		{"one span", []string{"1 SERVER a | get @5+9"}, []string{"1 SERVER a | get @5+9"}},
		{"spans keep their order", []string{"3<1 - a", "1 SERVER a", "2<1 - a"}, []string{"3<1 - a", "1 SERVER a", "2<1 - a"}},
		{"an explanation", []string{"2<1 CLIENT a>b | get @5+9 k=v", "1 SERVER a | @2+99", "2<1 - a | @5+0 go.network=8 go.why=slow"},
			[]string{"2<1 CLIENT a>b | get @5+9 go.network=8 go.why=slow k=v", "1 SERVER a | @2+99"}},
		{"an explanation before its span", []string{"2<1 - a | @5+0 go.why=slow", "1 SERVER a", "2<1 SERVER a | get @5+9"},
			[]string{"2<1 SERVER a | get @5+9 go.why=slow", "1 SERVER a"}},
		{"two explanations: the last counts", []string{"1 - a | x=1 go.sync=1 go.why=one", "1 - a | go.sync=2 go.why=two"},
			[]string{"1 - a | go.sync=2 go.why=two x=1"}},
		{"a start and an end", []string{"1 - a | get @5+0", "1 SERVER a>b | @0+7"}, []string{"1 SERVER a>b | get @5+7"}},
		{"the first of two parents", []string{"3<1 - a", "3<2 - a"}, []string{"3<1 - a"}},
		{"annotations, each once", []string{"1 - a | !2b !3c", "1 - a | !1a !2b"}, []string{"1 - a | !1a !2b !3c"}},
		{"a parent that came late", []string{"2 - a", "2<1 - a"}, []string{"2<1 - a"}},

		{"two names are two spans", []string{"1 - a | get @5+9", "1 - a | put @5+9"}, []string{"1 - a | get @5+9", "1 - a | put @5+9"}},
		{"two kinds are two spans", []string{"1 SERVER a", "1 CONSUMER a"}, []string{"1 SERVER a", "1 CONSUMER a"}},
		{"two starts are two spans", []string{"1 - a | @5+9", "1 - a | @6+9"}, []string{"1 - a | @5+9", "1 - a | @6+9"}},
		{"two ends are two spans", []string{"1 - a | @5+8", "1 - a | @5+9"}, []string{"1 - a | @5+8", "1 - a | @5+9"}},
		{"each of two spans with its explanation", []string{"1 - a | @5+9", "1 - a | @6+9", "1 - a | @6+0 go.why=b", "1 - a | @5+0 go.why=a"},
			[]string{"1 - a | @5+9 go.why=a", "1 - a | @6+9 go.why=b"}},
		{"a call to itself by a shared id", []string{"2<1 SERVER a", "2<1 CLIENT a"}, []string{"2<1 SERVER a shared", "2<1 CLIENT a"}},

		{"another service is another span", []string{"1 CLIENT a | get", "1 - b | k=v"}, []string{"1 CLIENT a | get", "1 - b | k=v"}},
		{"another address is another span", []string{"1 - a@1.1.1.1", "1 - a@2.2.2.2"}, []string{"1 - a@1.1.1.1", "1 - a@2.2.2.2"}},
		{"no endpoint goes with the client", []string{"1 SERVER b shared", "1 - | k=v", "1 CLIENT a"}, []string{"1 SERVER b shared", "1 CLIENT a | k=v"}},
		{"parts of an address", []string{"1 - @1.1.1.1", "1 - a"}, []string{"1 - a@1.1.1.1"}},
		{"what is between two is in neither", []string{"1 - a@1.1.1.1", "1 - b", "1 - a"}, []string{"1 - a@1.1.1.1", "1 - b"}},

		{"client and server stay two", []string{"2<1 SERVER b shared", "2<1 CLIENT a"}, []string{"2<1 SERVER b shared", "2<1 CLIENT a"}},
		{"a shared server's explanation says so", []string{"2<1 CLIENT a", "2<1 SERVER b shared | get", "2<1 - b shared | go.why=slow"},
			[]string{"2<1 CLIENT a", "2<1 SERVER b shared | get go.why=slow"}},
		{"or it is a span of its own", []string{"2<1 CLIENT a", "2<1 SERVER b shared | get", "2<1 - b | go.why=slow"},
			[]string{"2<1 CLIENT a", "2<1 SERVER b shared | get", "2<1 - b | go.why=slow"}},
		{"a server that does not say that it is shared", []string{"2<1 CLIENT a", "2<1 SERVER b", "2<1 - b | go.why=slow"},
			[]string{"2<1 CLIENT a", "2<1 SERVER b shared | go.why=slow"}},
		{"a server that does not know its parent", []string{"2 SERVER b shared", "2<1 CLIENT a"}, []string{"2<1 SERVER b shared", "2<1 CLIENT a"}},
		{"two servers", []string{"1 CLIENT a", "1 SERVER b@1.1.1.1 shared", "1 SERVER b@2.2.2.2 shared", "1 - b@1.1.1.1 shared | k=v"},
			[]string{"1 CLIENT a", "1 SERVER b@1.1.1.1 shared | k=v", "1 SERVER b@2.2.2.2 shared"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := spantext.Spans(t, c.want...)
			if got := zipkin.Merge(spantext.Spans(t, c.spans...)); !reflect.DeepEqual(got, want) {
				t.Errorf("\n got %+v\nwant %+v", got, want)
			}
		})
	}
}

// TestManyParts is bounded: a span in 100,000 parts takes a moment.
func TestManyParts(t *testing.T) {
	spans := make([]zipkin.Span, 100_000)
	for i := range spans {
		spans[i] = zipkin.Span{ID: 1, Tags: []zipkin.Tag{{Key: fmt.Sprintf("%06d", (i*7919)%len(spans)), Value: "v"}}, Annotations: []zipkin.Annotation{{Timestamp: int64(i), Value: "a"}}}
	}
	got := zipkin.Merge(spans)
	if len(got) != 1 || len(got[0].Tags) != len(spans) || len(got[0].Annotations) != len(spans) || got[0].Tags[1].Key != "000001" {
		t.Errorf("%d spans, the first with %d tags", len(got), len(got[0].Tags))
	}
}

// TestManySpansOfOneID keeps them all, and takes no time that grows with their square.
func TestManySpansOfOneID(t *testing.T) {
	spans := make([]zipkin.Span, 100_000)
	for i := range spans {
		spans[i] = zipkin.Span{ID: 1, Timestamp: int64(i + 1), Duration: 1}
	}
	if got := zipkin.Merge(spans); len(got) != len(spans) {
		t.Errorf("%d spans, want %d", len(got), len(spans))
	}
}

// BenchmarkMerge is of a trace of 10,000 spans, of which one in ten is explained.
func BenchmarkMerge(b *testing.B) {
	for name, every := range map[string]int{"whole": 0, "explained": 10} {
		r := rand.New(rand.NewPCG(1, 0))
		spans := make([]zipkin.Span, 0, 11_000)
		for i := range 10_000 {
			sp := zipkin.Span{ID: zipkin.SpanID(r.Uint64()), Local: zipkin.Endpoint{ServiceName: "web", IPv4: "10.0.0.1"}, Timestamp: 1e15, Duration: 10, Name: "get"}
			spans = append(spans, sp)
			if every > 0 && i%every == 0 {
				spans = append(spans, zipkin.Span{ID: sp.ID, Local: sp.Local, Timestamp: 1e15, Tags: []zipkin.Tag{{Key: "go.sync", Value: "1.000 ms"}, {Key: "go.why", Value: "…"}}})
			}
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				zipkin.Merge(spans)
			}
		})
	}
}

// FuzzMerge holds for any ids, parents and endpoints: each report is in one span.
func FuzzMerge(f *testing.F) {
	f.Add([]byte{1, 0, 0, 1, 0, 9, 2, 1, 4})
	f.Add([]byte{1, 2, 19, 1, 2, 64, 1, 0, 33})
	f.Fuzz(func(t *testing.T, data []byte) {
		spans := wildSpans(data)
		merged := zipkin.Merge(spans)
		reports := map[string]int{}
		for i := range merged {
			for _, a := range merged[i].Annotations {
				reports[a.Value]++
			}
		}
		for i := range spans {
			if n := reports[spans[i].Annotations[0].Value]; n != 1 {
				t.Fatalf("report %d is in %d spans", i, n)
			}
		}
		if len(reports) != len(spans) {
			t.Fatalf("%d reports of %d", len(reports), len(spans))
		}
	})
}

// wildSpans makes a span from three bytes each: few ids, parents and endpoints,
// so that all that can be wrong with them soon is.
func wildSpans(data []byte) (spans []zipkin.Span) {
	kinds := []zipkin.Kind{"", zipkin.Client, zipkin.Server, zipkin.Consumer}
	for ; len(data) >= 3; data = data[3:] {
		id, parent, more := data[0], data[1], data[2]
		sp := zipkin.Span{
			TraceID: zipkin.TraceID{Low: 1}, ID: zipkin.SpanID(id & 15), ParentID: zipkin.SpanID(parent & 15),
			Timestamp: int64(id >> 4), Duration: int64(parent >> 6), Kind: kinds[more&3], Shared: more&4 != 0,
			Annotations: []zipkin.Annotation{{Value: fmt.Sprint(len(spans))}},
		}
		if more&8 != 0 {
			sp.Local.ServiceName = string('a' + rune(more>>4&3))
		}
		if more&64 != 0 {
			sp.Local.IPv4 = fmt.Sprintf("10.0.0.%d", more>>7)
		}
		spans = append(spans, sp)
	}
	return spans
}
