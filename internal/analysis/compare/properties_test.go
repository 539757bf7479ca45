package compare_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"example.com/tracelab/internal/analysis/compare"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// oddTraces are traces of few names and all shapes: some without times, with parents
// that are missing, with times near the largest, with errors.
func oddTraces(r *rand.Rand, n int) [][]zipkin.Span {
	all := make([][]zipkin.Span, n)
	for i := range all {
		id := zipkin.TraceID{Low: r.Uint64() | 1}
		for k := range 1 + r.IntN(12) {
			s := zipkin.Span{TraceID: id, ID: zipkin.SpanID(k + 1), Name: fmt.Sprint("op", r.IntN(5)), Local: zipkin.Endpoint{ServiceName: fmt.Sprint("s", r.IntN(3))},
				Timestamp: epoch + r.Int64N(1000), Duration: r.Int64N(2000)}
			if k > 0 {
				s.ParentID = zipkin.SpanID(1 + r.IntN(k))
			} else {
				s.Name, s.Local.ServiceName, s.Timestamp, s.Duration = "root", "web", epoch, 1+r.Int64N(3000)
			}
			odd(r, &s)
			all[i] = append(all[i], s)
		}
	}
	return all
}

func odd(r *rand.Rand, s *zipkin.Span) {
	switch r.IntN(40) {
	case 0:
		s.Duration = 0
	case 1:
		s.Timestamp = 0
	case 2:
		s.ParentID = 99
	case 3:
		s.Duration = math.MaxInt64 - r.Int64N(10)
	case 4:
		s.Duration = -5
	case 5, 6:
		s.Tags = append(s.Tags, zipkin.Tag{Key: "error", Value: "odd"})
	case 7:
		s.Kind = zipkin.Client
	case 8:
		s.Tags = append(s.Tags, zipkin.Tag{Key: "visit.urls", Value: fmt.Sprint(r.IntN(3))})
	}
}

// addsUp requires all that has to be true of any comparison.
func addsUp(t *testing.T, c *labapi.Comparison) {
	t.Helper()
	if _, err := json.Marshal(c); err != nil {
		t.Errorf("%v", err) // NaN and infinities have no JSON
	}
	var sum int64
	for _, r := range c.Bridge {
		sum += r.DeltaUS
		if r.CallsUS+r.SlowerUS+r.OverlapUS != r.DeltaUS && r.Path != labapi.MixPath && r.Path != labapi.OtherPath {
			t.Errorf("%s: %d + %d + %d is not %d", r.Path, r.CallsUS, r.SlowerUS, r.OverlapUS, r.DeltaUS)
		}
		if r.P != nil && (*r.P <= 0 || *r.P > 1) || r.LowUS != nil && *r.LowUS > *r.HighUS {
			t.Errorf("%s: p %v, %v to %v", r.Path, *r.P, *r.LowUS, *r.HighUS)
		}
	}
	if c.Kind != labapi.CompareTag && (sum != c.DeltaRootUS || c.B.MeanRootUS-c.A.MeanRootUS != c.DeltaRootUS) {
		t.Errorf("the rows add up to %d; the change is %d: %d to %d", sum, c.DeltaRootUS, c.A.MeanRootUS, c.B.MeanRootUS)
	}
	if len(c.Sentences) == 0 || c.Warnings == nil || c.Bridge == nil && c.Kind != labapi.CompareTag {
		t.Errorf("it says %q, %q", c.Sentences, c.Warnings)
	}
}

// TestAddsUp holds for any traces.
func TestAddsUp(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 8))
		a, b := oddTraces(r, 1+r.IntN(30)), oddTraces(r, 1+r.IntN(30))
		c, err := compare.Sets(t.Context(), set("A", a), set("B", b), compare.Options{Quantile: 0.9})
		if err == nil {
			addsUp(t, c)
		}
		if c, err := compare.Slow(t.Context(), set("A", a), compare.Options{Quantile: 0.8}); err == nil {
			addsUp(t, c)
			sharesAddUp(t, c)
		}
		if c, err := compare.ByTag(t.Context(), set("A", a), "", compare.Options{}); err == nil {
			addsUp(t, c)
		}
		if c, err := compare.Traces(a[0], b[0]); err == nil {
			addsUp(t, c)
			spansAddUp(t, c)
		}
	}
}

func sharesAddUp(t *testing.T, c *labapi.Comparison) {
	t.Helper()
	sum, some := 0.0, false
	for _, r := range c.Bridge {
		if r.Share != nil {
			sum, some = sum+*r.Share, true
		}
	}
	if some && math.Abs(sum-1) > 1e-6 {
		t.Errorf("the shares of the variance add up to %v", sum)
	}
}

func spansAddUp(t *testing.T, c *labapi.Comparison) {
	t.Helper()
	var sum int64
	for _, s := range c.Spans {
		sum += s.DeltaUS
	}
	if sum != c.DeltaRootUS {
		t.Errorf("the spans add up to %d, the change is %d", sum, c.DeltaRootUS)
	}
}

// TestNothingDependsOnOrder: neither on that of the traces, nor on that of the spans of
// one. And the same seed gives the same answer.
func TestNothingDependsOnOrder(t *testing.T) {
	w := randomWorld(3, 40)
	a, b := w.inTurns(4, 60, &fault{kind: tail, of: w.all[5], us: 3000, probability: 0.3})
	want := compared(t, a, b)
	r := rand.New(rand.NewPCG(1, 1))
	for _, traces := range [][][]zipkin.Span{a, b} {
		r.Shuffle(len(traces), func(i, j int) { traces[i], traces[j] = traces[j], traces[i] })
		for _, spans := range traces {
			r.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
		}
	}
	if got := compared(t, a, b); !reflect.DeepEqual(got, want) {
		t.Errorf("in another order\n%+v\nis not\n%+v", got, want)
	}
	tags, err := compare.ByTag(t.Context(), set("B", b), "", compare.Options{})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(b)
	again, err := compare.ByTag(t.Context(), set("B", b), "", compare.Options{})
	if err != nil || !reflect.DeepEqual(again, tags) {
		t.Errorf("tags in another order\n%+v, %v\nare not\n%+v", again, err, tags)
	}
}

// TestExchanged: what B has more than A, A has less than B.
func TestExchanged(t *testing.T) {
	w := workshop()
	for name, f := range map[string]*fault{
		"calls":  {kind: moreOnes, of: w.operation("set"), times: 5},
		"time":   {kind: double, of: w.operation("parse")},
		"errors": {kind: fails, of: w.operation("set"), probability: 0.5},
		"none":   nil,
	} {
		t.Run(name, func(t *testing.T) {
			a, b := w.inTurns(9, 50, f)
			one, other := compared(t, a, b), compared(t, b, a)
			if one.DeltaRootUS != -other.DeltaRootUS || one.Verdict.DeltaUS != -other.Verdict.DeltaUS || one.Verdict.Path != other.Verdict.Path || *one.Verdict.P != *other.Verdict.P ||
				one.Verdict.Claimed != other.Verdict.Claimed || one.Verdict.DetectableUS != other.Verdict.DetectableUS {
				t.Errorf("%+v\n%+v", one.Verdict, other.Verdict)
			}
			if len(one.Bridge) != len(other.Bridge) {
				t.Fatalf("%d rows, and %d", len(one.Bridge), len(other.Bridge))
			}
			for i := range one.Bridge {
				x, y := one.Bridge[i], other.Bridge[i]
				if x.Path != y.Path || x.DeltaUS != -y.DeltaUS || x.AUS != y.BUS || x.CallsUS != -y.CallsUS || !reflect.DeepEqual(x.P, y.P) || x.LowUS != nil && *x.LowUS != -*y.HighUS ||
					!slices.Equal(x.ExemplarsA, y.ExemplarsB) {
					t.Errorf("%+v\n%+v", x, y)
				}
			}
		})
	}
}

// TestFractions: means of few traces have fractions of a microsecond, and yet all adds up.
func TestFractions(t *testing.T) {
	for n := 1; n <= 7; n++ {
		r := rand.New(rand.NewPCG(uint64(n), 2))
		of := func(label string, n int) compare.Set {
			var traces [][]zipkin.Span
			for range n {
				id := zipkin.TraceID{Low: r.Uint64()}
				spans := []zipkin.Span{{TraceID: id, ID: 1, Name: "root", Timestamp: epoch, Duration: 50}}
				for k := range 20 {
					spans = append(spans, zipkin.Span{TraceID: id, ID: zipkin.SpanID(k + 2), ParentID: 1, Name: fmt.Sprint("op", k), Timestamp: epoch + int64(2*k), Duration: 1 + r.Int64N(2)})
				}
				spans[0].Duration += r.Int64N(3)
				traces = append(traces, spans)
			}
			return set(label, traces)
		}
		c, err := compare.Sets(t.Context(), of("A", n), of("B", 8-n), compare.Options{})
		if err != nil {
			t.Fatal(err)
		}
		addsUp(t, c)
		for _, row := range c.Bridge {
			if abs := max(row.DeltaUS, -row.DeltaUS); row.Operation != "root" && abs > 1 {
				t.Errorf("%s: %d µs", row.Path, row.DeltaUS)
			}
		}
	}
}
