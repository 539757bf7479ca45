package tracing_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/tracetest"
)

// TestTheNameHasTheMethod serves patterns as routers write them.
func TestTheNameHasTheMethod(t *testing.T) {
	spans := tracetest.Start(t, "always")
	for pattern, want := range map[string]string{
		"GET /foo":            "GET /foo",
		"/foo":                "GET /foo",
		"/{any...}":           "GET /{any...}",
		"example.com/foo":     "GET example.com/foo",
		"GET example.com/foo": "GET example.com/foo",
		"GET\t/foo":           "GET\t/foo",
		"/":                   "GET /",
	} {
		mux := http.NewServeMux()
		mux.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) {})
		for _, handler := range []http.Handler{mux, http.HandlerFunc(mux.ServeHTTP)} {
			r := httptest.NewRequest("GET", "http://example.com/foo", nil)
			serve(tracing.Handler(handler), r)
			if s := only(t, spans); s.Name != want || s.Tags["http.route"] != pattern || r.Pattern != pattern {
				t.Errorf("%s: the span is %q, its route %q, the server's request has %q", pattern, s.Name, s.Tags["http.route"], r.Pattern)
			}
		}
		r := httptest.NewRequest("GET", "http://example.com/foo", nil)
		r.Pattern = pattern
		resp, err := (&tracing.Transport{Base: answering("")}).RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if s := only(t, spans); s.Name != want || s.Tags["http.route"] != pattern {
			t.Errorf("%s: the client's span is %q, its route %q", pattern, s.Name, s.Tags["http.route"])
		}
	}
}

// TestHowAHandlerEnds has handlers end in other ways than by returning.
func TestHowAHandlerEnds(t *testing.T) {
	spans := tracetest.Start(t, "always")
	dropped := errors.New("the pool is drained")
	ended := func(why error) func(context.Context) (context.Context, context.CancelFunc) {
		return func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(ctx)
			cancel(why)
			return ctx, func() {}
		}
	}
	late := func(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithTimeout(ctx, 0) }
	tests := map[string]struct {
		ctx  func(context.Context) (context.Context, context.CancelFunc)
		do   func(http.ResponseWriter)
		tags map[string]string
	}{
		"a panic":                     {nil, func(http.ResponseWriter) { panic("x") }, status("", "INTERNAL", "the handler panicked")},
		"a panic after the header":    {nil, func(w http.ResponseWriter) { w.WriteHeader(204); panic("x") }, status("204", "INTERNAL", "the handler panicked")},
		"a panic with a list":         {nil, func(http.ResponseWriter) { panic([]int{1}) }, status("", "INTERNAL", "the handler panicked")},
		"an end of the goroutine":     {nil, func(http.ResponseWriter) { runtime.Goexit() }, status("", "INTERNAL", "the handler ended its goroutine")},
		"an abort":                    {nil, func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, status("", "ABORTED", "the handler aborted the response")},
		"an abort after the header":   {nil, func(w http.ResponseWriter) { w.Write(nil); panic(http.ErrAbortHandler) }, status("200", "ABORTED", "the handler aborted the response")},
		"an abort, the caller gone":   {ended(nil), func(w http.ResponseWriter) { w.Write(nil); panic(http.ErrAbortHandler) }, status("200", "CANCELLED", cancelled)},
		"a panic, the caller gone":    {ended(nil), func(http.ResponseWriter) { panic("x") }, status("", "INTERNAL", "the handler panicked")},
		"a failure, the caller gone":  {ended(nil), func(w http.ResponseWriter) { w.WriteHeader(502) }, status("502", "CANCELLED", cancelled)},
		"a response, the caller gone": {ended(nil), func(w http.ResponseWriter) { w.WriteHeader(204) }, status("204", "CANCELLED", cancelled)},
		"a middleware's reason":       {ended(dropped), func(http.ResponseWriter) {}, status("200", "CANCELLED", "the pool is drained")},
		"a deadline":                  {late, func(http.ResponseWriter) {}, status("200", "DEADLINE_EXCEEDED", "the time for the request was over")},
		"a failure after a deadline":  {late, func(w http.ResponseWriter) { w.WriteHeader(503) }, status("503", "DEADLINE_EXCEEDED", "the time for the request was over")},
	}
	for name, test := range tests {
		r := httptest.NewRequest("GET", "/", nil)
		if test.ctx != nil {
			ctx, cancel := test.ctx(r.Context())
			defer cancel()
			r = r.WithContext(ctx)
		}
		outcome := make(chan any)
		go func() {
			defer func() { outcome <- recover() }()
			serve(tracing.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { test.do(w) })), r)
		}()
		thrown := <-outcome
		if s := only(t, spans); s.Tags["http.status_code"] != test.tags["http.status_code"] || s.Tags["error"] != test.tags["error"] ||
			s.Tags["opencensus.status_description"] != test.tags["opencensus.status_description"] {
			t.Errorf("%s: %v; want %v (thrown: %v)", name, s.Tags, test.tags, thrown)
		}
	}
}

// cancelled is all that is known of a request that net/http cancelled.
const cancelled = "the request was cancelled, as when the caller has gone or the server's time to read or write is over"

// TestABodyThatIsTooSlow is answered: its caller is still there.
func TestABodyThatIsTooSlow(t *testing.T) {
	spans := tracetest.Start(t, "always")
	srv := httptest.NewServer(tracing.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).SetReadDeadline(time.Now().Add(-time.Second))
		if _, err := io.ReadAll(r.Body); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("reading: %v", err)
		}
		w.WriteHeader(http.StatusRequestTimeout)
	})))
	defer srv.Close()
	never, unsent := io.Pipe()
	defer unsent.Close()
	resp, err := http.Post(srv.URL, "text/plain", never)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if _, err := spans.Await(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	want := status("408", "CANCELLED", cancelled)
	if s := only(t, spans); resp.StatusCode != 408 || s.Tags["http.status_code"] != want["http.status_code"] || s.Tags["error"] != want["error"] ||
		s.Tags["opencensus.status_description"] != want["opencensus.status_description"] {
		t.Errorf("%s came; the span has %v; want %v", resp.Status, s.Tags, want)
	}
}

func status(code, failed, why string) map[string]string {
	return map[string]string{"http.status_code": code, "error": failed, "opencensus.status_description": why}
}

// nowhere discards a response, and has no header.
type nowhere struct{}

func (nowhere) Header() http.Header         { return nil }
func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (nowhere) WriteHeader(int)             {}

// TestWhatIsServedByHand has no URL, and goes nowhere.
func TestWhatIsServedByHand(t *testing.T) {
	spans := tracetest.Start(t, "always")
	tracing.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) })).ServeHTTP(nowhere{}, &http.Request{})
	if s := only(t, spans); s.Tags["http.status_code"] != "404" {
		t.Errorf("the span is %+v", s)
	}
}

// TestAPanicGoesOn has one, and an abort, go on as they would without Handler.
func TestAPanicGoesOn(t *testing.T) {
	tracetest.Start(t, "always")
	for _, want := range []any{"x", http.ErrAbortHandler} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("%v came out of %v", got, want)
				}
			}()
			serve(tracing.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(want) })), httptest.NewRequest("GET", "/", nil))
		}()
	}
}

// TestACallerLeavesAProxiedDownload reads the beginning of what a proxy hands on, and
// leaves; then the proxied server breaks off.
func TestACallerLeavesAProxiedDownload(t *testing.T) {
	spans := tracetest.Start(t, "always")
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "begin")
		http.NewResponseController(w).Flush()
		if r.URL.Path == "/breaks" {
			panic(http.ErrAbortHandler)
		}
		<-r.Context().Done()
	}))
	defer upstream.Close()
	to, _ := url.Parse(upstream.URL)
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.Transport, proxy.ErrorLog, proxy.FlushInterval = &tracing.Transport{}, log.New(io.Discard, "", 0), -1
	srv := httptest.NewServer(tracing.Handler(proxy))
	defer srv.Close()
	for path, want := range map[string][2]string{"/": {"CANCELLED", "CANCELLED"}, "/breaks": {"ABORTED", "UNKNOWN"}} {
		resp, err := http.Get(srv.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		io.ReadFull(resp.Body, make([]byte, 5))
		if path == "/breaks" {
			io.ReadAll(resp.Body)
		}
		resp.Body.Close()
		both, err := spans.Await(t.Context(), 2)
		if err != nil {
			t.Fatal(err)
		}
		spans.Take()
		for _, s := range both {
			if failed := map[model.Kind]string{model.Server: want[0], model.Client: want[1]}[s.Kind]; s.Tags["error"] != failed || s.Tags["http.status_code"] != "200" {
				t.Errorf("%s: the %s span has %v; want the error %s", path, s.Kind, s.Tags, failed)
			}
		}
	}
}

// TestTimeoutHandlers has one inside of Handler, and one outside.
func TestTimeoutHandlers(t *testing.T) {
	spans := tracetest.Start(t, "always")
	inside := func(h http.Handler) http.Handler {
		return tracing.Handler(http.TimeoutHandler(h, time.Millisecond, ""))
	}
	outside := func(h http.Handler) http.Handler {
		return http.TimeoutHandler(tracing.Handler(h), time.Millisecond, "")
	}
	for failed, around := range map[string]func(http.Handler) http.Handler{"UNAVAILABLE": inside, "DEADLINE_EXCEEDED": outside} {
		answered := make(chan struct{})
		srv := httptest.NewServer(around(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "almost")
			<-answered
		})))
		resp, err := http.Get(srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		close(answered)
		if _, err := spans.Await(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		if s := only(t, spans); resp.StatusCode != 503 || s.Tags["http.status_code"] != "503" || s.Tags["error"] != failed {
			t.Errorf("%s came; the span has %v; want %s", resp.Status, s.Tags, failed)
		}
		srv.Close()
	}
}

// TestAWriteThatIsTooLate has a server that gives a response no time.
func TestAWriteThatIsTooLate(t *testing.T) {
	spans := tracetest.Start(t, "always")
	srv := httptest.NewServer(tracing.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if err := control.SetWriteDeadline(time.Now().Add(-time.Second)); err != nil {
			t.Error(err)
		}
		io.WriteString(w, "x")
		if err := control.Flush(); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("flushing: %v", err)
		}
	})))
	defer srv.Close()
	if resp, err := http.Get(srv.URL); err == nil {
		resp.Body.Close()
		t.Error(resp.Status)
	}
	if _, err := spans.Await(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if s := only(t, spans); s.Tags["error"] != "DEADLINE_EXCEEDED" {
		t.Errorf("tags %v", s.Tags)
	}
}

// TestFilesOfAFormAreRemoved posts a form that is too large for memory.
func TestFilesOfAFormAreRemoved(t *testing.T) {
	tracetest.Start(t, "always")
	t.Setenv("TMPDIR", t.TempDir())
	var form bytes.Buffer
	fields := multipart.NewWriter(&form)
	file, _ := fields.CreateFormFile("file", "name")
	file.Write(make([]byte, 1000))
	fields.Close()
	written := 0
	count := func() int {
		files, err := os.ReadDir(os.Getenv("TMPDIR"))
		if err != nil {
			t.Error(err)
		}
		return len(files)
	}
	srv := httptest.NewServer(tracing.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(1); err != nil {
			t.Error(err)
		}
		written = count()
	})))
	resp, err := http.Post(srv.URL, fields.FormDataContentType(), &form)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	srv.Close()
	if left := count(); written != 1 || left != 0 {
		t.Errorf("%d files written, %d left", written, left)
	}
}

// TestOneRequestTwiceAtOnce is served as by a handler that compares two others.
func TestOneRequestTwiceAtOnce(t *testing.T) {
	spans := tracetest.Start(t, "always")
	handler := tracing.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { r.FormValue("a") }))
	r := httptest.NewRequest("GET", "/?a=b", nil)
	r.ParseForm()
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() { serve(handler, r) })
	}
	both.Wait()
	if n := len(spans.Take()); n != 2 {
		t.Errorf("%d spans", n)
	}
}

// TestAHandlerSaysMoreThanItsStatus keeps the status that it sets after that of HTTP.
func TestAHandlerSaysMoreThanItsStatus(t *testing.T) {
	spans := tracetest.Start(t, "always")
	srv := httptest.NewServer(tracing.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "x", 500)
		trace.FromContext(r.Context()).SetStatus(trace.Status{Code: trace.StatusCodeDataLoss, Message: "more"})
		panic(http.ErrAbortHandler)
	})))
	defer srv.Close()
	if resp, err := http.Get(srv.URL); err == nil {
		resp.Body.Close()
	}
	if _, err := spans.Await(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if s := only(t, spans); s.Tags["error"] != "DATA_LOSS" || s.Tags["http.status_code"] != "500" {
		t.Errorf("tags %v", s.Tags)
	}
}
