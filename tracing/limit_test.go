package tracing_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
)

// startTo makes the test's process trace to a collector until the test ends.
func startTo(t *testing.T, c *collector) *tracing.Tracing {
	t.Helper()
	tr, err := tracing.Start(tracing.Config{Service: "test", ZipkinURL: c.URL, Sampler: "always"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.Shutdown(context.Background()) })
	return tr
}

// TestAQueueLimitIsOfOneRequest limits a request in its handler, where its
// SERVER span has begun already, and lets another pass beside it.
func TestAQueueLimitIsOfOneRequest(t *testing.T) {
	c := newCollector(t)
	tr := startTo(t, c)
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	caller := &http.Client{Transport: &tracing.Transport{}}
	handler := tracing.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/limited" {
			tracing.LimitQueue(r.Context(), 0)
		}
		ctx, span := trace.StartSpan(r.Context(), "inside "+r.URL.Path)
		defer span.End()
		req, err := http.NewRequestWithContext(ctx, "HEAD", other.URL, nil)
		if err != nil {
			t.Error(err)
			return
		}
		if resp, err := caller.Do(req); err == nil {
			resp.Body.Close()
		}
	}))
	for _, path := range []string{"/before", "/limited", "/after"} {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}
	if err := tracing.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	counts := tr.Counts()
	if counts.Delivered != 6 || counts.Dropped["queue_full"] != 3 || counts.Sampled != 9 || counts.Open != 0 {
		t.Errorf("%+v; want the three spans of one request of three dropped", counts)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stored["inside /limited"] != 0 || c.stored["inside /before"] != 1 || c.stored["inside /after"] != 1 {
		t.Errorf("stored: %v", c.stored)
	}
}

// TestAQueueLimitLeavesRoom holds the collector, and looks at who gets in.
func TestAQueueLimitLeavesRoom(t *testing.T) {
	c := newCollector(t)
	let := make(chan struct{})
	c.answerWith(func([]byte) int { <-let; return http.StatusAccepted })
	tr := startTo(t, c)
	for range 5 {
		ctx, span := trace.StartSpan(context.Background(), "bulk")
		tracing.LimitQueue(ctx, 2)
		span.End()
	}
	_, span := trace.StartSpan(context.Background(), "other")
	span.End()
	if counts := tr.Counts(); counts.Queued != 3 || counts.Dropped["queue_full"] != 3 {
		t.Errorf("%+v; want two of the five queued, and the other", counts)
	}
	close(let)
	if err := tracing.Flush(t.Context()); err != nil || tr.Counts().Delivered != 3 {
		t.Errorf("%v, %+v", err, tr.Counts())
	}
}

func TestALimitWithoutASpanDoesNothing(t *testing.T) {
	tracing.LimitQueue(context.Background(), 0)
	_, foreign := trace.StartSpan(context.Background(), "OpenCensus's own")
	tracing.LimitQueue(trace.NewContext(context.Background(), foreign), 0)
}
