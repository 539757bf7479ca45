package tracing_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/tracetest"
)

// only is the one span that was recorded.
func only(t *testing.T, spans *tracetest.Recorder) model.SpanModel {
	t.Helper()
	all := spans.Take()
	if len(all) != 1 {
		t.Fatalf("%d spans; want 1: %+v", len(all), all)
	}
	return all[0]
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHandlerNamesTheRoute(t *testing.T) {
	spans := tracetest.Start(t, "always")
	mux := http.NewServeMux()
	mux.HandleFunc("GET /values/{key}", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "x") })
	w := serve(tracing.Handler(mux), httptest.NewRequest("GET", "/values/secret?token=t", nil))
	s := only(t, spans)
	if s.Name != "GET /values/{key}" || s.Kind != model.Server || s.Tags["http.status_code"] != "200" || s.Tags["http.route"] != s.Name || s.Tags["http.path"] != "" {
		t.Errorf("span %+v", s)
	}
	if want := "00-" + s.TraceID.String() + "-" + s.ID.String() + "-01"; w.Header().Get("traceresponse") != want {
		t.Errorf("traceresponse %q; want %q", w.Header().Get("traceresponse"), want)
	}
	serve(tracing.Handler(mux), httptest.NewRequest("GET", "/elsewhere", nil))
	if s := only(t, spans); s.Name != "GET" || s.Tags["http.path"] != "/elsewhere" || s.Tags["error"] != "" || s.Tags["http.status_code"] != "404" {
		t.Errorf("an unknown path made %+v; want the bare method, and no error", s)
	}
}

func TestHandlerStatus(t *testing.T) {
	spans := tracetest.Start(t, "always")
	tests := []struct {
		name   string
		handle http.HandlerFunc
		code   string // tag http.status_code
		failed string // tag error
	}{
		{"nothing written", func(http.ResponseWriter, *http.Request) {}, "200", ""},
		{"404", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, "404", ""},
		{"500", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "500", "INTERNAL"},
		{"504", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(504) }, "504", "DEADLINE_EXCEEDED"},
		{"early hints, then 200", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(103); w.WriteHeader(200) }, "200", ""},
		{"flushed", func(w http.ResponseWriter, _ *http.Request) { http.NewResponseController(w).Flush() }, "200", ""},
		{"said more afterwards", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(503)
			trace.FromContext(r.Context()).SetStatus(trace.Status{Code: trace.StatusCodeResourceExhausted})
		}, "503", "RESOURCE_EXHAUSTED"},
	}
	for _, test := range tests {
		serve(tracing.Handler(test.handle), httptest.NewRequest("GET", "/", nil))
		if s := only(t, spans); s.Tags["http.status_code"] != test.code || s.Tags["error"] != test.failed {
			t.Errorf("%s: tags %v", test.name, s.Tags)
		}
	}
}

func TestHandlerThatPanicsLeavesAFailedSpan(t *testing.T) {
	spans := tracetest.Start(t, "always")
	func() {
		defer func() { recover() }()
		serve(tracing.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("x") })), httptest.NewRequest("GET", "/", nil))
	}()
	if s := only(t, spans); s.Tags["error"] != "INTERNAL" {
		t.Errorf("tags %v", s.Tags)
	}
}

func TestResponseControllerReachesTheServer(t *testing.T) {
	tracetest.Start(t, "always")
	srv := httptest.NewServer(tracing.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
			http.Error(w, err.Error(), 500)
		}
	})))
	defer srv.Close()
	resp, err := http.Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		said, _ := io.ReadAll(resp.Body)
		t.Errorf("%s: %s", resp.Status, said)
	}
}

func TestAHandlerMayTakeTheConnection(t *testing.T) {
	spans := tracetest.Start(t, "always")
	srv := httptest.NewServer(tracing.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nhello")
		conn.Close()
	})))
	defer srv.Close()
	client := &http.Client{Transport: &tracing.Transport{}}
	req := newRequest(t, srv.URL)
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "x")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := resp.Body.(io.Writer); !ok {
		t.Error("the client cannot write to the connection")
	}
	said, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if string(said) != "hello" {
		t.Errorf("%s: %q", resp.Status, said)
	}
	both, err := spans.Await(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range both {
		if s.Tags["http.status_code"] != "101" || s.Tags["error"] != "" {
			t.Errorf("span %s: %v", s.Kind, s.Tags)
		}
	}
}

func TestAFileIsSentByTheServer(t *testing.T) {
	spans := tracetest.Start(t, "always")
	srv := httptest.NewServer(tracing.Handler(http.FileServer(http.Dir("."))))
	defer srv.Close()
	resp, err := http.Get(srv.URL + "/server.go")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if _, err := spans.Await(t.Context(), 1); err != nil || int64(len(body)) != resp.ContentLength || len(body) == 0 {
		t.Errorf("%d bytes of %d, %v", len(body), resp.ContentLength, err)
	}
}

// TestOneTraceAcrossProcesses sends a request through client, server and
// another client, as services do.
func TestOneTraceAcrossProcesses(t *testing.T) {
	spans := tracetest.Start(t, "always")
	client := &http.Client{Transport: &tracing.Transport{Peer: func(*http.Request) string { return "backend" }}}
	srv := httptest.NewServer(tracing.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
	defer srv.Close()
	ctx, root := trace.StartSpan(context.Background(), "root")
	req, _ := http.NewRequestWithContext(ctx, "GET", strings.Replace(srv.URL, "://", "://bob:secret@", 1)+"/a?password=hidden", nil)
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	root.End()
	srv.Close() // its handlers have returned then
	byKind := map[model.Kind]model.SpanModel{}
	for _, s := range spans.Take() {
		byKind[s.Kind] = s
		for k, v := range s.Tags {
			if strings.Contains(v, "secret") || strings.Contains(v, "hidden") {
				t.Errorf("span %s keeps a secret in %s: %s", s.Name, k, v)
			}
		}
	}
	c, s, r := byKind[model.Client], byKind[model.Server], byKind[""]
	if c.TraceID != r.TraceID || s.TraceID != r.TraceID || *c.ParentID != r.ID || *s.ParentID != c.ID {
		t.Errorf("not one tree: root %+v client %+v server %+v", r.SpanContext, c.SpanContext, s.SpanContext)
	}
	if c.RemoteEndpoint == nil || c.RemoteEndpoint.ServiceName != "backend" {
		t.Errorf("client's remoteEndpoint %+v", c.RemoteEndpoint)
	}
}

func TestCallersDecision(t *testing.T) {
	tests := []struct {
		sampler, b3 string
		recorded    int
		debug       bool
	}{
		{"always", "0", 0, false},
		{"never", "1", 1, false},
		{"never", "d", 1, true},
		{"always", "463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-0", 0, false},
		{"never", "463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1", 1, false},
		{"never", "463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-d", 1, true},
		{"never", "463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312", 0, false},
	}
	for _, test := range tests {
		t.Run(test.sampler+" "+test.b3, func(t *testing.T) {
			spans := tracetest.Start(t, test.sampler)
			var sent http.Header
			transport := &tracing.Transport{Base: roundTrip(func(r *http.Request) (*http.Response, error) {
				sent = r.Header
				return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
			})}
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("b3", test.b3)
			serve(tracing.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				out, _ := http.NewRequestWithContext(r.Context(), "GET", "http://next/", nil)
				resp, _ := transport.RoundTrip(out)
				resp.Body.Close()
			})), r)
			got := spans.Take()
			if len(got) != 2*test.recorded {
				t.Errorf("%+v: %d spans recorded", test, len(got))
			}
			for _, s := range got {
				if s.Debug != test.debug {
					t.Errorf("%+v: span %s has debug %v", test, s.Name, s.Debug)
				}
				if s.Kind == model.Server && len(test.b3) == 1 && s.ParentID != nil {
					t.Errorf("%+v: a decision without ids made a parent: %v", test, s.ParentID)
				}
			}
			if want := map[bool]string{true: "1"}[test.debug]; sent.Get("X-B3-Flags") != want {
				t.Errorf("%+v: sent on %v", test, sent)
			}
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTransportThatFails(t *testing.T) {
	spans := tracetest.Start(t, "always")
	for want, err := range map[string]error{
		"CANCELLED":         context.Canceled,
		"DEADLINE_EXCEEDED": context.DeadlineExceeded,
		"UNKNOWN":           errors.New("connection refused"),
	} {
		transport := &tracing.Transport{Base: roundTrip(func(*http.Request) (*http.Response, error) { return nil, err })}
		transport.RoundTrip(httptest.NewRequest("GET", "http://host/", nil))
		if s := only(t, spans); s.Tags["error"] != want || s.Kind != model.Client {
			t.Errorf("%v: tags %v", err, s.Tags)
		}
	}
}

func TestProducerAndConsumer(t *testing.T) {
	spans := tracetest.Start(t, "always")
	_, span := trace.StartSpan(context.Background(), "publish")
	span.AddAttributes(tracing.Kind(model.Producer), tracing.Peer("redis"))
	span.End()
	if s := only(t, spans); s.Kind != model.Producer || s.RemoteEndpoint.ServiceName != "redis" || len(s.Tags) != 0 {
		t.Errorf("span %+v", s)
	}
}

// TestMalformedHeadersAreCounted serves requests whose trace headers cannot be
// read: each begins a trace of its own.
func TestMalformedHeadersAreCounted(t *testing.T) {
	provider, err := tracing.Start(tracing.Config{Service: "test", Reporter: &tracetest.Recorder{}})
	if err != nil {
		t.Fatal(err)
	}
	defer provider.Shutdown(context.Background())
	handler := tracing.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "fine") }))
	const traceID, spanID = "463ac35c9f6413ad48485a3953bb6124", "a2fb4a1d1a96d312"
	for i, header := range [][2]string{
		{"b3", "x"},
		{"b3", strings.Repeat("z", 32) + "-" + spanID + "-1"},
		{"b3", traceID + "-" + strings.Repeat("z", 16) + "-1"},
		{"b3", traceID + "-" + spanID + "-maybe"},
		{"b3", strings.Repeat("0", 32) + "-" + spanID + "-1"},
		{"X-B3-TraceId", traceID},
		{"X-B3-Sampled", "maybe"},
		{"traceparent", traceID + "-" + spanID},
		{"baggage", "a=" + strings.Repeat("b", 8192)},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set(header[0], header[1])
		w := serve(handler, r)
		if answer := w.Header().Get("traceresponse"); w.Body.String() != "fine" || len(answer) != 55 || strings.Contains(answer, traceID) {
			t.Errorf("%s: %.50s: %d in trace %q", header[0], header[1], w.Code, answer)
		}
		if got := provider.Stats().BadHeaders; got != uint64(i+1) {
			t.Fatalf("%s: %.50s: %d counted of %d", header[0], header[1], got, i+1)
		}
	}
}
