package tracing_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/tracetest"
)

// TestSkew serves a request whose spans tell times of an hour ago, beside spans
// that do not.
func TestSkew(t *testing.T) {
	const off = -time.Hour
	spans := tracetest.Start(t, "always")
	transport := &tracing.Transport{Base: answering("hello")}
	caller, root := trace.StartSpan(context.Background(), "caller")
	server := tracing.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		trace.FromContext(ctx).Annotate(nil, "before")
		tracing.Skew(ctx, off)
		trace.FromContext(ctx).Annotate(nil, "after")
		ctx, child := trace.StartSpan(context.WithValue(ctx, contextKey{}, 1), "child")
		resp, err := transport.RoundTrip(newRequest(t, "http://host/").WithContext(ctx))
		if err != nil {
			t.Error(err)
			return
		}
		resp.Body.Close()
		child.End()
		_, other := trace.StartSpan(caller, "other")
		other.End()
	}))
	began := time.Now()
	serve(server, httptest.NewRequest("GET", "/", nil))
	took := time.Since(began)
	serve(tracing.Handler(http.NotFoundHandler()), httptest.NewRequest("GET", "/next", nil))
	root.End()

	all := spans.Take()
	if len(all) != 6 {
		t.Fatalf("%d spans: %+v", len(all), all)
	}
	for _, s := range all {
		want := time.Duration(0)
		if s.Name == "child" || s.Kind == model.Client || s.Tags["http.path"] == "/" {
			want = off
		}
		if s.Duration < 0 || s.Duration > 2*took+time.Second {
			t.Errorf("%s %s lasts %s; all took %s", s.Kind, s.Name, s.Duration, took)
		}
		if miss := s.Timestamp.Sub(began) - want; miss < -time.Second || miss > took+time.Second {
			t.Errorf("%s %s began %s after the start; want it off by %s", s.Kind, s.Name, s.Timestamp.Sub(began), want)
		}
		for _, a := range s.Annotations {
			if a.Timestamp.Before(s.Timestamp) || a.Timestamp.After(s.Timestamp.Add(s.Duration)) {
				t.Errorf("the annotation %q of %s lies outside it", a.Value, s.Name)
			}
		}
	}
}

type contextKey struct{}

func TestSkewWithoutASpan(t *testing.T) {
	tracing.Skew(t.Context(), time.Hour) // before Start
	spans := tracetest.Start(t, "always")
	tracing.Skew(t.Context(), time.Hour)
	ctx, s := trace.StartSpan(t.Context(), "s")
	s.End()
	tracing.Skew(ctx, time.Hour)
	_, unsampled := trace.StartSpan(t.Context(), "unsampled", trace.WithSampler(trace.NeverSample()))
	tracing.Skew(trace.NewContext(t.Context(), unsampled), time.Hour)
	if s := only(t, spans); time.Since(s.Timestamp) > time.Minute || time.Until(s.Timestamp) > time.Minute {
		t.Errorf("the span began at %s", s.Timestamp)
	}
}
