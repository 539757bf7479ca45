package store

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/internal/zipkin"
)

// said is a span in the notation of hop, with its name, its duration and its
// tags after it.
func said(t *testing.T, text string) zipkin.Span {
	t.Helper()
	text, more, _ := strings.Cut(text, " | ")
	sp := hop(t, text, 0)
	for _, word := range strings.Fields(more) {
		key, value, isTag := strings.Cut(word, "=")
		switch {
		case isTag:
			sp.Tags = append(sp.Tags, tag(key, value))
		case word[0] == '@':
			fmt.Sscanf(word, "@%d+%d", &sp.Timestamp, &sp.Duration)
		case word[0] == '!':
			sp.Annotations = append(sp.Annotations, note(int64(word[1]), word[2:]))
		default:
			sp.Name = word
		}
	}
	return sp
}

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
		{"notes, each once", []string{"1 - a | !2b !3c", "1 - a | !1a !2b"}, []string{"1 - a | !1a !2b !3c"}},
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
		{"pieces of an address", []string{"1 - @1.1.1.1", "1 - a"}, []string{"1 - a@1.1.1.1"}},
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
			var spans, want []zipkin.Span
			for _, text := range c.spans {
				spans = append(spans, said(t, text))
			}
			for _, text := range c.want {
				want = append(want, said(t, text))
			}
			if got := Merge(spans); !reflect.DeepEqual(got, want) {
				t.Errorf("\n got %+v\nwant %+v", got, want)
			}
		})
	}
}

// TestMergeAsTheLinkerDoes holds Merge to what the store links, which is held to
// Zipkin: of reports that do not contradict one another, both make the same.
func TestMergeAsTheLinkerDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	merged := 0
	for range 3000 {
		spans := make([]zipkin.Span, 1+r.IntN(9))
		for i := range spans {
			sp := wildSpan(r)
			sp.TraceID, sp.Kind, sp.Name = traceID(0, 1), one(r, "", kindsOf[sp.Local.ServiceName]), one(r, "", "get")
			sp.Timestamp, sp.Duration = one(r, 0, t0), one[int64](r, 0, 10)
			spans[i] = sp
		}
		s := New(Config{})
		s.Add(spans)
		stored, _ := s.Trace(traceID(0, 1))
		before := fmt.Sprint(stored)
		var tree spanTree
		tree.mergePieces(s.records(1))
		var got, want []string
		for _, sp := range Merge(stored) {
			_, hasError := sp.Tag("error")
			got = append(got, fmt.Sprint(sp.ID, halfOf(&sp), sp.Timestamp, sp.Local, sp.Remote.ServiceName, hasError))
		}
		for _, n := range tree.nodes {
			want = append(want, fmt.Sprint(n.id, n.half, n.timestamp, *n.local, n.remote, n.hasError))
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%v\n got %q\nwant %q", stored, got, want)
		}
		if fmt.Sprint(stored) != before {
			t.Fatalf("Merge changed what it was given:\n%v\n%s", stored, before)
		}
		merged += len(stored) - len(got)
	}
	if merged < 1000 {
		t.Errorf("of 3,000 traces, %d spans were merged: too few to learn from", merged)
	}
}

// kindsOf are those of the spans of each service.
var kindsOf = map[string]zipkin.Kind{"a": zipkin.Client, "b": zipkin.Server, "c": zipkin.Consumer}

// TestManyPieces is bounded: a span in 100,000 pieces takes a moment.
func TestManyPieces(t *testing.T) {
	spans := make([]zipkin.Span, 100_000)
	for i := range spans {
		spans[i] = zipkin.Span{ID: 1, Tags: []zipkin.Tag{tag(fmt.Sprintf("%06d", (i*7919)%len(spans)), "v")}, Annotations: []zipkin.Annotation{note(int64(i), "a")}}
	}
	got := Merge(spans)
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
	if got := Merge(spans); len(got) != len(spans) {
		t.Errorf("%d spans, want %d", len(got), len(spans))
	}
}

// BenchmarkMerge is of a trace of 10,000 spans, of which one in ten is explained.
func BenchmarkMerge(b *testing.B) {
	for name, every := range map[string]int{"whole": 0, "explained": 10} {
		r := rand.New(rand.NewPCG(1, 0))
		spans := make([]zipkin.Span, 0, 11_000)
		for i := range 10_000 {
			sp := zipkin.Span{ID: zipkin.SpanID(r.Uint64()), Local: zipkin.Endpoint{ServiceName: "web", IPv4: "10.0.0.1"}, Timestamp: t0, Duration: 10, Name: "get"}
			spans = append(spans, sp)
			if every > 0 && i%every == 0 {
				spans = append(spans, zipkin.Span{ID: sp.ID, Local: sp.Local, Timestamp: t0, Tags: []zipkin.Tag{tag("go.sync", "1.000 ms"), tag("go.why", "…")}})
			}
		}
		b.Run(name, func(b *testing.B) { measure(b, func() { Merge(spans) }) })
	}
}
