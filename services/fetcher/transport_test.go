package fetcher

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openzipkin/zipkin-go/model"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/tracing/tracetest"
)

func TestColdConnections(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "/", http.StatusFound)
		}
	}))
	var connections, closed atomic.Int64
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		switch s {
		case http.StateNew:
			connections.Add(1)
		case http.StateClosed:
			closed.Add(1)
		}
	}
	srv.Start()
	defer srv.Close()
	h := handler(t, Config{}, srv.Listener.Addr().String())
	for _, step := range []struct {
		fault, path string
		more        int64
	}{
		{"", "/", 1},
		{"", "/", 0},
		{"fetcher=cold-connections;n=3", "/", 3 + 1},
		{"fetcher=cold-connections;n=3", "/away", 3 + 1 + 1}, // where it leads to is dialled anew, too
		{"fetcher=cold-connections;n=2,fetcher=slow-third-party;ms=1", "/", 2 + 1},
		{"", "/", 0},
	} {
		before := connections.Load()
		code, a, _ := faulty(t, t.Context(), h, step.fault, srv.URL+step.path)
		if more := connections.Load() - before; code != 200 || more != step.more {
			t.Errorf("%q %s: %d %+v with %d connections; want %d", step.fault, step.path, code, a, more, step.more)
		}
		err := testbed.Eventually(func() error {
			if open := connections.Load() - closed.Load(); open != 1 { // the first, which is kept
				return fmt.Errorf("%d connections are open", open)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%q %s: %v", step.fault, step.path, err)
		}
	}
}

// TestDialsShow reads the CLIENT span of a request that dials, and of one that
// finds a connection.
func TestDialsShow(t *testing.T) {
	spans := tracetest.Start(t, "always")
	srv, addr := webServer(t, func(http.ResponseWriter, *http.Request) {})
	h := handler(t, Config{}, addr)
	fetch(t, h, srv.URL)
	for fault, want := range map[string]string{
		"fetcher=cold-connections;n=3": `new: dial, connected {"dials":4}, first byte`,
		"":                             "reused: first byte",
	} {
		spans.Take()
		faulty(t, t.Context(), h, fault, srv.URL)
		call := spans.Take()[0]
		var said []string
		slices.SortFunc(call.Annotations, func(a, b model.Annotation) int { return a.Timestamp.Compare(b.Timestamp) })
		for _, a := range call.Annotations {
			said = append(said, a.Value)
		}
		if got := call.Tags["connection"] + ": " + strings.Join(said, ", "); call.Kind != model.Client || got != want {
			t.Errorf("%q: %s %s; want %s", fault, call.Kind, got, want)
		}
	}
}

// TestASecureTarget goes to one over HTTP/1 and over HTTP/2.
func TestASecureTarget(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		srv, addr := secureServer(t, h2)
		h := handler(t, Config{}, addr)
		for _, fault := range []string{"", "fetcher=cold-connections;n=2", "fetcher=slow-third-party;ms=100", "fetcher=slow-third-party;ms=100,fetcher=cold-connections;n=1"} {
			began := time.Now()
			code, a, costs := faulty(t, t.Context(), h, fault, srv.URL)
			if code != 200 || a.Bytes != 5 {
				t.Errorf("HTTP/2 %t, %q: %d %+v", h2, fault, code, a)
			}
			for _, c := range costs {
				if c.Fault == "slow-third-party" && (time.Since(began) < 100*time.Millisecond || c.Took < 100_000) {
					t.Errorf("HTTP/2 %t, %q: %s, and it cost %d µs", h2, fault, time.Since(began), c.Took)
				}
			}
		}
	}
}

// TestASlowThirdParty has it answer in every way, whole and broken: it comes as
// it is, and late.
func TestASlowThirdParty(t *testing.T) {
	large := bytes.Repeat([]byte("0123456789abcdef"), 60_000)
	var asked atomic.Int64
	srv, addr := webServer(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Store(time.Now().UnixNano())
		switch r.URL.Path {
		case "/large":
			w.Write(large)
		case "/pieces":
			for range 3000 {
				io.WriteString(w, "x")
				w.(http.Flusher).Flush()
			}
		case "/reset":
			conn, _, _ := w.(http.Hijacker).Hijack()
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		case "/cut":
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "half")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		case "/away":
			http.Redirect(w, r, "/large", http.StatusFound)
		}
	})
	h := handler(t, Config{}, addr)
	for _, test := range []struct {
		path  string
		code  int
		bytes int64
		says  string
	}{
		{"/", 200, 0, ""},
		{"/large", 200, int64(len(large)), ""},
		{"/pieces", 200, 3000, ""},
		{"/away", 200, int64(len(large)), ""},
		{"/reset", 502, 0, "reset by peer"},
		{"/cut", 502, 0, "broke off"},
	} {
		const late = 200 * time.Millisecond
		atOnce := func() error { // a target that is asked late is so each time; a busy machine is not
			began := time.Now()
			code, a, _ := faulty(t, t.Context(), h, "fetcher=slow-third-party;ms=200", srv.URL+test.path)
			took := time.Since(began)
			if code != test.code || a.Bytes != test.bytes || took < late {
				t.Errorf("%s: %d %+v after %s; want %d with %d bytes", test.path, code, a, took, test.code, test.bytes)
			}
			if test.code == 502 && (a.Service == "" || !strings.Contains(a.Detail, test.says)) {
				t.Errorf("%s: %+v; want it to name the target and say %q", test.path, a, test.says)
			}
			if after := time.Unix(0, asked.Load()).Sub(began); test.path != "/away" && after > late {
				return fmt.Errorf("%s: the target was asked only after %s", test.path, after)
			}
			return nil
		}
		if err := testbed.Eventually(atOnce); err != nil {
			t.Error(err)
		}
	}
}
