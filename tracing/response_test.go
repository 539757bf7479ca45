package tracing_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/openzipkin/zipkin-go/model"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/tracetest"
)

// TestOneTraceresponse serves answers on which another server, or the handler,
// has written a traceresponse too: each has one, which names its own span.
func TestOneTraceresponse(t *testing.T) {
	const foreign = "00-463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-01"
	spans := tracetest.Start(t, "always")
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("traceresponse", foreign)
		switch r.URL.Path {
		case "/hints":
			w.WriteHeader(http.StatusEarlyHints)
		case "/flushed":
			w.(http.Flusher).Flush()
		case "/failed":
			w.WriteHeader(http.StatusBadGateway)
		case "/upgraded":
			w.Header().Set("Connection", "Upgrade")
			w.Header().Set("Upgrade", "x")
			w.WriteHeader(http.StatusSwitchingProtocols)
		}
		io.WriteString(w, "x")
	}))
	defer behind.Close()
	target, err := url.Parse(behind.URL)
	if err != nil {
		t.Fatal(err)
	}
	handlers := map[string]http.Handler{
		"a proxy": httputil.NewSingleHostReverseProxy(target),
		"a handler that adds": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Add("traceresponse", foreign)
		}),
		"a handler that replaces": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Traceresponse"] = []string{foreign, foreign}
			io.WriteString(w, "x")
		}),
		"a handler that spells it otherwise": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["traceresponse"] = []string{foreign}
			io.WriteString(w, "x")
		}),
		"a handler that copies": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Add("traceresponse", foreign)
			io.Copy(w, strings.NewReader("x"))
		}),
	}
	for name, handler := range handlers {
		front := httptest.NewServer(tracing.Handler(handler))
		for _, path := range []string{"/", "/hints", "/flushed", "/failed", "/upgraded"} {
			answers := answersTo(t, front.Listener.Addr().String(), path)
			all, err := spans.Await(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			s := all[len(all)-1]
			for _, h := range answers {
				if got, want := h.Values("traceresponse"), []string{response(s)}; !slices.Equal(got, want) {
					t.Errorf("%s, %s: traceresponse %q; want %q", name, path, got, want)
				}
			}
			spans.Take()
		}
		front.Close()
	}
}

// response is the traceresponse that names a span.
func response(s model.SpanModel) string {
	return "00-" + s.TraceID.String() + "-" + s.ID.String() + "-01"
}

// answersTo are the headers of each answer to a request: of those of 1xx, too.
func answersTo(t *testing.T, addr, path string) (answers []http.Header) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", path)
	for read := bufio.NewReader(conn); ; {
		resp, err := http.ReadResponse(read, nil)
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, resp.Header)
		if resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols {
			return answers
		}
	}
}
