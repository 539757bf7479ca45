package tracing_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
)

// discard is a reporter that costs nothing.
type discard struct{}

func (discard) Send(model.SpanModel) {}
func (discard) Close() error         { return nil }

// BenchmarkSpan is one span in a span, with a tag and an annotation: recorded,
// and not.
func BenchmarkSpan(b *testing.B) {
	for _, sampler := range []string{"always", "never"} {
		b.Run(sampler, func(b *testing.B) {
			provider, err := tracing.Start(tracing.Config{Service: "bench", Sampler: sampler, Reporter: discard{}})
			if err != nil {
				b.Fatal(err)
			}
			defer provider.Shutdown(b.Context())
			ctx, parent := trace.StartSpan(b.Context(), "parent")
			defer parent.End()
			b.ReportAllocs()
			for b.Loop() {
				_, s := trace.StartSpan(ctx, "child")
				s.AddAttributes(trace.StringAttribute("key", "value"))
				s.Annotate(nil, "noted")
				s.End()
			}
		})
	}
}

// BenchmarkRequest is a request that Handler serves and Transport sends on: with
// the headers of our own Transport, and with a tracestate too.
func BenchmarkRequest(b *testing.B) {
	for _, state := range []string{"", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"} {
		b.Run("tracestate="+state, func(b *testing.B) {
			provider, err := tracing.Start(tracing.Config{Service: "bench", Reporter: discard{}})
			if err != nil {
				b.Fatal(err)
			}
			defer provider.Shutdown(b.Context())
			resp := &http.Response{StatusCode: 200, Body: http.NoBody}
			transport := &tracing.Transport{Base: roundTrip(func(*http.Request) (*http.Response, error) { return resp, nil })}
			next := httptest.NewRequest("GET", "http://next/", nil)
			handler := tracing.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				transport.RoundTrip(next.WithContext(r.Context()))
			}))
			r, w := httptest.NewRequest("GET", "/", nil), httptest.NewRecorder()
			for name, value := range map[string]string{"X-B3-TraceId": "463ac35c9f6413ad48485a3953bb6124", "X-B3-SpanId": "a2fb4a1d1a96d312", "X-B3-Sampled": "1",
				"traceparent": "00-463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-01", "tracestate": state} {
				if value != "" {
					r.Header.Set(name, value)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				handler.ServeHTTP(w, r)
			}
		})
	}
}
