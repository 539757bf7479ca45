package states_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/internal/analysis/states"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkin"
)

// explainer knows the explanations of some traces.
type explainer struct {
	known map[zipkin.TraceID]*labapi.Explanation
	state string // of what is known
	asked []zipkin.TraceID
}

func (e *explainer) Execution(id zipkin.TraceID, _ []zipkin.Span) labapi.Execution {
	if _, known := e.known[id]; known {
		return labapi.Execution{State: e.state}
	}
	return labapi.Execution{State: labapi.ExecutionGone}
}

func (e *explainer) Explanation(_ context.Context, id zipkin.TraceID, _ zipkin.SpanAt) (*labapi.Explanation, error) {
	e.asked = append(e.asked, id)
	if x := e.known[id]; x != nil {
		return x, nil
	}
	return nil, errors.New("it cannot be explained")
}

// visits are requests with a write of so many µs each; their ids count from first.
func visits(t *testing.T, first uint64, writes ...int64) (all [][]zipkin.Span) {
	for i, write := range writes {
		id := zipkin.TraceID{Low: first + uint64(i)}
		root, put := spantext.Span(t, "1 SERVER gateway | get"), spantext.Span(t, "2<1 - writer | put")
		below := spantext.Span(t, "3<2 - writer | fsync")
		root.Timestamp, root.Duration = 1000, write+200
		put.Timestamp, put.Duration = 1100, write
		below.Timestamp, below.Duration = 1200, 10
		spans := []zipkin.Span{root, put, below}
		for i := range spans {
			spans[i].TraceID = id
		}
		all = append(all, spans)
	}
	return all
}

// explained is an explanation in which the write was in sync for all but 100 µs.
func explained(write int64) *labapi.Explanation {
	at := func(span, service, state string, us int64) labapi.StateTime {
		return labapi.StateTime{SpanID: span, Service: service, State: state, US: us}
	}
	return &labapi.Explanation{Execution: labapi.Execution{State: labapi.ExecutionKnown}, States: []labapi.StateTime{
		at("0000000000000002", "writer", "sync", write-100), at("0000000000000002", "writer", "running", 100),
		at("0000000000000001", "gateway", "running", 200), at("0000000000000003", "writer", "syscall", 7)}}
}

func comparison(path string, below bool) *labapi.Comparison {
	return &labapi.Comparison{Kind: labapi.CompareSets, A: labapi.ComparedSet{N: 30}, B: labapi.ComparedSet{N: 40}, Verdict: labapi.Verdict{Path: path, Below: below},
		Bridge: []labapi.Change{{Path: "gateway get > writer put", AUS: 1000, BUS: 31_000}, {Path: "gateway get", AUS: 200, BUS: 200}}}
}

func know(ids ...uint64) map[zipkin.TraceID]*labapi.Explanation {
	known := map[zipkin.TraceID]*labapi.Explanation{}
	for _, id := range ids {
		write := int64(1000)
		if id >= 100 {
			write = 31_000
		}
		known[zipkin.TraceID{Low: id}] = explained(write)
	}
	return known
}

const put = "gateway get > writer put"

// TestTheChangeIsSplit by what the goroutines did on the path that changed.
func TestTheChangeIsSplit(t *testing.T) {
	x := &explainer{known: know(1, 2, 100), state: labapi.ExecutionStored}
	c := comparison(put, false)
	c.Verdict.DeltaUS = 30_000
	if err := states.Add(t.Context(), x, c, visits(t, 1, 1000, 1000, 1000), visits(t, 100, 31_000)); err != nil {
		t.Fatal(err)
	}
	want := []labapi.StateChange{{Service: "writer", State: "sync", AUS: 900, BUS: 30_900, DeltaUS: 30_000}, {Service: "writer", State: "running", AUS: 100, BUS: 100}}
	if !slices.Equal(c.States, want) {
		t.Errorf("%+v", c.States)
	}
	if want := (labapi.StatesMissing{ExplainedA: 2, ExplainedB: 1, TriedA: 2, TriedB: 1}); *c.StatesMissing != want {
		t.Errorf("%+v", c.StatesMissing)
	}
	if len(c.Sentences) != 1 || c.Sentences[0] != "Split by what the goroutines did there, +30.0 ms: +30.0 ms sync (2 of 30 requests of A, 1 of 40 of B)." {
		t.Errorf("%q", c.Sentences)
	}
}

// TestWhatIsBelowIsMeantToo where the verdict says so.
func TestWhatIsBelowIsMeantToo(t *testing.T) {
	x := &explainer{known: know(1, 100), state: labapi.ExecutionStored}
	c := comparison(put, true)
	if err := states.Add(t.Context(), x, c, visits(t, 1, 1000), visits(t, 100, 31_000)); err != nil {
		t.Fatal(err)
	}
	if len(c.States) != 3 || c.States[2].State != "syscall" || c.States[2].AUS != 7 {
		t.Errorf("%+v", c.States)
	}
}

// TestSomeRequestsStandForAll: five of each side at most, as many fast ones as slow ones,
// and what recorders have for a moment only where nothing is kept.
func TestSomeRequestsStandForAll(t *testing.T) {
	for name, test := range map[string]struct {
		known map[zipkin.TraceID]*labapi.Explanation
		state string
		want  []uint64
	}{
		"of ten":        {know(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100), labapi.ExecutionStored, []uint64{2, 4, 6, 8, 10, 100}},
		"of seven":      {know(1, 2, 3, 4, 5, 6, 7, 100), labapi.ExecutionStored, []uint64{1, 3, 4, 5, 7, 100}},
		"of three":      {know(2, 5, 9, 100), labapi.ExecutionStored, []uint64{2, 5, 9, 100}},
		"in a recorder": {know(2, 5, 9, 100), labapi.ExecutionRecorded, []uint64{2, 5, 9, 100}},
	} {
		x := &explainer{known: test.known, state: test.state}
		c := comparison(put, false)
		if err := states.Add(t.Context(), x, c, visits(t, 1, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10_000), visits(t, 100, 31_000)); err != nil {
			t.Fatal(err)
		}
		var asked []uint64
		for _, id := range x.asked {
			asked = append(asked, id.Low)
		}
		if !slices.Equal(asked, test.want) {
			t.Errorf("%s: asked for %v", name, asked)
		}
	}
}

// TestRequestsThatAreUnlikeTheOthersAreDoubted: the change in them is another one.
func TestRequestsThatAreUnlikeTheOthersAreDoubted(t *testing.T) {
	for all, doubted := range map[int64]bool{30_000: false, 59_000: false, 21_000: false, 15_100: false, 70_000: true, 10_000: true, -30_000: true, 0: true} {
		x := &explainer{known: know(1, 100), state: labapi.ExecutionStored}
		c := comparison(put, false)
		c.Verdict.DeltaUS = all
		if err := states.Add(t.Context(), x, c, visits(t, 1, 1000), visits(t, 100, 31_000)); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(c.Warnings, ""), "are not like the others: the path changed by +30.0 ms in them"); got != doubted || (len(c.Sentences) == 0) != doubted {
			t.Errorf("%d µs: %q, %q", all, c.Warnings, c.Sentences)
		}
	}
}

// TestWhatIsMissingIsSaid: of which side, and how much.
func TestWhatIsMissingIsSaid(t *testing.T) {
	gone := explained(1000)
	gone.Execution.State = labapi.ExecutionGone
	for name, test := range map[string]struct {
		known map[zipkin.TraceID]*labapi.Explanation
		want  string
		split bool
	}{
		"neither":     {nil, "no execution trace of these requests is kept", false},
		"not of A":    {know(100), "not known of A: no execution trace", false},
		"not of B":    {know(1), "not known of B: no execution trace", false},
		"one fails":   {map[zipkin.TraceID]*labapi.Explanation{{Low: 1}: explained(1000), {Low: 2}: nil, {Low: 100}: explained(2000)}, "The execution traces of 1 of 2 requests of A and of 0 of 1 of B explain nothing.", true},
		"one is gone": {map[zipkin.TraceID]*labapi.Explanation{{Low: 1}: explained(1000), {Low: 2}: gone, {Low: 100}: explained(2000)}, "The execution traces of 1 of 2", true},
	} {
		c := comparison(put, false)
		c.Verdict.DeltaUS = 1000
		x := &explainer{known: test.known, state: labapi.ExecutionStored}
		if err := states.Add(t.Context(), x, c, visits(t, 1, 1000, 1000), visits(t, 100, 31_000)); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(c.StatesMissing.Reason, test.want) || (len(c.States) > 0) != test.split || (len(c.Sentences) > 0) != test.split {
			t.Errorf("%s: %+v, %v", name, c.StatesMissing, c.States)
		}
	}
	c := comparison(put, false)
	if err := states.Add(t.Context(), nil, c, visits(t, 1, 1000), visits(t, 100, 31_000)); err != nil || !strings.Contains(c.StatesMissing.Reason, "Spans do not say what") {
		t.Errorf("%v: %+v", err, c.StatesMissing)
	}
}

// TestThereMayBeNothingToSplit: no culprit, or none that is a call path.
func TestThereMayBeNothingToSplit(t *testing.T) {
	for _, path := range []string{"", labapi.MixPath, labapi.OtherPath} {
		x := &explainer{known: know(1, 100), state: labapi.ExecutionStored}
		c := comparison(path, false)
		if err := states.Add(t.Context(), x, c, visits(t, 1, 1000), visits(t, 100, 31_000)); err != nil || c.States != nil || c.StatesMissing != nil || len(x.asked) > 0 {
			t.Errorf("%q: %v, %+v", path, err, c)
		}
	}
}

// TestWhoHasGoneIsNotWaitedFor.
func TestWhoHasGoneIsNotWaitedFor(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	x := &explainer{known: know(1, 100), state: labapi.ExecutionStored}
	if err := states.Add(ctx, x, comparison(put, false), visits(t, 1, 1000), visits(t, 100, 31_000)); !errors.Is(err, context.Canceled) || len(x.asked) > 0 {
		t.Errorf("%v, asked for %v", err, fmt.Sprint(x.asked))
	}
}
