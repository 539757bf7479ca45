package compare_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/analysis/compare"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// flat is n requests of one operation, each of which takes as long as f says.
func flat(name string, n int, f func(i int) int64) [][]zipkin.Span {
	traces := make([][]zipkin.Span, n)
	for i := range traces {
		id := zipkin.TraceID{Low: uint64(i) + 1, High: uint64(len(name))}
		traces[i] = []zipkin.Span{
			{TraceID: id, ID: 1, Name: name, Timestamp: epoch + int64(i), Duration: f(i), Local: zipkin.Endpoint{ServiceName: "web"}},
			{TraceID: id, ID: 2, ParentID: 1, Name: "below", Timestamp: epoch + int64(i) + 1, Duration: f(i) / 2, Local: zipkin.Endpoint{ServiceName: "web"}},
		}
	}
	return traces
}

func always(us int64) func(int) int64 { return func(int) int64 { return us } }

// TestNothingToCompare says what is missing, in a sentence.
func TestNothingToCompare(t *testing.T) {
	good := flat("get", 30, always(1000))
	for _, c := range []struct {
		name string
		a, b compare.Set
		is   error
		want string
	}{
		{"no traces", set("A", good), set("the query", nil), compare.ErrNothing, "no request of a known duration in the query: it has no traces"},
		{"no sequence", compare.Set{Label: "X"}, set("B", good), compare.ErrNothing, "in X"},
		{"no durations", set("A", flat("get", 3, always(0))), set("B", good), compare.ErrNothing, "none of its 3 traces has a first span with a duration"},
		{"too long to be meant", set("A", good), set("B", flat("get", 2, always(math.MaxInt64))), compare.ErrNothing, "2 traces"},
		{"another route", set("A", good), set("B", flat("put", 30, always(1000))), compare.ErrNoCommon, `"web get" is not "web put"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := compare.Sets(t.Context(), c.a, c.b, compare.Options{})
			if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v; want %q", err, c.want)
			}
		})
	}
	for _, q := range []float64{-1, 1, 7, math.NaN()} {
		if _, err := compare.Slow(t.Context(), set("A", good), compare.Options{Quantile: q}); err == nil {
			t.Errorf("quantile %v is accepted", q)
		}
	}
	if _, err := compare.Slow(t.Context(), set("A", good), compare.Options{}); !errors.Is(err, compare.ErrNoCommon) {
		t.Errorf("all as slow: %v", err)
	}
	if _, err := compare.ByTag(t.Context(), set("A", good), "version", compare.Options{}); err == nil || !strings.Contains(err.Error(), `"version"`) {
		t.Errorf("no such tag: %v", err)
	}
	if _, err := compare.Traces(good[0], nil); !errors.Is(err, compare.ErrNothing) {
		t.Errorf("no trace: %v", err)
	}
}

// TestNoClaims of what is no evidence.
func TestNoClaims(t *testing.T) {
	spread := func(i int) int64 { return 1000 + int64(i*7919%200) }
	for _, c := range []struct {
		name string
		a, b [][]zipkin.Span
	}{
		{"one trace each", flat("get", 1, always(10)), flat("get", 1, always(1000))},
		{"19 traces", flat("get", 19, always(10)), flat("get", 100, always(1000))},
		{"zero variance", flat("get", 50, always(100)), flat("get", 50, always(100))},
		{"the same traces", flat("get", 60, spread), flat("get", 60, spread)},
		{"less than 1 %", flat("get", 60, always(10_000)), flat("get", 60, always(10_090))},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := compared(t, c.a, c.b)
			addsUp(t, got)
			if got.Verdict.Claimed {
				t.Errorf("%+v", got.Verdict)
			}
		})
	}
	got := compared(t, flat("get", 60, spread), flat("get", 60, spread))
	if got.DeltaRootUS != 0 || !slices.ContainsFunc(got.Warnings, func(w string) bool { return strings.Contains(w, "60 traces are in both") }) {
		t.Errorf("change %d, warnings %q", got.DeltaRootUS, got.Warnings)
	}
}

// TestConstantTimes that differ by more are evidence, though nothing varies.
func TestConstantTimes(t *testing.T) {
	a, b := flat("get", 40, always(100)), flat("get", 40, always(130))
	for i := range b {
		for k := range b[i] {
			b[i][k].Timestamp += 20 // in turns
			b[i][k].TraceID.High = 7
		}
	}
	if c := compared(t, a, b); !c.Verdict.Claimed || c.DeltaRootUS != 30 {
		t.Errorf("%+v", c.Verdict)
	}
}

// TestNothingVaries: of times that are all the same it is not said that a change of 0 µs
// would have been seen, and the fields of the verdict are there for programs.
func TestNothingVaries(t *testing.T) {
	a, b := flat("get", 40, always(100)), flat("get", 40, always(100))
	for i := range b {
		for k := range b[i] {
			b[i][k].TraceID.High = 7
		}
	}
	c := compared(t, a, b)
	if got := c.Sentences[0]; got != "No difference that stands out." {
		t.Errorf("%q", got)
	}
	text, err := json.Marshal(c.Verdict)
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"claimed", "service", "operation", "mechanism", "p", "deltaUs", "nA", "nB"} {
		if !strings.Contains(string(text), `"`+field+`":`) {
			t.Errorf("no field %q in %s", field, text)
		}
	}
}

// TestLongRequests take hours, of which the product of two durations in µs is too large
// for a number of 64 bits.
func TestLongRequests(t *testing.T) {
	const hour = int64(time.Hour / time.Microsecond)
	of := func(high uint64, took int64) (traces [][]zipkin.Span) {
		for i := range 30 {
			id := zipkin.TraceID{High: high, Low: uint64(i + 1)}
			start := epoch + int64(i)*10*hour + int64(high)
			traces = append(traces, []zipkin.Span{
				{TraceID: id, ID: 1, Name: "job", Timestamp: start, Duration: took + hour + took/10},
				{TraceID: id, ID: 2, ParentID: 1, Name: "step", Timestamp: start, Duration: took},
			})
		}
		return traces
	}
	c := compared(t, of(1, hour), of(2, 2*hour))
	addsUp(t, c)
	if v := c.Verdict; !v.Claimed || v.Operation != "step" || v.DeltaUS != hour || !strings.Contains(c.Sentences[0], "that a request takes more") {
		t.Errorf("%+v: %q", c.Verdict, c.Sentences)
	}
}

// TestManyPaths: names of spans may have ids in them.
func TestManyPaths(t *testing.T) {
	of := func(side int) (traces [][]zipkin.Span) {
		for i := range 120 {
			id := zipkin.TraceID{Low: uint64(i)*2 + uint64(side) + 1}
			spans := []zipkin.Span{{TraceID: id, ID: 1, Name: "get", Timestamp: epoch + int64(2*i+side), Duration: 5000}}
			for k := range 30 {
				spans = append(spans, zipkin.Span{TraceID: id, ID: zipkin.SpanID(k + 2), ParentID: 1, Name: fmt.Sprintf("item %d %d %d", side, i, k), Timestamp: epoch + int64(2*i+side+100*k), Duration: 50 + int64(k)})
			}
			traces = append(traces, spans)
		}
		return traces
	}
	c := compared(t, of(0), of(1))
	addsUp(t, c)
	i := slices.IndexFunc(c.Bridge, func(r labapi.Change) bool { return r.Path == labapi.OtherPath })
	if i < 0 || c.Bridge[i].Paths != 1+7200-2000 || len(c.Bridge) != 2001 {
		t.Errorf("%d rows, %+v", len(c.Bridge), c.Bridge[max(i, 0)])
	}
}

// TestDeepCalls: calls nested by thousands are of the path at the greatest depth.
func TestDeepCalls(t *testing.T) {
	of := func(high uint64) (traces [][]zipkin.Span) {
		for i := range 25 {
			id := zipkin.TraceID{Low: uint64(i) + 1, High: high}
			var spans []zipkin.Span
			for k := range 2000 {
				spans = append(spans, zipkin.Span{TraceID: id, ID: zipkin.SpanID(k + 1), ParentID: zipkin.SpanID(k), Name: "again", Timestamp: epoch + int64(k), Duration: 5000 - int64(2*k)})
			}
			traces = append(traces, spans)
		}
		return traces
	}
	c := compared(t, of(1), of(2))
	addsUp(t, c)
	if len(c.Bridge) != 128 {
		t.Errorf("%d rows", len(c.Bridge))
	}
}

// TestCancelled ends at once, while traces are read and while it computes.
func TestCancelled(t *testing.T) {
	a, b := flat("get", 300, func(i int) int64 { return int64(1000 + i) }), flat("get", 300, func(i int) int64 { return int64(1000 + i) })
	for _, reading := range []bool{true, false} {
		ctx, cancel := context.WithCancel(t.Context())
		o := compare.Options{Progress: func(done, total int) {
			if reading == (total == 0) {
				cancel()
			}
		}}
		if _, err := compare.Sets(ctx, set("A", a), set("B", b), o); !errors.Is(err, context.Canceled) {
			t.Errorf("reading %v: %v", reading, err)
		}
	}
}

// TestProgress ends with all that there was to do.
func TestProgress(t *testing.T) {
	a, b := flat("get", 300, always(1000)), flat("get", 300, always(1000))
	last, whole := 0, 0
	o := compare.Options{Progress: func(done, total int) {
		if total == whole && done < last {
			t.Errorf("%d after %d", done, last)
		}
		last, whole = done, total
	}}
	if _, err := compare.Sets(t.Context(), set("A", a), set("B", b), o); err != nil {
		t.Fatal(err)
	}
	if last != whole || whole == 0 {
		t.Errorf("%d of %d at the end", last, whole)
	}
}
