package gateway

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/openzipkin/zipkin-go/model"

	"example.com/tracelab/internal/costs"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/service"
	"example.com/tracelab/services/gateway/visitapi"
	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/tracetest"
)

// stage is a gateway whose fetcher and writer the test plays.
type stage struct {
	http.Handler
	cfg     *Config
	parts   service.Definition
	spans   *tracetest.Recorder
	costLog costs.Log
}

// newStage has fetches answered after fetch, and writes after write, each of
// which may be nil.
func newStage(t *testing.T, fetch, write http.HandlerFunc) *stage {
	t.Helper()
	was := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	t.Cleanup(func() { slog.SetDefault(was) })
	s := &stage{spans: tracetest.Start(t, "always")}
	play := func(first http.HandlerFunc, answer string) string {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if first != nil {
				first(w, r)
			}
			w.Write([]byte(answer))
		}))
		t.Cleanup(srv.Close)
		return srv.URL
	}
	cfg := &Config{
		FetcherURL:    play(fetch, `{"status": 200, "statusText": "200 OK"}`),
		WriterURL:     play(write, `{}`),
		ThirdPartyURL: "http://127.0.0.1:9/get", AllowTargets: []string{"127.0.0.1:9"},
		UIURL: "http://localhost:9411", Parallel: 16, MaxVisits: 64, VisitTimeout: 20 * time.Second,
	}
	parts, err := cfg.build()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { parts.Close() })
	s.cfg, s.parts = cfg, parts
	mux := http.NewServeMux()
	for _, route := range parts.Routes {
		mux.HandleFunc(route.Pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := route.Handler(w, s.faulty(t, r)); err != nil {
				httpapi.WriteError(w, r, err)
			}
		})
	}
	s.Handler = tracing.Handler(mux)
	return s
}

// faulty is r with what its header asks for.
func (s *stage) faulty(t *testing.T, r *http.Request) *http.Request {
	text := r.Header.Get(faults.Header)
	if text == "" {
		return r
	}
	asks, err := faults.Parse(text)
	if err != nil {
		t.Error(err)
	}
	return r.WithContext(faults.With(r.Context(), "", "gateway", asks, &s.costLog))
}

// visit makes one request, and returns its answer and how long that took.
func (s *stage) visit(ctx context.Context, query, fault string) (int, answer, time.Duration) {
	r := httptest.NewRequest("GET", "/visit"+query, nil).WithContext(ctx)
	if fault != "" {
		r.Header.Set(faults.Header, fault)
	}
	w, began := httptest.NewRecorder(), time.Now()
	s.ServeHTTP(w, r)
	took := time.Since(began)
	var a answer
	json.Unmarshal(w.Body.Bytes(), &a)
	return w.Code, a, took
}

type answer struct {
	TraceID         string
	Visits          []visitapi.Visit
	Code            httpapi.Code
	Service, Detail string
}

// cost is the only cost in the log of the trace.
func (s *stage) cost(t *testing.T, traceID, fault string) time.Duration {
	t.Helper()
	costs := s.costLog.Of(traceID)
	if len(costs) != 1 || costs[0].Fault != fault {
		t.Fatalf("the log has %+v of %s", costs, traceID)
	}
	return time.Duration(costs[0].Took) * time.Microsecond
}

// named are the spans of that name, by the time that they begin.
func named(all []model.SpanModel, name string) (found []model.SpanModel) {
	for _, s := range all {
		if strings.EqualFold(s.Name, name) {
			found = append(found, s)
		}
	}
	return found
}
