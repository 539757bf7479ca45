package propagation

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"go.opencensus.io/trace"
)

const (
	id128 = "463ac35c9f6413ad48485a3953bb6124"
	id64  = "48485a3953bb6124"
	span1 = "a2fb4a1d1a96d312"
)

func header(kv ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(kv); i += 2 {
		h.Add(kv[i], kv[i+1])
	}
	return h
}

// show is an incoming context in one line: trace, span and what was decided.
func show(in trace.SpanContext) string {
	if in == (trace.SpanContext{}) {
		return "nothing"
	}
	said := "defer"
	switch {
	case in.TraceOptions&Debug != 0:
		said = "debug"
	case in.IsSampled():
		said = "yes"
	case in.TraceOptions&Decided != 0:
		said = "no"
	}
	if in.TraceID == (trace.TraceID{}) {
		return said
	}
	return shortTraceID(in.TraceID.String()) + " " + in.SpanID.String() + " " + said
}

func TestExtract(t *testing.T) {
	parent := header("X-B3-TraceId", id128, "X-B3-SpanId", span1)
	with := func(kv ...string) http.Header {
		h := parent.Clone()
		for i := 0; i < len(kv); i += 2 {
			h.Set(kv[i], kv[i+1])
		}
		return h
	}
	const other = "00-" + id64 + id64 + "-" + span1 + "-01"
	tests := []struct {
		name   string
		header http.Header
		want   string
	}{
		{"no headers", header(), "nothing"},
		{"multi, sampled", with("X-B3-Sampled", "1"), id128 + " " + span1 + " yes"},
		{"multi, an old client's true", with("X-B3-Sampled", "true"), id128 + " " + span1 + " yes"},
		{"multi, not sampled", with("X-B3-Sampled", "0"), id128 + " " + span1 + " no"},
		{"multi, deferred", parent, id128 + " " + span1 + " defer"},
		{"multi, debug", with("X-B3-Flags", "1"), id128 + " " + span1 + " debug"},
		{"multi, debug outweighs sampled", with("X-B3-Flags", "1", "X-B3-Sampled", "0"), id128 + " " + span1 + " debug"},
		{"multi, flags 0 says nothing", with("X-B3-Flags", "0", "X-B3-Sampled", "1"), id128 + " " + span1 + " yes"},
		{"multi, a decision that is none", with("X-B3-Sampled", "maybe"), id128 + " " + span1 + " defer"},
		{"multi, 64-bit", header("X-B3-TraceId", id64, "X-B3-SpanId", span1), id64 + " " + span1 + " defer"},
		{"multi, upper case", header("X-B3-TraceId", strings.ToUpper(id128), "X-B3-SpanId", strings.ToUpper(span1)), id128 + " " + span1 + " defer"},
		{"multi, leading zeros left out", header("X-B3-TraceId", "1", "X-B3-SpanId", "2"), "0000000000000001 0000000000000002 defer"},
		{"multi, decision alone", header("X-B3-Sampled", "0"), "no"},
		{"multi, debug alone", header("X-B3-Flags", "1"), "debug"},
		{"multi, zero trace id", header("X-B3-TraceId", "00", "X-B3-SpanId", span1, "X-B3-Sampled", "1"), "yes"},
		{"multi, zero span id", header("X-B3-TraceId", id128, "X-B3-SpanId", "0000000000000000"), "nothing"},
		{"multi, no span id", header("X-B3-TraceId", id128), "nothing"},
		{"multi, too long", header("X-B3-TraceId", id128+"a", "X-B3-SpanId", span1), "nothing"},
		{"multi, not hex", header("X-B3-TraceId", "xyz", "X-B3-SpanId", span1), "nothing"},
		{"single", header("b3", id128+"-"+span1+"-1"), id128 + " " + span1 + " yes"},
		{"single, no decision", header("b3", id128+"-"+span1), id128 + " " + span1 + " defer"},
		{"single, parent", header("b3", id128+"-"+span1+"-0-05e3ac9a4f6e3b90"), id128 + " " + span1 + " no"},
		{"single, debug", header("b3", id64+"-"+span1+"-d"), id64 + " " + span1 + " debug"},
		{"single, deny alone", header("b3", "0"), "no"},
		{"single, debug alone", header("b3", "d"), "debug"},
		{"single, bad parent", header("b3", id128+"-"+span1+"-1-zz"), "nothing"},
		{"single, bad decision", header("b3", id128+"-"+span1+"-x"), "nothing"},
		{"single before multi", with("b3", id64+"-"+span1+"-0"), id64 + " " + span1 + " no"},
		{"a bad single leaves multi", with("b3", "not an id"), id128 + " " + span1 + " defer"},
		{"W3C, sampled", header("traceparent", "00-"+id128+"-"+span1+"-01"), id128 + " " + span1 + " yes"},
		{"W3C, not sampled", header("traceparent", "00-"+id128+"-"+span1+"-00"), id128 + " " + span1 + " no"},
		{"W3C, other flags", header("traceparent", "00-"+id128+"-"+span1+"-03"), id128 + " " + span1 + " yes"},
		{"W3C, a later version with more", header("traceparent", "01-"+id128+"-"+span1+"-01-more"), id128 + " " + span1 + " yes"},
		{"W3C, version 00 with more", header("traceparent", "00-"+id128+"-"+span1+"-01-more"), "nothing"},
		{"W3C, version ff", header("traceparent", "ff-"+id128+"-"+span1+"-01"), "nothing"},
		{"W3C, zero trace id", header("traceparent", "00-"+strings.Repeat("0", 32)+"-"+span1+"-01"), "nothing"},
		{"W3C, cut", header("traceparent", "00-"+id128+"-"+span1), "nothing"},
		{"W3C, upper case", header("traceparent", "00-"+strings.ToUpper(id128)+"-"+span1+"-01"), "nothing"},
		{"multi before W3C", with("X-B3-Sampled", "0", "traceparent", other), id128 + " " + span1 + " no"},

		// What one header does not say, the next may.
		{"multi, then W3C's decision", with("traceparent", other), id128 + " " + span1 + " yes"},
		{"single, then multi's decision", header("b3", id64+"-"+span1, "X-B3-TraceId", id128, "X-B3-SpanId", span1, "X-B3-Sampled", "0"), id64 + " " + span1 + " no"},
		{"single decision, then multi's ids", with("b3", "0", "X-B3-Sampled", "1"), id128 + " " + span1 + " no"},
		{"single decision, then W3C's ids", header("b3", "d", "traceparent", other), id64 + id64 + " " + span1 + " debug"},
		{"multi decision, then W3C's ids", header("X-B3-Sampled", "0", "traceparent", other), id64 + id64 + " " + span1 + " no"},
		{"multi debug, then W3C's ids", header("X-B3-Flags", "1", "traceparent", other), id64 + id64 + " " + span1 + " debug"},
		{"multi, ids that are none, then W3C's", header("X-B3-TraceId", "xyz", "X-B3-SpanId", span1, "X-B3-Sampled", "0", "traceparent", other), id64 + id64 + " " + span1 + " no"},
		{"multi, a no beside ids that are none", header("X-B3-TraceId", "xyz", "X-B3-SpanId", span1, "X-B3-Sampled", "0"), "no"},
		{"single, ids that are none, then W3C", header("b3", "xyz-"+span1+"-0", "traceparent", other), id64 + id64 + " " + span1 + " yes"},
		{"multi, d is no decision", with("X-B3-Sampled", "d"), id128 + " " + span1 + " defer"},
		{"single, a field is empty, then multi", with("b3", id64+"-"+span1+"-", "X-B3-Sampled", "0"), id128 + " " + span1 + " no"},

		// Lines of one header, and what a proxy makes of them.
		{"sampled, two lines", header("X-B3-Sampled", "1", "X-B3-Sampled", "0"), "no"},
		{"sampled, combined", header("X-B3-Sampled", "1, 0"), "no"},
		{"sampled, combined without space", header("X-B3-Sampled", "0,1"), "no"},
		{"sampled, the same twice", with("X-B3-Sampled", "1,1"), id128 + " " + span1 + " yes"},
		{"sampled, one is none", with("X-B3-Sampled", "maybe, 0"), id128 + " " + span1 + " no"},
		{"flags, combined", with("X-B3-Flags", "0, 1"), id128 + " " + span1 + " debug"},
		{"multi, ids combined", header("X-B3-TraceId", id128+", "+id128, "X-B3-SpanId", span1+","+span1), id128 + " " + span1 + " defer"},
		{"multi, two traces", header("X-B3-TraceId", id128, "X-B3-TraceId", id64, "X-B3-SpanId", span1), id128 + " " + span1 + " defer"},
		{"multi, two spans", with("X-B3-SpanId", span1+", "+id64), id128 + " " + span1 + " defer"},
		{"single, two lines", header("b3", id128+"-"+span1+"-1", "b3", id128+"-"+span1+"-0"), id128 + " " + span1 + " no"},
		{"single, combined", header("b3", id128+"-"+span1+"-1, "+id128+"-"+span1+"-1"), id128 + " " + span1 + " yes"},
		{"single, decision and ids", header("b3", "0, "+id128+"-"+span1+"-1"), id128 + " " + span1 + " no"},
		{"single, debug and no", header("b3", "d,0"), "no"},
		{"single, one is none", header("b3", "xyz, "+id128+"-"+span1+"-1"), id128 + " " + span1 + " yes"},
		{"single, two traces", header("b3", id128+"-"+span1+"-1, "+id64+"-"+span1+"-0"), id128 + " " + span1 + " no"},
		{"W3C, the same twice", header("traceparent", other, "traceparent", other), id64 + id64 + " " + span1 + " yes"},
		{"W3C, combined", header("traceparent", other+" ,\t"+other), id64 + id64 + " " + span1 + " yes"},
		{"W3C, two parents", header("traceparent", other, "traceparent", "00-"+id128+"-"+span1+"-01"), "nothing"},
		{"W3C, two parents combined", header("traceparent", other+",00-"+id128+"-"+span1+"-01"), "nothing"},
		{"empty headers", header("b3", "", "X-B3-TraceId", " ", "X-B3-SpanId", "", "X-B3-Sampled", ",", "X-B3-Flags", "", "traceparent", "", "tracestate", ""), "nothing"},
		{"much of nothing", with("X-B3-Sampled", strings.Repeat(",", 1<<16)+"0"), id128 + " " + span1 + " no"},
	}
	unreadable := map[string]bool{}
	for _, name := range []string{"multi, a decision that is none", "multi, zero trace id", "multi, zero span id", "multi, no span id",
		"multi, too long", "multi, not hex", "single, bad parent", "single, bad decision", "a bad single leaves multi",
		"W3C, version 00 with more", "W3C, version ff", "W3C, zero trace id", "W3C, cut", "W3C, upper case",
		"multi, ids that are none, then W3C's", "multi, a no beside ids that are none", "single, ids that are none, then W3C",
		"multi, d is no decision", "single, a field is empty, then multi", "sampled, one is none", "multi, two traces", "multi, two spans",
		"single, one is none", "single, two traces", "W3C, two parents", "W3C, two parents combined"} {
		unreadable[name] = true
	}
	for _, test := range tests {
		in, ok := Extract(test.header)
		if got := show(in); got != test.want {
			t.Errorf("%s: %s; want %s", test.name, got, test.want)
		}
		if ok == unreadable[test.name] {
			t.Errorf("%s: read: %v", test.name, ok)
		}
	}
}

func TestInject(t *testing.T) {
	stale := header("b3", "0", "X-B3-Flags", "1", "X-B3-ParentSpanId", span1, "X-B3-Sampled", "1", "traceparent", "old")
	tests := []struct{ in, want string }{
		{id128 + "-" + span1 + "-1", "X-B3-Sampled: 1"},
		{id128 + "-" + span1 + "-0", "X-B3-Sampled: 0"},
		{id128 + "-" + span1 + "-d", "X-B3-Flags: 1"},
		{id64 + "-" + span1 + "-1", "X-B3-Sampled: 1"},
	}
	for _, test := range tests {
		sc, ok := ParseB3(test.in)
		if !ok {
			t.Fatalf("ParseB3(%q) refused it", test.in)
		}
		h := stale.Clone()
		All.Inject(t.Context(), sc, h)
		id, _, _ := strings.Cut(test.in, "-")
		state := "X-B3-Sampled: " + h.Get("X-B3-Sampled")
		if f := h.Get("X-B3-Flags"); f != "" {
			state = "X-B3-Flags: " + f
		}
		switch {
		case h.Get("X-B3-TraceId") != id, h.Get("X-B3-SpanId") != span1, state != test.want:
			t.Errorf("%s went out as %v", test.in, h)
		case h.Get("b3") != "", h.Get("X-B3-ParentSpanId") != "":
			t.Errorf("%s: stale headers went out too: %v", test.in, h)
		case len(h.Get("traceparent")) != 55:
			t.Errorf("%s: traceparent %q", test.in, h.Get("traceparent"))
		case came(h) != test.in:
			t.Errorf("%s came back as %s", test.in, came(h))
		}
	}
}

func came(h http.Header) string {
	in, _ := Extract(h)
	return FormatB3(in)
}

// FuzzExtract reads any headers, each in two lines: they give both ids or none,
// none of which Zipkin would refuse, and these survive the way to the next process.
// The lines say the same when a proxy combines them.
func FuzzExtract(f *testing.F) {
	f.Add(id128+"-"+span1+"-1", "", "", "", "", "a=1", "0")
	f.Add("", id128, span1, "1", "00-"+id128+"-"+span1+"-01", "a=1,b=2", "b=3")
	f.Fuzz(func(t *testing.T, b3, traceID, spanID, sampled, traceparent, tracestate, more string) {
		h, combined := http.Header{}, http.Header{}
		for name, line := range map[string]string{headerB3: b3, headerTraceID: traceID, headerSpanID: spanID, headerSampled: sampled, headerTraceparent: traceparent, headerTracestate: tracestate} {
			h[name], combined[name] = []string{line, more}, []string{line + ", " + more}
		}
		sc, ok := Extract(h)
		if (sc.TraceID == trace.TraceID{}) != (sc.SpanID == trace.SpanID{}) {
			t.Fatalf("%v gave half an id: %v", h, sc)
		}
		if again, okAgain := Extract(combined); show(again) != show(sc) || okAgain != ok || FormatTracestate(again) != FormatTracestate(sc) {
			t.Fatalf("%v came in as %s, combined as %s", h, show(sc), show(again))
		}
		if sc.TraceID == (trace.TraceID{}) {
			if sc.Tracestate != nil || sc.TraceOptions&Random != 0 {
				t.Fatalf("%v gave what belongs to a trace without one: %+v", h, sc)
			}
			return
		}
		out := http.Header{}
		All.Inject(t.Context(), sc, out)
		again, ok := Extract(out)
		if !ok || again.TraceID != sc.TraceID || again.SpanID != sc.SpanID || again.IsSampled() != sc.IsSampled() || (again.TraceOptions^sc.TraceOptions)&Random != 0 || FormatTracestate(again) != FormatTracestate(sc) {
			t.Fatalf("%v came in as %s and went out as %v", h, show(sc), out)
		}
	})
}

// TestExtractAllocatesNothing reads what our own client writes.
func TestExtractAllocatesNothing(t *testing.T) {
	h := header("X-B3-TraceId", id128, "X-B3-SpanId", span1, "X-B3-Sampled", "1", "traceparent", "00-"+id128+"-"+span1+"-01")
	if n := testing.AllocsPerRun(100, func() { Extract(h) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestPolicies(t *testing.T) {
	sc, ok := ParseB3(id128 + "-" + span1 + "-1")
	if !ok {
		t.Fatal("a span context is refused")
	}
	ctx := ContextWithBaggage(t.Context(), "attendee=ann")
	for policy, want := range map[Policy]string{
		All:       "Accept Baggage Traceparent X-B3-Sampled X-B3-Spanid X-B3-Traceid",
		NoBaggage: "Accept Traceparent X-B3-Sampled X-B3-Spanid X-B3-Traceid",
		None:      "Accept",
		None + 1:  "Accept", // unknown: nothing leaks
	} {
		h := header("Accept", "*/*")
		policy.Inject(ctx, sc, h)
		if got := strings.Join(slices.Sorted(maps.Keys(h)), " "); got != want {
			t.Errorf("policy %d sends %s; want %s", policy, got, want)
		}
	}
	own := header("Baggage", "its=own")
	All.Inject(ctx, sc, own)
	if got := own.Get("Baggage"); got != "its=own" {
		t.Errorf("the request's own baggage became %q", got)
	}
}

// TestInjectKnowsEverySpelling has headers as a program sets them that does not use
// Header.Set.
func TestInjectKnowsEverySpelling(t *testing.T) {
	sc, _ := ParseB3(id128 + "-" + span1 + "-1")
	ctx := ContextWithBaggage(t.Context(), "a=context")
	for policy, baggage := range map[Policy]string{All: "a=header", NoBaggage: "a=header", None: ""} {
		h := http.Header{"b3": {"0"}, "X-B3-TraceId": {"1"}, "x-b3-spanid": {"1"}, "X-B3-ParentSpanId": {"1"}, "X-B3-FLAGS": {"1"},
			"traceparent": {"old"}, "tracestate": {"a=1"}, "baggage": {"a=header"}, "x-other": {"stays"}}
		policy.Inject(ctx, sc, h)
		want := 6 // three of B3, traceparent, baggage, and what is not ours
		if policy == None {
			want = 1
		} else if came(h) != id128+"-"+span1+"-1" {
			t.Errorf("policy %d: it came back as %s", policy, came(h))
		}
		if len(h) != want || h.Get("baggage") != baggage || h["x-other"] == nil {
			t.Errorf("policy %d: the headers are %v", policy, h)
		}
	}
}
