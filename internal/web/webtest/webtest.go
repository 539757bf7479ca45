// Package webtest is what tests of pages share: a reader with traces, and small traces.
package webtest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// Noon is now, for the pages under test.
var Noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// Now is a clock that stands at Noon.
func Now() time.Time { return Noon }

// Reader answers with what it holds and remembers the last query.
type Reader struct {
	Held  [][]zipkin.Span
	Err   error
	Asked *zipkin.Query
}

var _ zipkinapi.Reader = (*Reader)(nil)

// Services lists two services.
func (f *Reader) Services(context.Context) ([]string, error) {
	return []string{"fetcher", "gateway"}, f.Err
}

// SpanNames lists one name, which says whose it is.
func (f *Reader) SpanNames(_ context.Context, service string) ([]string, error) {
	return []string{"get /visit of " + service}, f.Err
}

// Traces answers every query with all traces.
func (f *Reader) Traces(_ context.Context, q zipkin.Query) ([][]zipkin.Span, error) {
	f.Asked = &q
	return f.Held, f.Err
}

// Trace finds a trace among those that it holds.
func (f *Reader) Trace(_ context.Context, id zipkin.TraceID) ([]zipkin.Span, error) {
	for _, t := range f.Held {
		if t[0].TraceID == id {
			return t, f.Err
		}
	}
	if f.Err != nil {
		return nil, f.Err
	}
	return nil, zipkinapi.ErrNotFound
}

// Dependencies knows no links.
func (f *Reader) Dependencies(context.Context, time.Time, time.Duration) ([]zipkin.Link, error) {
	return nil, f.Err
}

// Shell returns a shell that logs nothing and answers to names.
func Shell(source string, names ...hosts.Name) *shell.Shell {
	return shell.New(shell.Config{Source: source, AllowHosts: names, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
}

// Serve serves the pages of a shell, with its static files.
func Serve(s *shell.Shell, pages interface{ Routes(*http.ServeMux) }) http.Handler {
	mux := http.NewServeMux()
	s.Routes(mux)
	pages.Routes(mux)
	return mux
}

// Get asks for a path of localhost.
func Get(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	return Ask(h, httptest.NewRequestWithContext(t.Context(), "GET", "http://localhost"+path, nil))
}

// Ask has a request answered.
func Ask(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Visit is a small trace that started some time before noon: a server of the
// gateway, and below it a client and the fetcher's server.
func Visit(id uint64, before time.Duration, duration int64) []zipkin.Span {
	start := Noon.Add(-before).UnixMicro()
	spans := []zipkin.Span{
		Kind(Span(1, 0, start, duration), zipkin.Server, "gateway"),
		Kind(Span(2, 1, start+duration/10, duration/2), zipkin.Client, "gateway"),
		Kind(Span(3, 2, start+duration/5, duration/4), zipkin.Server, "fetcher"),
	}
	for i, name := range []string{"get /visit", "get", "get /fetch"} {
		spans[i].Name, spans[i].TraceID.Low = name, id
	}
	return spans
}

// Failing has the third span fail.
func Failing(spans []zipkin.Span) []zipkin.Span {
	spans[2].Tags = []zipkin.Tag{{Key: "error", Value: "502"}}
	return spans
}

// Span makes a span of trace 1 whose service is "s".
func Span(id, parent zipkin.SpanID, start, duration int64) zipkin.Span {
	return zipkin.Span{
		TraceID: zipkin.TraceID{Low: 1}, ID: id, ParentID: parent, Name: id.String()[15:],
		Timestamp: start, Duration: duration, Local: zipkin.Endpoint{ServiceName: "s"},
	}
}

// With is a span that is changed.
func With(s zipkin.Span, change func(*zipkin.Span)) zipkin.Span {
	change(&s)
	return s
}

// Kind is a span of this kind and service.
func Kind(s zipkin.Span, k zipkin.Kind, service string) zipkin.Span {
	return With(s, func(s *zipkin.Span) { s.Kind, s.Local.ServiceName = k, service })
}
