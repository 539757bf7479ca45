package explain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/metrics"
	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/workload"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// upload hands in the execution trace of a process, for parts of traces; without a
// body it is refused.
func upload(t *testing.T, x *Explainer, reason string, body []byte, parts ...labapi.Part) {
	t.Helper()
	u := labapi.Upload{Service: "gateway", Instance: fmt.Sprint("gateway", parts[0].TraceID), Reason: reason, TakenAt: time.Now(), Traces: parts}
	if body == nil {
		u.Refused = "none"
	}
	before := len(x.cfg.Snapshots.All())
	if err := post(x.cfg.Snapshots, u, body); err != nil {
		t.Fatal(err)
	}
	stored := func() error {
		if n := len(x.cfg.Snapshots.All()); n != before+1 {
			return fmt.Errorf("there are %d snapshots", n)
		}
		return nil
	}
	if err := testbed.Eventually(stored); err != nil {
		t.Fatal(err)
	}
}

// part is a trace that a process says took so long, and began so long ago.
func part(low uint64, ago, took time.Duration) labapi.Part {
	began := time.Now().Add(-ago)
	return labapi.Part{TraceID: padded(low), StartUS: began.UnixMicro(), EndUS: began.Add(took).UnixMicro()}
}

// TestTheSlowestOfMany is neither among the newest, nor has it a snapshot; and it is not
// of longer ago than is looked.
func TestTheSlowestOfMany(t *testing.T) {
	body, err := workload.Record("idle", 1)
	if err != nil {
		t.Fatal(err)
	}
	before := func(s zipkin.Span, ago time.Duration) zipkin.Span {
		s.Timestamp = time.Now().Add(-ago).UnixMicro()
		return s
	}
	spans := []zipkin.Span{
		before(root(1, "get", time.Minute), slowestWithin+time.Minute),
		before(root(2, "get", 900*time.Millisecond), slowestWithin-time.Minute),
	}
	const many = 3 * 200
	for i := range uint64(many) { // the longer, the older, so that each answer has shorter ones than the next
		spans = append(spans, before(root(100+i, "get", time.Duration(100+i)*time.Millisecond), time.Duration(i)*time.Millisecond))
	}
	x := begin(spans...)
	upload(t, x, labapi.ReasonSlow, body, part(100, time.Minute, 190*time.Millisecond))
	if id, err := x.slowest(t.Context()); err != nil || id.Low != 2 {
		t.Errorf("it is trace %s, %v; want 2", id, err)
	}
}

// TestTheSlowestMayHaveACaller that reports elsewhere: its parent is not stored.
func TestTheSlowestMayHaveACaller(t *testing.T) {
	joined, inner := root(2, "get", 800*time.Millisecond), root(3, "get", 900*time.Millisecond)
	joined.ParentID, inner.ID, inner.ParentID = 7, 2, 1
	x := begin(root(1, "get", 500*time.Millisecond), joined, root(3, "get", 100*time.Millisecond), inner)
	if id, err := x.slowest(t.Context()); err != nil || id.Low != 2 {
		t.Errorf("it is trace %s, %v; want 2: of trace 3 an inner span alone took longer", id, err)
	}
}

// TestTheLatestRequestIsExplainedUnasked, and not one of its trace that took longer a
// minute ago.
func TestTheLatestRequestIsExplainedUnasked(t *testing.T) {
	old, next := root(1, "get", 900*time.Millisecond), root(1, "get", 300*time.Millisecond)
	next.ID, next.Timestamp = 2, old.Timestamp+50_000_000
	begun := root(1, "get", 0)
	begun.ID, begun.Timestamp = 3, old.Timestamp+55_000_000
	x := begin(old, next, begun, root(2, "get", time.Second))
	latest := zipkin.SpanAt{ID: 2, Timestamp: next.Timestamp}
	for low, want := range map[uint64]zipkin.SpanAt{1: latest, 2: {}, 404: {}} {
		if of := x.latest(t.Context(), zipkin.TraceID{Low: low}); of.span != want || of.trace.Low != low {
			t.Errorf("of trace %d it is %+v, want span %+v", low, of, want)
		}
	}
	live := httptest.NewRecorder()
	answered := make(chan error, 1)
	go func() {
		answered <- x.ExplainChosen(live, httptest.NewRequestWithContext(t.Context(), http.MethodGet, labapi.WhyPath+"?live=1", nil))
	}()
	err := testbed.Eventually(func() error {
		x.cfg.Queue.Triggered(zipkin.TraceID{Low: 1}, false) // again: the caller may not have begun to wait
		x.cfg.Queue.take()
		select {
		case err := <-answered:
			return err
		default:
			return errors.New("a caller is told nothing")
		}
	})
	var told labapi.Explanation
	if err != nil || json.Unmarshal(live.Body.Bytes(), &told) != nil || told.SpanID != next.ID.String() {
		t.Errorf("%v: a caller is told of %s: %s", err, told.SpanID, live.Body)
	}
}

// failing is a Reader that has gone.
type failing struct{ zipkinapi.Reader }

var errGone = errors.New("it has gone")

func (failing) Trace(context.Context, zipkin.TraceID) ([]zipkin.Span, error) { return nil, errGone }
func (failing) Traces(context.Context, zipkin.Query) ([][]zipkin.Span, error) {
	return nil, errGone
}

// TestRefusals says what is wrong with what is asked for, or with the Zipkin.
func TestRefusals(t *testing.T) {
	gone := begin()
	gone.cfg.Reader = failing{}
	for name, test := range map[string]struct {
		x           *Explainer
		trace, span string
		code        httpapi.Code
		says        string
	}{
		"no trace":       {begin(), "x", "", httpapi.Invalid, "x"},
		"no span":        {begin(), padded(1), "x", httpapi.Invalid, "x"},
		"unknown":        {begin(), padded(1), "", httpapi.NotFound, "0000000000000001"},
		"an unknown one": {begin(root(1, "get", time.Second)), padded(1), "00000000000000aa", httpapi.NotFound, "00000000000000aa"},
		"no Zipkin":      {gone, padded(1), "", httpapi.Unreachable, "zipkin"},
		"of no Zipkin":   {gone, "slowest", "", httpapi.Unreachable, "zipkin"},
	} {
		r := httptest.NewRequest(http.MethodGet, labapi.WhyPath+"/x?slowest=1&span="+test.span, nil)
		r.SetPathValue("trace", test.trace)
		answer := test.x.Explain
		if test.trace == "slowest" {
			answer = test.x.ExplainChosen
		}
		w := httptest.NewRecorder()
		if err := answer(w, r); err == nil || httpapi.AsError(err).Code != test.code || !strings.Contains(err.Error(), test.says) || w.Body.Len() > 0 {
			t.Errorf("%s: %v; want %s and %q", name, err, test.code, test.says)
		}
	}
}

// TestWhatIsSlowIsExplainedUnasked, becomes tags, and is what a caller waits for.
func TestWhatIsSlowIsExplainedUnasked(t *testing.T) {
	body, err := workload.Record("idle", 1)
	if err != nil {
		t.Fatal(err)
	}
	st := store.New(store.Config{})
	st.Add([]zipkin.Span{recent(1, "get", 900*time.Millisecond)})
	x := begin()
	x.cfg.Reader = zipkinapi.Local(st)
	upload(t, x, labapi.ReasonAsked, body, part(1, time.Second, 900*time.Millisecond))
	x.cfg.Report = func(_ context.Context, spans []zipkin.Span) error { st.Add(spans); return nil }
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- x.Run(ctx) }()
	live := httptest.NewRecorder()
	answered := make(chan error, 1)
	go func() {
		answered <- x.ExplainChosen(live, httptest.NewRequestWithContext(ctx, http.MethodGet, labapi.WhyPath+"?live=1", nil))
	}()
	err = testbed.Eventually(func() error {
		x.cfg.Queue.Triggered(zipkin.TraceID{Low: 1}, false) // again: the caller may not have begun to wait
		select {
		case err := <-answered:
			if err != nil || !strings.Contains(live.Body.String(), `"traceId": "0000000000000001"`) {
				t.Errorf("a caller is told %s, %v", live.Body, err)
			}
			return nil
		default:
			return errors.New("a caller waits for what is slow, and is told nothing")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	x.cfg.Queue.Triggered(zipkin.TraceID{Low: 404}, false) // of which nothing is known
	var text metrics.Page
	err = testbed.Eventually(func() error {
		text.Reset()
		x.WriteMetrics(&text)
		if !strings.Contains(text.String(), "tracelab_automatic_explanations_failed_total 1\n") {
			return fmt.Errorf("the metrics are %s", text.String())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"tracelab_explanations_total 1", "tracelab_execution_trace_panics_total 0", "tracelab_automatic_explanations_dropped_total 0", "tracelab_explanation_tags_delivered_total 1", "tracelab_explanation_tags_dropped_total 0"} {
		if !strings.Contains(text.String(), line+"\n") {
			t.Errorf("want %s in\n%s", line, text.String())
		}
	}
	spans, err := x.cfg.Reader.Trace(t.Context(), zipkin.TraceID{Low: 1})
	if err != nil || len(spans) != 2 || !isTags(&spans[1]) {
		t.Errorf("the store has %+v, %v", spans, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
