// Package tracetest records the spans of a test.
//
// Start makes the test's process trace into a Recorder. A Recorder alone is a
// reporter for tracing.Config, as for zipkin-go.
package tracetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/openzipkin/zipkin-go/model"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/reporter"
)

// Recorder keeps every span that it is sent, and has the methods of a
// *reporter.Reporter, whose place it takes in tests. Its zero value is ready. It
// is safe for concurrent use.
type Recorder struct {
	mu    sync.Mutex
	sent  uint64
	spans []model.SpanModel
	more  chan struct{} // closed when a span comes
}

// Start makes the test's process trace into a new Recorder until the test
// ends, with a sampler as tracing.ParseSampler reads it. Tracing is one for
// the process, so such tests do not run in parallel.
func Start(t testing.TB, sampler string) *Recorder {
	t.Helper()
	r := &Recorder{}
	provider, err := tracing.Start(tracing.Config{Service: "test", Sampler: sampler, Reporter: r})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { provider.Shutdown(context.Background()) })
	return r
}

// Send keeps a span.
func (r *Recorder) Send(s model.SpanModel) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent++
	r.spans = append(r.spans, s)
	if r.more != nil {
		close(r.more)
		r.more = nil
	}
}

// Close does nothing: what was recorded stays.
func (r *Recorder) Close() error { return nil }

// Shutdown does nothing: what was recorded stays.
func (r *Recorder) Shutdown(context.Context) error { return nil }

// Flush does nothing: a span is delivered when it is sent.
func (r *Recorder) Flush(context.Context) error { return nil }

// Stats counts all spans that were sent, as delivered.
func (r *Recorder) Stats() reporter.Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	return reporter.Stats{Accepted: r.sent, Delivered: r.sent}
}

// Spans returns what was recorded, in the order in which the spans ended. The
// slice is the caller's.
func (r *Recorder) Spans() []model.SpanModel {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.spans)
}

// Take returns what was recorded, and forgets it.
func (r *Recorder) Take() []model.SpanModel {
	r.mu.Lock()
	defer r.mu.Unlock()
	spans := r.spans
	r.spans = nil
	return spans
}

// Named returns the span of that name that ended first.
func (r *Recorder) Named(name string) (model.SpanModel, bool) {
	spans := r.Spans()
	i := slices.IndexFunc(spans, func(s model.SpanModel) bool { return s.Name == name })
	if i < 0 {
		return model.SpanModel{}, false
	}
	return spans[i], true
}

// Await waits until there are n spans: a server's span ends after its client
// has the answer. The error has the number of those that there were when ctx ended.
func (r *Recorder) Await(ctx context.Context, n int) ([]model.SpanModel, error) {
	for {
		r.mu.Lock()
		spans := slices.Clone(r.spans)
		if r.more == nil {
			r.more = make(chan struct{})
		}
		more := r.more
		r.mu.Unlock()
		if len(spans) >= n {
			return spans, nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return spans, fmt.Errorf("%d spans of %d: %w", len(spans), n, ctx.Err())
		}
	}
}
