package reporting_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"

	"example.com/tracelab/internal/reporting"
	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/reporter"
	"example.com/tracelab/tracing/tracetest"
)

// start makes the test's process trace to r until the test ends.
func start(t *testing.T, r *reporting.Reporter) *tracing.Provider {
	t.Helper()
	provider, err := tracing.Start(tracing.Config{Service: "test", Sampler: "always", Reporter: r})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { provider.Shutdown(context.Background()) })
	return provider
}

// collector keeps the names of the spans that it is sent.
type collector struct {
	*httptest.Server
	mu    sync.Mutex
	names []string
}

func newCollector(t *testing.T) *collector {
	c := &collector{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var spans []struct{ Name string }
		if json.Unmarshal(body, &spans) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, s := range spans {
			c.names = append(c.names, s.Name)
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *collector) sorted() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(slices.Values(c.names))
}

// request has a server's span, and one inside of it; terms, if not nil, are set
// while the first has begun and the second has not.
func request(ctx context.Context, name string, terms *reporting.Terms) {
	ctx, server := trace.StartSpan(ctx, name)
	server.Annotate(nil, "before")
	if terms != nil {
		reporting.SetTerms(ctx, *terms)
	}
	_, inside := trace.StartSpan(ctx, "inside "+name)
	inside.Annotate(nil, "after")
	inside.End()
	server.End()
}

// TestAFullQueueIsOfOneTrace gives one request of three no room.
func TestAFullQueueIsOfOneTrace(t *testing.T) {
	c := newCollector(t)
	r, err := reporting.New(reporter.Config{URL: c.URL})
	if err != nil {
		t.Fatal(err)
	}
	provider := start(t, r)
	ctx := reporting.NewContext(t.Context(), r)
	request(ctx, "first", nil)
	request(ctx, "second", &reporting.Terms{QueueFull: true})
	request(ctx, "third", nil)
	addUp(t, provider.Stats())
	if err := tracing.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := provider.Stats()
	if addUp(t, s); s.Delivered != 4 || s.Dropped[reporter.DroppedQueueFull] != 2 || s.Sampled != 6 || s.Open != 0 {
		t.Errorf("%+v; want the two spans of one request of three dropped", s)
	}
	if got, want := c.sorted(), []string{"first", "inside first", "inside third", "third"}; !slices.Equal(got, want) {
		t.Errorf("stored: %q; want %q", got, want)
	}
	if err := provider.Shutdown(t.Context()); err != nil || provider.Stats().Delivered != 4 {
		t.Errorf("Shutdown: %v, then %+v", err, provider.Stats())
	}
}

// addUp checks the promise of tracing.Stats.
func addUp(t *testing.T, s tracing.Stats) {
	t.Helper()
	sum := s.Open + s.Queued + s.Delivered
	for _, n := range s.Dropped {
		sum += n
	}
	if s.Started != s.Sampled+s.NotSampled || s.Sampled != sum {
		t.Errorf("the counters do not add up: %+v", s)
	}
}

// TestAClockOffsetIsOfOneTrace has one request of two tell times of an hour ago.
func TestAClockOffsetIsOfOneTrace(t *testing.T) {
	const off = -time.Hour
	var spans tracetest.Recorder
	r := reporting.Wrap(&spans)
	start(t, r)
	ctx := reporting.NewContext(t.Context(), r)
	began := time.Now()
	request(ctx, "wrong", &reporting.Terms{ClockOffset: off, QueueFull: true}) // a Recorder has no queue
	request(ctx, "right", nil)
	took := time.Since(began)
	all := spans.Spans()
	if len(all) != 4 {
		t.Fatalf("%d spans: %+v", len(all), all)
	}
	for i, s := range all {
		want := time.Duration(0)
		if i < 2 {
			want = off
		}
		if miss := s.Timestamp.Sub(began) - want; miss < -time.Second || miss > took+time.Second {
			t.Errorf("%s began %s after the start; want it off by %s", s.Name, s.Timestamp.Sub(began), want)
		}
		if s.Duration < 0 || s.Duration > took+time.Second {
			t.Errorf("%s lasts %s; all took %s", s.Name, s.Duration, took)
		}
		if len(s.Annotations) != 1 {
			t.Errorf("%s has the annotations %v", s.Name, s.Annotations)
		}
		for _, a := range s.Annotations {
			if a.Timestamp.Before(s.Timestamp) || a.Timestamp.After(s.Timestamp.Add(s.Duration)) {
				t.Errorf("the annotation %q of %s lies outside it", a.Value, s.Name)
			}
		}
	}
}

// TestTheSendersSpanIsNotChanged sends a span as other reporters would get it.
func TestTheSendersSpanIsNotChanged(t *testing.T) {
	var spans tracetest.Recorder
	r := reporting.Wrap(&spans)
	start(t, r)
	ctx, span := trace.StartSpan(reporting.NewContext(t.Context(), r), "s")
	defer span.End()
	reporting.SetTerms(ctx, reporting.Terms{ClockOffset: time.Hour})
	id := span.SpanContext().TraceID
	at := time.Unix(1, 0)
	s := model.SpanModel{Timestamp: at, Annotations: []model.Annotation{{Timestamp: at, Value: "a"}}}
	if err := s.TraceID.UnmarshalJSON([]byte(`"` + id.String() + `"`)); err != nil {
		t.Fatal(err)
	}
	r.Send(s)
	if !s.Annotations[0].Timestamp.Equal(at) {
		t.Error("the annotations of the sender's span were changed")
	}
	if got := spans.Spans()[0]; !got.Timestamp.Equal(at.Add(time.Hour)) {
		t.Errorf("reported at %s", got.Timestamp)
	}
}

// TestTermsAreBounded sets terms for more traces than are kept.
func TestTermsAreBounded(t *testing.T) {
	const kept, more = 4096, 10
	var spans tracetest.Recorder
	r := reporting.Wrap(&spans)
	start(t, r)
	ctx := reporting.NewContext(t.Context(), r)
	open := make([]*trace.Span, kept+more)
	for i := range open {
		var own context.Context
		own, open[i] = trace.StartSpan(ctx, "s")
		reporting.SetTerms(own, reporting.Terms{ClockOffset: 12 * time.Hour})
		reporting.SetTerms(own, reporting.Terms{ClockOffset: 24 * time.Hour}) // takes no second place
	}
	for _, s := range open {
		s.End()
	}
	for i, s := range spans.Spans() {
		if off := time.Until(s.Timestamp) > 23*time.Hour; off != (i >= more) {
			t.Fatalf("span %d of %d began at %s", i, len(open), s.Timestamp)
		}
	}
}

func TestTermsOfNothing(t *testing.T) {
	terms := reporting.Terms{ClockOffset: time.Hour, QueueFull: true}
	reporting.SetTerms(t.Context(), terms)
	reporting.SetTerms(reporting.NewContext(t.Context(), nil), terms)
	var spans tracetest.Recorder
	r := reporting.Wrap(&spans)
	start(t, r)
	ctx := reporting.NewContext(t.Context(), r)
	reporting.SetTerms(ctx, terms)                     // no span
	request(t.Context(), "without a reporter", &terms) // in its context
	request(reporting.NewContext(t.Context(), nil), "", &terms)
	for _, s := range spans.Spans() {
		if time.Until(s.Timestamp) > time.Minute {
			t.Errorf("%s began at %s", s.Name, s.Timestamp)
		}
	}
	if n := len(spans.Spans()); n != 4 {
		t.Errorf("%d spans", n)
	}
}

func TestAWrongURLIsRefused(t *testing.T) {
	if r, err := reporting.New(reporter.Config{URL: "localhost:9411"}); err == nil {
		t.Errorf("%+v; want an error", r)
	}
}
