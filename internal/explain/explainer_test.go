package explain

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/snapshots"
	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// begin makes an explainer of a store with spans, beside no process.
func begin(spans ...zipkin.Span) *Explainer {
	st := store.New(store.Config{})
	st.Add(spans)
	queue := NewQueue()
	return New(Config{Reader: zipkinapi.Local(st), PollEvery: time.Millisecond, Snapshots: snapshots.New(alone{}, queue, ""), Queue: queue,
		Report: func(_ context.Context, spans []zipkin.Span) error { st.Add(spans); return nil }})
}

// recent is a root that has just ended.
func recent(low uint64, name string, took time.Duration) zipkin.Span {
	s := root(low, name, took)
	s.Timestamp = time.Now().Add(-took).UnixMicro()
	return s
}

// root is the only span of a trace.
func root(low uint64, name string, took time.Duration) zipkin.Span {
	return zipkin.Span{TraceID: zipkin.TraceID{Low: low}, ID: 1, Kind: zipkin.Server, Name: name, Timestamp: time.Now().Add(-time.Minute).UnixMicro(),
		Duration: took.Microseconds(), Local: zipkin.Endpoint{ServiceName: "gateway"}}
}

// TestBaseline is what a quarter of enough requests of the kind stay below, of those
// that were answered.
func TestBaseline(t *testing.T) {
	var spans []zipkin.Span
	of := func(n, first int, name string, change func(i int, s *zipkin.Span)) {
		for i := range n {
			s := root(uint64(first+i), name, time.Second)
			change(i, &s)
			spans = append(spans, s)
		}
	}
	same := func(int, *zipkin.Span) {}
	tagged := func(key, value string) func(int, *zipkin.Span) {
		return func(_ int, s *zipkin.Span) { s.Duration, s.Tags = 1000, []zipkin.Tag{{Key: key, Value: value}} }
	}
	of(40, 1, "get /visit", func(i int, s *zipkin.Span) { s.Duration = int64(i+1) * 10_000 })
	of(baselineLeast, 100, "get /enough", same)
	of(baselineLeast-1, 200, "get /rare", same)
	of(baselineLeast, 300, "get /refused", same)
	of(20, 330, "get /refused", tagged("http.status_code", "429"))
	of(20, 360, "get /refused", tagged("error", "full"))
	of(baselineLeast-1, 400, "get /redirected", same)
	of(1, 430, "get /redirected", tagged("http.status_code", "302"))
	of(baselineLeast, 500, "get /called", func(i int, s *zipkin.Span) { s.Kind = zipkin.Client })
	x := begin(spans...)
	for name, want := range map[string]time.Duration{"get /visit": 110 * time.Millisecond, "get /enough": time.Second, "get /rare": 0, "get /never": 0, "": 0,
		"get /refused": time.Second, "get /redirected": time.Second, "get /called": 0} {
		s := root(900, name, time.Second)
		if got := x.baseline(t.Context(), &s, true); got != want {
			t.Errorf("of %q it is %s, want %s", name, got, want)
		}
	}
}

// TestTheCacheIsBounded: the oldest makes room, and another fingerprint is another
// answer.
func TestTheCacheIsBounded(t *testing.T) {
	var c cache
	first := &labapi.Explanation{}
	of := func(n int) subject { return subject{trace: zipkin.TraceID{Low: uint64(n)}} }
	c.put(of(0), first, "a")
	if c.get(of(0), "a") != first || c.get(of(0), "b") != nil || c.get(of(1), "a") != nil {
		t.Error("what is known is not what was put")
	}
	for n := range maxExplained {
		c.put(of(n+1), &labapi.Explanation{}, "a")
	}
	if c.get(of(0), "a") != nil || c.get(of(1), "a") == nil || len(c.known) != maxExplained || len(c.order) != maxExplained {
		t.Errorf("%d are kept, in an order of %d", len(c.known), len(c.order))
	}
}

// TestWhatIsChosen by the server, or why there is none.
func TestWhatIsChosen(t *testing.T) {
	full, empty := begin(root(1, "get", 100*time.Millisecond), root(2, "get", 900*time.Millisecond), root(3, "get", 300*time.Millisecond)), begin()
	for name, test := range map[string]struct {
		x     *Explainer
		query string
		want  string // of the answer, or of the error
		code  httpapi.Code
	}{
		"the slowest":   {full, "slowest=1", `"traceId": "0000000000000002"`, ""},
		"of none":       {empty, "slowest=1", "no request of the last 10 minutes", httpapi.NotFound},
		"zero":          {full, "slowest=0", `slowest="0": want slowest=1`, httpapi.Invalid},
		"a word":        {full, "live=yes", `live="yes": want live=1`, httpapi.Invalid},
		"something new": {full, "fastest=1", "?slowest=1 or ?live=1", httpapi.Invalid},
	} {
		w := httptest.NewRecorder()
		err := test.x.ExplainChosen(w, httptest.NewRequest(http.MethodGet, labapi.WhyPath+"?"+test.query, nil))
		got := w.Body.String()
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, test.want) || (err != nil) != (test.code != "") || err != nil && httpapi.AsError(err).Code != test.code {
			t.Errorf("%s: %s, %v; want %q", name, got, err, test.want)
		}
	}
}

// TestEveryWaitIsBounded for the next slow trace.
func TestEveryWaitIsBounded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	if err := begin().ExplainChosen(w, httptest.NewRequestWithContext(ctx, http.MethodGet, labapi.WhyPath+"?live=1", nil)); err != nil || w.Code != http.StatusNoContent {
		t.Errorf("%d, %v; want 204", w.Code, err)
	}
}

// TestACallerThatHasGone is no failure of the server.
func TestACallerThatHasGone(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, labapi.WhyPath+"/x", nil)
	r.SetPathValue("trace", padded(1))
	if err := begin().Explain(httptest.NewRecorder(), r); httpapi.AsError(err).Code != httpapi.Canceled {
		t.Errorf("%v, want %s", err, httpapi.Canceled)
	}
}

// TestTags are sent by themselves, and counted where they cannot be.
func TestTags(t *testing.T) {
	x := begin(root(1, "get", 100*time.Millisecond))
	sent := make(chan []zipkin.Span, 1)
	fail := errors.New("it takes nothing")
	x.cfg.Report = func(_ context.Context, spans []zipkin.Span) error {
		sent <- spans
		err := fail
		fail = nil
		return err
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- x.Run(ctx) }()
	for range 2 {
		x.tagger.offer(explained{&labapi.Explanation{TraceID: padded(1)[16:], SpanID: "0000000000000001", Service: "gateway", Sentences: []string{"It ran."},
			States: []labapi.StateTime{{State: "running", US: 1500}, {State: "running", US: 500}}}, []zipkin.Span{root(1, "get", 100*time.Millisecond)}})
		if got := <-sent; len(got) != 1 || fmt.Sprint(got[0].Tags) != "[{go.running 2.000 ms} {go.why It ran.}]" || got[0].Duration != 0 {
			t.Errorf("sent are %+v", got)
		}
	}
	stop()
	if err := <-ended; err != nil || x.tagger.sent.Load() != 1 || x.tagger.dropped.Load() != 1 {
		t.Errorf("%v; %d are sent, %d dropped", err, x.tagger.sent.Load(), x.tagger.dropped.Load())
	}
}
