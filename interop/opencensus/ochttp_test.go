package opencensus

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/plugin/ochttp"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/tracetest"
)

// caller is a span elsewhere, in each form of headers.
var caller = map[string]map[string]string{
	"nobody":      {},
	"B3":          {"X-B3-TraceId": "463ac35c9f6413ad48485a3953bb6124", "X-B3-SpanId": "a2fb4a1d1a96d312", "X-B3-Sampled": "1"},
	"traceparent": {"traceparent": "00-463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-01"},
}

// TestOneRequestIsOneTrace has ochttp and our middleware around one handler, in
// either order. Ours does not tell Zipkin that the service calls itself, as a
// SERVER span does whose parent is one; ochttp, within ours, does.
func TestOneRequestIsOneTrace(t *testing.T) {
	work := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, s := trace.StartSpan(r.Context(), "work")
		s.End()
	})
	for name, handler := range map[string]http.Handler{
		"ochttp alone":          &ochttp.Handler{Handler: work},
		"ours in ochttp":        &ochttp.Handler{Handler: tracing.Handler(work)},
		"ours in public ochttp": &ochttp.Handler{Handler: tracing.Handler(work), IsPublicEndpoint: true},
		"ours twice in ochttp":  &ochttp.Handler{Handler: tracing.Handler(tracing.Handler(work))},
		"ochttp in ours":        tracing.Handler(&ochttp.Handler{Handler: work}),
	} {
		for form, headers := range caller {
			t.Run(name+" called by "+form, func(t *testing.T) {
				spans := tracetest.Start(t, "always")
				r := httptest.NewRequest("GET", "/a", nil)
				for key, value := range headers {
					r.Header.Set(key, value)
				}
				handler.ServeHTTP(httptest.NewRecorder(), r)
				judge(t, spans.Spans(), len(headers) > 0)
				if below := nested(spans.Spans()); below != "" && name != "ochttp in ours" {
					t.Errorf("SERVER %s is below a SERVER span", below)
				}
			})
		}
	}
}

// nested is the name of a SERVER span below another, or empty.
func nested(spans []model.SpanModel) string {
	servers := map[model.ID]bool{}
	for _, s := range spans {
		servers[s.ID] = s.Kind == model.Server
	}
	for _, s := range spans {
		if s.Kind == model.Server && s.ParentID != nil && servers[*s.ParentID] {
			return s.Name
		}
	}
	return ""
}

// judge wants one trace, with a root unless a caller has it.
func judge(t *testing.T, spans []model.SpanModel, called bool) {
	t.Helper()
	roots := 0
	for _, s := range spans {
		if s.TraceID != spans[0].TraceID {
			t.Errorf("%s %s is in another trace", s.Kind, s.Name)
		}
		if s.ParentID == nil {
			roots++
		}
	}
	if roots > 1 || roots == 0 && !called {
		t.Errorf("%d roots of %d spans", roots, len(spans))
	}
}

// TestADecisionOfTheCallerReachesUs by ochttp and our sampler, which would decide
// otherwise.
func TestADecisionOfTheCallerReachesUs(t *testing.T) {
	for _, test := range []struct {
		sampler, said string
		want          int
	}{{"never", "1", 2}, {"0.5", "1", 2}, {"never", "0", 0}, {"never", "", 0}, {"always", "", 2}} {
		t.Run(fmt.Sprintf("%s %q", test.sampler, test.said), func(t *testing.T) {
			spans := tracetest.Start(t, test.sampler)
			r := httptest.NewRequest("GET", "/a", nil)
			for key, value := range caller["B3"] {
				r.Header.Set(key, value)
			}
			r.Header.Set("X-B3-Sampled", test.said)
			(&ochttp.Handler{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, s := trace.StartSpan(r.Context(), "work")
				s.End()
			})}).ServeHTTP(httptest.NewRecorder(), r)
			if got := len(spans.Spans()); got != test.want {
				t.Errorf("%d spans recorded; want %d", got, test.want)
			}
		})
	}
}

// TestOneCallIsOneTrace sends a request through ochttp's transport and ours, in
// either order.
func TestOneCallIsOneTrace(t *testing.T) {
	for name, transport := range map[string]http.RoundTripper{
		"ochttp alone":   &ochttp.Transport{},
		"ours in ochttp": &ochttp.Transport{Base: &tracing.Transport{}},
		"ochttp in ours": &tracing.Transport{Base: &ochttp.Transport{}},
	} {
		t.Run(name, func(t *testing.T) {
			spans := tracetest.Start(t, "always")
			srv := httptest.NewServer(tracing.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
			defer srv.Close()
			ctx, root := trace.StartSpan(t.Context(), "root")
			r, err := http.NewRequestWithContext(ctx, "GET", srv.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := (&http.Client{Transport: transport}).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			root.End()
			srv.Close()
			judge(t, spans.Spans(), false)
		})
	}
}
