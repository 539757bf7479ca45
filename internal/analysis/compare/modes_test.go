package compare_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/internal/analysis/compare"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkin"
)

// TestSlow names what makes requests slow, and tests nothing.
func TestSlow(t *testing.T) {
	w := workshop()
	f := &fault{kind: tail, of: w.operation("parse"), us: 60_000, probability: 0.08}
	traces := w.traces(rand.New(rand.NewPCG(1, 1)), 300, epoch, f)
	c, err := compare.Slow(t.Context(), set("all", traces), compare.Options{})
	if err != nil {
		t.Fatal(err)
	}
	addsUp(t, c)
	first := c.Bridge[0]
	if first.Operation != "parse" || *first.Share < 0.5 || first.P != nil || first.LowUS != nil || c.Verdict.Claimed || c.Verdict.P != nil {
		t.Errorf("%+v, verdict %+v", first, c.Verdict)
	}
	if c.B.N != 16 || c.A.N != 284 || !strings.Contains(c.Sentences[0], "parse") {
		t.Errorf("%d slow of %d: %q", c.B.N, c.A.N+c.B.N, c.Sentences)
	}
}

// tagged gives spans of the operation a tag, and makes requests with the value "b" slower.
func tagged(n int, values ...string) [][]zipkin.Span {
	traces := flat("get", n, func(i int) int64 {
		us := int64(10_000 + i*7919%3000)
		if values[i%len(values)] == "b" {
			us += 4000
		}
		return us
	})
	for i := range traces {
		traces[i][1].Tags = []zipkin.Tag{
			{Key: "go.why", Value: "slow"}, {Key: "id", Value: traces[i][0].TraceID.String()}, {Key: "noise", Value: string(rune('p' + i*31%7))},
			{Key: "version", Value: values[i%len(values)]},
		}
	}
	return traces
}

func TestByTag(t *testing.T) {
	traces := tagged(200, "a", "b", "c", "a", "c")
	for _, tag := range []string{"version", "", "*"} {
		t.Run(tag, func(t *testing.T) {
			c, err := compare.ByTag(t.Context(), set("all", traces), tag, compare.Options{})
			if err != nil {
				t.Fatal(err)
			}
			first := c.Tags[0]
			if first.Tag != "version" || first.Value != "b" || !first.Claimed || first.DeltaUS < 3500 || first.DeltaUS > 4500 || first.NWith != 40 || first.SlowWith != first.Slow || first.Fast != 200-first.Slow {
				t.Errorf("%+v", first)
			}
			if v := c.Verdict; !v.Claimed || v.Operation != "version=b" || *v.P > 0.01 {
				t.Errorf("verdict %+v", v)
			}
			if !strings.Contains(c.Sentences[0], "; p < 0.001, ") {
				t.Errorf("no probability is zero: %q", c.Sentences[0])
			}
			if slices.ContainsFunc(c.Tags, func(v labapi.TagValue) bool { return v.Tag == "id" || v.Tag == "go.why" }) {
				t.Error("an id was tried, or what an explanation said")
			}
			if all := tag != "version"; all != slices.ContainsFunc(c.Warnings, func(w string) bool { return strings.Contains(w, "more than 50 values") }) {
				t.Errorf("warnings %q", c.Warnings)
			}
		})
	}
	c, err := compare.ByTag(t.Context(), set("all", tagged(200, "a", "c", "a")), "", compare.Options{})
	if err != nil || c.Verdict.Claimed || !strings.Contains(c.Sentences[0], "No value of a tag") {
		t.Errorf("of equals: %+v, %v", c, err)
	}
}

// TestSlowValuesAreFirst: of two values one makes requests as slow as the other makes them
// fast.
func TestSlowValuesAreFirst(t *testing.T) {
	c, err := compare.ByTag(t.Context(), set("all", tagged(200, "a", "b")), "version", compare.Options{})
	if err != nil || len(c.Tags) != 2 || c.Tags[0].Value != "b" || c.Verdict.Operation != "version=b" {
		t.Fatalf("%v: %+v", err, c.Tags)
	}
	if c.A.N != 200 || c.B.N != c.Tags[0].Slow || !strings.HasSuffix(c.B.Label, " ms or more") {
		t.Errorf("all %+v, slow %+v", c.A, c.B)
	}
	if !strings.Contains(c.Sentences[0], "p < 0.001") {
		t.Errorf("a chance that is none: %s", c.Sentences[0])
	}
}

// TestTraces aligns two traces by what calls what, in order.
func TestTraces(t *testing.T) {
	a := spantext.Spans(t, "1 SERVER web | get @1000+100", "2<1 - web | query @1010+20", "3<1 - web | query @1030+20", "4<1 - web | log @1060+10")
	b := spantext.Spans(t, "1 SERVER web | get @9000+150", "2<1 - web | query @9010+20", "3<1 - web | query @9030+50", "5<1 - web | query @9080+10", "6<5 - web | wait @9081+8")
	c, err := compare.Traces(a, b)
	if err != nil {
		t.Fatal(err)
	}
	addsUp(t, c)
	spansAddUp(t, c)
	want := []labapi.AlignedSpan{
		{Path: "web get", Service: "web", Operation: "get", A: "0000000000000001", B: "0000000000000001", DurationAUS: 100, DurationBUS: 150, OnPathAUS: 50, OnPathBUS: 70, DeltaUS: 20},
		{Path: "web get > web query", Depth: 1, Service: "web", Operation: "query", A: "0000000000000002", B: "0000000000000002", StartAUS: 10, StartBUS: 10, DurationAUS: 20, DurationBUS: 20, OnPathAUS: 20, OnPathBUS: 20},
		{Path: "web get > web query", Depth: 1, Service: "web", Operation: "query", A: "0000000000000003", B: "0000000000000003", StartAUS: 30, StartBUS: 30, DurationAUS: 20, DurationBUS: 50, OnPathAUS: 20, OnPathBUS: 50, DeltaUS: 30},
		{Path: "web get > web log", Depth: 1, Service: "web", Operation: "log", A: "0000000000000004", StartAUS: 60, DurationAUS: 10, OnPathAUS: 10, DeltaUS: -10},
		{Path: "web get > web query", Depth: 1, Service: "web", Operation: "query", B: "0000000000000005", StartBUS: 80, DurationBUS: 10, OnPathBUS: 2, DeltaUS: 2},
		{Path: "web get > web query > web wait", Depth: 2, Service: "web", Operation: "wait", B: "0000000000000006", StartBUS: 81, DurationBUS: 8, OnPathBUS: 8, DeltaUS: 8},
	}
	if !slices.Equal(c.Spans, want) {
		t.Errorf("\n got %+v\nwant %+v", c.Spans, want)
	}
	if c.Kind != labapi.CompareTraces || c.Verdict.Claimed || c.Verdict.P != nil || c.DeltaRootUS != 50 || !strings.Contains(c.Sentences[0], "Two traces say nothing of others") {
		t.Errorf("%+v, %q", c.Verdict, c.Sentences)
	}
	if same, err := compare.Traces(a, a); err != nil || same.DeltaRootUS != 0 || len(same.Spans) != 4 {
		t.Errorf("a trace and itself: %+v, %v", same, err)
	}
}

// TestErrors says where requests fail, of the deepest spans.
func TestErrors(t *testing.T) {
	w := workshop()
	a, b := w.inTurns(5, 80, &fault{kind: fails, of: w.operation("set"), probability: 0.25})
	for _, traces := range [][][]zipkin.Span{a, b} {
		for _, spans := range traces { // what calls it fails as well
			if i := slices.IndexFunc(spans, func(s zipkin.Span) bool { _, is := s.Tag("error"); return is }); i >= 0 {
				spans[0].Tags = append(spans[0].Tags, zipkin.Tag{Key: "error", Value: "failed"})
			}
		}
	}
	c := compared(t, a, b)
	if c.Errors == nil || len(c.Errors.Paths) != 1 {
		t.Fatalf("%+v", c.Errors)
	}
	p := c.Errors.Paths[0]
	if p.Operation != "set" || p.A != 0 || p.B != c.B.Errors || p.B < 10 || len(p.ExemplarsB) == 0 || len(p.ExemplarsA) != 0 {
		t.Errorf("%+v, of %d", p, c.B.Errors)
	}
	for _, v := range []labapi.Verdict{c.Verdict, c.Errors.Verdict} {
		if !v.Claimed || v.Mechanism != labapi.ErrorsPath || v.Operation != "set" || *v.P > 0.01 {
			t.Errorf("%+v", v)
		}
	}
	if !strings.Contains(c.Sentences[0], "writer set fails more often") {
		t.Errorf("%q", c.Sentences)
	}
}

// TestQuantile is described.
func TestQuantile(t *testing.T) {
	w := workshop()
	a, b := w.inTurns(6, 200, &fault{kind: delay, of: w.operation("resize"), us: 20_000})
	c, err := compare.Sets(t.Context(), set("A", a), set("B", b), compare.Options{Quantile: 0.95})
	if err != nil {
		t.Fatal(err)
	}
	q := c.Quantile
	if q == nil || q.AUS != c.A.P95RootUS || q.BUS != c.B.P95RootUS || q.DeltaUS != q.BUS-q.AUS || q.LowUS >= q.DeltaUS || q.HighUS <= q.DeltaUS || q.LowUS < 0 {
		t.Errorf("%+v, of %+v and %+v", q, c.A, c.B)
	}
	if !slices.ContainsFunc(c.Sentences, func(s string) bool {
		return strings.Contains(s, "95 % of the requests") && strings.Contains(s, "no test")
	}) {
		t.Errorf("%q", c.Sentences)
	}
}

// TestExamples are typical, and those whose execution is recorded come first.
func TestExamples(t *testing.T) {
	w := workshop()
	a, b := w.inTurns(7, 60, &fault{kind: delay, of: w.operation("cache"), us: 30_000})
	recorded := map[zipkin.TraceID]bool{}
	for _, spans := range b[10:40] {
		recorded[spans[0].TraceID] = true
	}
	c, err := compare.Sets(t.Context(), set("A", a), set("B", b), compare.Options{Recorded: func(id zipkin.TraceID) bool { return recorded[id] }})
	if err != nil {
		t.Fatal(err)
	}
	if first := c.Bridge[0]; len(first.ExemplarsA) != 3 || len(first.ExemplarsB) != 3 {
		t.Fatalf("%+v", first)
	}
	for _, id := range c.Bridge[0].ExemplarsB {
		parsed, err := zipkin.ParseTraceID(id)
		if err != nil || !recorded[parsed] {
			t.Errorf("%s has no recorded execution, %v", id, err)
		}
	}
}

// TestWindows: one side after the other is doubtful, and no evidence at all where a
// side changes as much by itself.
func TestWindows(t *testing.T) {
	w := workshop()
	r := rand.New(rand.NewPCG(8, 8))
	slow := &fault{kind: delay, of: w.operation("get"), us: 8000}
	a, b := w.traces(r, 100, epoch, nil), w.traces(r, 100, epoch+10_000_000, slow)
	c := compared(t, a, b)
	if !c.Verdict.Claimed || !warns(c, "in turns") || warns(c, "by itself") {
		t.Errorf("%+v, %q", c.Verdict, c.Warnings)
	}
	// The second half of B began to be slow, whatever was changed.
	b = append(w.traces(r, 50, epoch+10_000_000, nil), w.traces(r, 50, epoch+20_000_000, slow)...)
	if c := compared(t, a, b); c.Verdict.Claimed || !warns(c, "second half of B differs") || !strings.HasPrefix(c.Sentences[0], "There is a difference") {
		t.Errorf("%+v, %q, %q", c.Verdict, c.Warnings, c.Sentences)
	}
	a = append(w.traces(r, 50, epoch, nil), w.traces(r, 50, epoch+20_000_000, nil)...)
	b = append(w.traces(r, 50, epoch+10_000_000, nil), w.traces(r, 50, epoch+30_000_000, nil)...)
	if c := compared(t, a, b); !warns(c, "A and B took turns, but 4 only") || warns(c, "not in turns") {
		t.Errorf("in a few turns: %q", c.Warnings)
	}
	a, b = w.inTurns(1, 100, nil)
	if c := compared(t, a, b); warns(c, "in turns") {
		t.Errorf("mixed: %q", c.Warnings)
	}
}

// TestMissingSpans of a call do not make its caller slower, and if it is, it is not for
// fewer calls.
func TestMissingSpans(t *testing.T) {
	w := workshop()
	for name, f := range map[string]*fault{"alike": nil, "slower": {kind: pool, of: w.operation("save"), us: 6000}} {
		a, b := w.inTurns(2, 100, f)
		for i, spans := range b {
			b[i] = slices.DeleteFunc(spans, func(s zipkin.Span) bool { return s.Local.ServiceName == "writer" })
		}
		c := compared(t, a, b)
		if c.Verdict.Claimed != (f != nil) || !warns(c, "Spans of writer save are missing on one side") {
			t.Errorf("%s: %+v, %q", name, c.Verdict, c.Warnings)
		}
		if v := c.Verdict; f != nil && (v.Operation != "call save" || v.Mechanism != labapi.SlowerCalls || v.Caller != "") {
			t.Errorf("%s: %+v, %q", name, v, c.Sentences)
		}
	}
}

func warns(c *labapi.Comparison, of string) bool {
	return slices.ContainsFunc(c.Warnings, func(w string) bool { return strings.Contains(w, of) })
}

// TestStrata: requests are compared with those of the same input, and what the two sides
// do not share is the traffic mix.
func TestStrata(t *testing.T) {
	w := workshop()
	a, b := shifted(w, true)(3, 100)
	c := compared(t, a, b)
	addsUp(t, c)
	i := slices.IndexFunc(c.Bridge, func(r labapi.Change) bool { return r.Path == labapi.MixPath })
	if len(c.Strata) != 2 || i < 0 || 2*c.Bridge[i].DeltaUS < c.DeltaRootUS || c.Verdict.Claimed {
		t.Errorf("%+v, mix %+v of %d, verdict %+v", c.Strata, c.Bridge[max(i, 0)], c.DeltaRootUS, c.Verdict)
	}
	// Sizes that nothing has in common are left out of account, and that is said.
	one := func(large float64) [][]zipkin.Span {
		other := *w
		other.large = large
		return other.traces(rand.New(rand.NewPCG(4, 4)), 40, epoch, nil)
	}
	if c := compared(t, one(0), one(1)); !warns(c, "requests of different sizes are compared") || len(c.Strata) != 1 {
		t.Errorf("%q, %+v", c.Warnings, c.Strata)
	}
	// A tag that is asked for is not left out of account.
	_, err := compare.Sets(t.Context(), set("A", a), set("B", b), compare.Options{Strata: []string{"request"}})
	if err == nil {
		t.Error("requests with no value in common are compared")
	}
}
