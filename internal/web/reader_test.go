package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/zipkinapi"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// fakeReader answers with what it holds and remembers the last query.
type fakeReader struct {
	traces [][]zipkin.Span
	err    error
	asked  *zipkin.Query
}

var _ zipkinapi.Reader = (*fakeReader)(nil)

func (f *fakeReader) Services(context.Context) ([]string, error) {
	return []string{"fetcher", "gateway"}, f.err
}

func (f *fakeReader) SpanNames(_ context.Context, service string) ([]string, error) {
	return []string{"get /visit of " + service}, f.err
}

func (f *fakeReader) Traces(_ context.Context, q zipkin.Query) ([][]zipkin.Span, error) {
	f.asked = &q
	return f.traces, f.err
}

func (f *fakeReader) Trace(_ context.Context, id zipkin.TraceID) ([]zipkin.Span, error) {
	for _, t := range f.traces {
		if t[0].TraceID == id {
			return t, f.err
		}
	}
	if f.err != nil {
		return nil, f.err
	}
	return nil, zipkinapi.ErrNotFound
}

func (f *fakeReader) Dependencies(context.Context, time.Time, time.Duration) ([]zipkin.Link, error) {
	return nil, f.err
}

// serveUI returns the UI's routes, beside nothing else.
func serveUI(cfg Config) http.Handler {
	if cfg.Reader == nil {
		cfg.Reader = &fakeReader{}
	}
	cfg.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	cfg.Now = func() time.Time { return noon }
	mux := http.NewServeMux()
	New(cfg).Routes(mux)
	return mux
}

// get asks for a path of localhost.
func get(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	return ask(h, httptest.NewRequestWithContext(t.Context(), "GET", "http://localhost"+path, nil))
}

func ask(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// visit is a small trace that started some time before noon: a server of the
// gateway, and below it a client and the fetcher's server, which failed.
func visit(id uint64, before time.Duration, duration int64) []zipkin.Span {
	start := noon.Add(-before).UnixMicro()
	spans := []zipkin.Span{
		kind(span(1, 0, start, duration), zipkin.Server, "gateway"),
		kind(span(2, 1, start+duration/10, duration/2), zipkin.Client, "gateway"),
		kind(span(3, 2, start+duration/5, duration/4), zipkin.Server, "fetcher"),
	}
	for i, name := range []string{"get /visit", "get", "get /fetch"} {
		spans[i].Name, spans[i].TraceID.Low = name, id
	}
	return spans
}

func failing(spans []zipkin.Span) []zipkin.Span {
	spans[2].Tags = []zipkin.Tag{{Key: "error", Value: "502"}}
	return spans
}
