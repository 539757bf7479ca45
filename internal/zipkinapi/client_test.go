package zipkinapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkinapi"
)

func someSpans() []zipkin.Span {
	at := clock.Add(-time.Second).UnixMicro()
	return []zipkin.Span{
		{TraceID: zipkin.TraceID{High: 1, Low: 0xc}, ID: 1, Kind: zipkin.Client, Name: "get /", Timestamp: at, Duration: 500,
			Local: zipkin.Endpoint{ServiceName: "a", IPv4: "1.2.3.4"}, Remote: zipkin.Endpoint{ServiceName: "db", Port: 80},
			Annotations: []zipkin.Annotation{{Timestamp: at, Value: "wait"}}, Tags: []zipkin.Tag{{Key: "error", Value: "x y&z=+%"}}},
		{TraceID: zipkin.TraceID{Low: 0xd}, ID: 1, Timestamp: at - 1000, Local: zipkin.Endpoint{ServiceName: "b"}},
	}
}

// readers are the two ways to the same spans.
func readers(t *testing.T) map[string]zipkinapi.Reader {
	t.Helper()
	st := store.New(store.Config{})
	st.Add(someSpans())
	srv := httptest.NewServer(zipkinapi.NewServer(st, zipkinapi.Options{}))
	t.Cleanup(srv.Close)
	c, err := zipkinapi.NewClient(srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]zipkinapi.Reader{"local": zipkinapi.Local(st), "client": c}
}

func TestReaders(t *testing.T) {
	ctx := context.Background()
	spans := someSpans()
	for name, r := range readers(t) {
		t.Run(name, func(t *testing.T) {
			same := func(what string, got any, err error, want any) {
				t.Helper()
				if err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("%s = %+v, %v\nwant %+v", what, got, err, want)
				}
			}
			services, err := r.Services(ctx)
			same("Services", services, err, []string{"a", "b"})
			names, err := r.SpanNames(ctx, "A")
			same("SpanNames", names, err, []string{"get /"})
			trace, err := r.Trace(ctx, spans[0].TraceID)
			same("Trace", trace, err, spans[:1])
			q := zipkin.Query{EndTs: clock, Lookback: time.Hour, Limit: 10}
			traces, err := r.Traces(ctx, q)
			same("Traces", traces, err, [][]zipkin.Span{spans[:1], spans[1:]})
			q.ServiceName, q.SpanName, q.RemoteServiceName, q.AnnotationQuery = "a", "get /", "db", "error=x y&z=+% and wait"
			q.MinDuration, q.MaxDuration = 500*time.Microsecond, 500*time.Microsecond
			traces, err = r.Traces(ctx, q)
			same("Traces", traces, err, [][]zipkin.Span{spans[:1]})
			links, err := r.Dependencies(ctx, clock, time.Hour)
			same("Dependencies", links, err, []zipkin.Link{{Parent: "a", Child: "db", CallCount: 1, ErrorCount: 1}})
			if spans, err := r.Trace(ctx, zipkin.TraceID{Low: 5}); !errors.Is(err, zipkinapi.ErrNotFound) {
				t.Errorf("Trace of an unknown id = %v, %v; want ErrNotFound", spans, err)
			}
			gone, cancel := context.WithCancel(ctx)
			cancel()
			if _, err := r.Services(gone); !errors.Is(err, context.Canceled) {
				t.Errorf("Services with a cancelled context: %v", err)
			}
		})
	}
}

func TestNewClientChecksItsURL(t *testing.T) {
	for _, bad := range []string{"", "localhost:9411", "127.0.0.1:9411", "zipkin", "ftp://x", "http://", "http://a b"} {
		if _, err := zipkinapi.NewClient(bad, nil); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q: want http://", bad)) {
			t.Errorf("NewClient(%q): %v, want an error that names it, and the form", bad, err)
		}
	}
}

func TestClientErrorsNameTheURLAndTheAnswer(t *testing.T) {
	answers := map[string]struct {
		status int
		body   string
	}{
		"/base/api/v2/services":               {500, "\nbroken storage\nat line 2"},
		"/base/api/v2/spans":                  {200, "<html>"},
		"/base/api/v2/traces":                 {200, `[[{"id":"1"}]]`},
		"/base/api/v2/dependencies":           {400, "endTs <= 0"},
		"/base/api/v2/trace/000000000000000c": {404, "000000000000000c not found"},
		"/base/api/v2/trace/000000000000000d": {200, "{}"},
		"/base/api/v2/trace/000000000000000e": {200, "[]"},
		"/base/health":                        {503, "{\"status\":\"DOWN\"}"},
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name := range r.Header {
			if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-b3") || lower == "b3" || lower == "traceparent" {
				t.Errorf("the client sent %s", name)
			}
		}
		a := answers[r.URL.Path]
		w.WriteHeader(a.status)
		io.WriteString(w, a.body)
	}))
	defer srv.Close()
	c, err := zipkinapi.NewClient(srv.URL+"/base/", nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for name, call := range map[string]struct {
		err  func() error
		want string
		is   error
	}{
		"services": {func() error { _, err := c.Services(ctx); return err }, "/base/api/v2/services: 500 Internal Server Error: broken storage", nil},
		"spans":    {func() error { _, err := c.SpanNames(ctx, "a b"); return err }, "/base/api/v2/spans: the answer is not what a Zipkin writes, is this the URL of one? invalid character '<'", nil},
		"traces":   {func() error { _, err := c.Traces(ctx, zipkin.Query{}); return err }, "/base/api/v2/traces: the answer is not what a Zipkin writes, is this the URL of one? Missing : traceId reading List<List<Span>> from json", nil},
		"links":    {func() error { _, err := c.Dependencies(ctx, clock, time.Hour); return err }, "400 Bad Request: endTs <= 0", nil},
		"no trace": {func() error { _, err := c.Trace(ctx, zipkin.TraceID{Low: 0xc}); return err }, "404 Not Found: 000000000000000c not found", zipkinapi.ErrNotFound},
		"no list":  {func() error { _, err := c.Trace(ctx, zipkin.TraceID{Low: 0xd}); return err }, "/base/api/v2/trace/000000000000000d: the answer is not what a Zipkin writes, is this the URL of one? Malformed", nil},
		"no spans": {func() error { _, err := c.Trace(ctx, zipkin.TraceID{Low: 0xe}); return err }, "not found", zipkinapi.ErrNotFound},
		"health":   {func() error { return c.Health(ctx) }, `/base/health: 503 Service Unavailable: {"status":"DOWN"}`, nil},
	} {
		err := call.err()
		if err == nil || !strings.Contains(err.Error(), call.want) || call.is != nil && !errors.Is(err, call.is) {
			t.Errorf("%s: %v, want …%s", name, err, call.want)
		}
	}
	srv.Close()
	if err := c.Health(ctx); err == nil || !strings.Contains(err.Error(), srv.URL) {
		t.Errorf("Health of a server that is gone: %v, want an error that names it", err)
	}
}

func TestClientBoundsAnswers(t *testing.T) {
	chunk := []byte(strings.Repeat(" ", 1<<20))
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range 65 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer srv.Close()
	c, err := zipkinapi.NewClient(srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Traces(context.Background(), zipkin.Query{Limit: 1e6})
	if err == nil || !strings.Contains(err.Error(), "longer than 67108864 bytes") {
		t.Errorf("error %v", err)
	}
}

func TestHealth(t *testing.T) {
	srv := newServer(t)
	c, err := zipkinapi.NewClient(srv.URL, srv.Client())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Health(context.Background()); err != nil {
		t.Error(err)
	}
}
