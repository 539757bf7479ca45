package responsewriter_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/tracelab/tracing/responsewriter"
)

// faulty is a writer whose writing and flushing fail. It has what is optional from a
// server's.
type faulty struct {
	http.ResponseWriter
	err error
}

func (f faulty) Write([]byte) (int, error)            { return 0, f.err }
func (f faulty) ReadFrom(io.Reader) (int64, error)    { return 0, f.err }
func (f faulty) FlushError() error                    { return f.err }
func (f faulty) Flush()                               {}
func fails(w http.ResponseWriter) http.ResponseWriter { return faulty{w, errors.New("broken")} }

// observed keeps what it was told.
type observed struct{ told []int }

func (o *observed) Sending(http.Header) {}
func (o *observed) Sent(status int)     { o.told = append(o.told, status) }

type empty struct{}

func (empty) Read([]byte) (int, error) { return 0, io.EOF }

// onlyReader hides the WriterTo of a reader, which io.Copy would take.
type onlyReader struct{ io.Reader }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("broken") }

// TestStatusIsThatWhichWasSent has handlers do what sends a header, or does not, and
// compares with what the client gets.
func TestStatusIsThatWhichWasSent(t *testing.T) {
	late := func(w http.ResponseWriter) { http.Error(w, "late", 502) }
	tests := map[string]struct {
		inner func(http.ResponseWriter) http.ResponseWriter
		do    func(http.ResponseWriter)
		want  int
	}{
		"nothing":                    {nil, func(http.ResponseWriter) {}, 200},
		"a text":                     {nil, func(w http.ResponseWriter) { io.WriteString(w, "x"); late(w) }, 200},
		"bytes":                      {nil, func(w http.ResponseWriter) { w.Write([]byte("x")); late(w) }, 200},
		"no bytes":                   {nil, func(w http.ResponseWriter) { w.Write(nil); late(w) }, 200},
		"a flush":                    {nil, func(w http.ResponseWriter) { w.(http.Flusher).Flush(); late(w) }, 200},
		"a controller's flush":       {nil, func(w http.ResponseWriter) { http.NewResponseController(w).Flush(); late(w) }, 200},
		"behind another, a flush":    {func(w http.ResponseWriter) http.ResponseWriter { return unwrapping{w} }, func(w http.ResponseWriter) { http.NewResponseController(w).Flush(); late(w) }, 200},
		"a copy":                     {nil, func(w http.ResponseWriter) { io.Copy(w, strings.NewReader("x")); late(w) }, 200},
		"a reader's copy":            {nil, func(w http.ResponseWriter) { io.Copy(w, onlyReader{strings.NewReader("x")}); late(w) }, 200},
		"two statuses":               {nil, func(w http.ResponseWriter) { w.WriteHeader(404); late(w) }, 404},
		"hints, then a status":       {nil, func(w http.ResponseWriter) { w.WriteHeader(103); w.WriteHeader(102); w.WriteHeader(404) }, 404},
		"no content, and a body":     {nil, func(w http.ResponseWriter) { w.WriteHeader(204); io.WriteString(w, "x") }, 204},
		"more than it declared":      {nil, func(w http.ResponseWriter) { w.Header().Set("Content-Length", "1"); io.WriteString(w, "xy"); late(w) }, 200},
		"a copy of nothing":          {nil, func(w http.ResponseWriter) { io.Copy(w, empty{}); late(w) }, 502},
		"a copy that breaks":         {nil, func(w http.ResponseWriter) { io.Copy(w, broken{}); late(w) }, 502},
		"a status that there is not": {nil, func(w http.ResponseWriter) { defer late(w); defer func() { recover() }(); w.WriteHeader(99) }, 502},
		"a write that fails":         {fails, func(w http.ResponseWriter) { w.Write([]byte("x")); w.WriteHeader(502) }, 502},
		"a text that fails":          {fails, func(w http.ResponseWriter) { io.WriteString(w, "x"); w.WriteHeader(502) }, 502},
		"a flush that fails":         {fails, func(w http.ResponseWriter) { http.NewResponseController(w).Flush(); w.WriteHeader(502) }, 502},
		"a copy that fails":          {fails, func(w http.ResponseWriter) { io.Copy(w, strings.NewReader("x")); w.WriteHeader(502) }, 502},
		"a flush that is not there":  {func(w http.ResponseWriter) http.ResponseWriter { return struct{ http.ResponseWriter }{w} }, func(w http.ResponseWriter) { http.NewResponseController(w).Flush(); late(w) }, 502},
	}
	for name, test := range tests {
		for _, http2 := range []bool{false, true} {
			var seen observed
			var answer responsewriter.Writer
			resp := exchange(t, http2, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if test.inner != nil {
					w = test.inner(w)
				}
				w = answer.Wrap(w, r, &seen)
				test.do(w)
				answer.Returned()
			}))
			if got := answer.Status(); got != test.want || got != resp.StatusCode || fmt.Sprint(seen.told) != fmt.Sprintf("[%d]", got) {
				t.Errorf("%s: %d, told %v; sent was %d, want %d (%s)", name, got, seen.told, resp.StatusCode, test.want, resp.Proto)
			}
		}
	}
}

// TestStatusAfterHijack has handlers answer on the connection.
func TestStatusAfterHijack(t *testing.T) {
	raw := func(status string) func(net.Conn, *bufio.ReadWriter) {
		return func(c net.Conn, _ *bufio.ReadWriter) { io.WriteString(c, status) }
	}
	buffered := func(status string) func(net.Conn, *bufio.ReadWriter) {
		return func(_ net.Conn, rw *bufio.ReadWriter) { io.WriteString(rw, status); rw.Flush() }
	}
	const switched, forbidden = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
	const hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
	tests := map[string]struct {
		upgrade bool
		answer  func(net.Conn, *bufio.ReadWriter)
		want    int
	}{
		"an upgrade":           {true, raw(switched), 101},
		"an upgrade, buffered": {true, buffered(switched), 101},
		"a refusal":            {true, buffered(forbidden), 403},
		"a file": {true, func(_ net.Conn, rw *bufio.ReadWriter) {
			rw.ReadFrom(strings.NewReader(forbidden))
			rw.Flush()
		}, 403},
		"a refusal, byte by byte": {true, func(c net.Conn, rw *bufio.ReadWriter) {
			for i := range forbidden {
				rw.WriteString(forbidden[i : i+1])
				rw.Flush()
			}
		}, 403},
		"hints, then an answer":  {false, buffered(hints + hints + forbidden), 403},
		"hints, then an upgrade": {true, buffered(hints + switched), 101},
		"hints alone":            {false, buffered(hints), 0},
		"hints that are too long": {false, func(_ net.Conn, rw *bufio.ReadWriter) {
			rw.WriteString(hints[:len(hints)-2] + "X: ")
			for range 40_000 {
				rw.WriteByte('x')
			}
			rw.WriteString("\r\n\r\n" + forbidden)
			rw.Flush()
		}, 0},
		"hints, then no HTTP": {false, buffered(hints + forbidden[1:]), 0},
		"hints and an answer, byte by byte": {false, func(c net.Conn, rw *bufio.ReadWriter) {
			for _, b := range []byte(hints + forbidden) {
				rw.WriteByte(b)
				rw.Flush()
			}
		}, 403},
		"another answer":            {false, buffered(forbidden), 403},
		"another answer, unseen":    {false, raw(forbidden), 0},
		"what is no HTTP, buffered": {false, buffered(forbidden[1:]), 0},
	}
	for name, test := range tests {
		for around, middleware := range map[string]func(http.Handler) http.Handler{
			"": func(h http.Handler) http.Handler { return h }, " behind another": behind, " within its like": wrapped,
		} {
			var answer responsewriter.Writer
			returned := make(chan struct{})
			srv := httptest.NewUnstartedServer(middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer close(returned)
				w = answer.Wrap(w, r, nil)
				conn, rw, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				if _, ok := conn.(*net.TCPConn); !ok {
					t.Errorf("%s%s: the connection is a %T", name, around, conn)
				}
				defer conn.Close()
				test.answer(conn, rw)
				w.Write([]byte("not sent"))
				answer.Returned()
			})))
			srv.Config.ErrorLog = log.New(io.Discard, "", 0)
			srv.Start()
			r, _ := http.NewRequest("GET", srv.URL, nil)
			if test.upgrade {
				r.Header.Set("Connection", "Upgrade")
				r.Header.Set("Upgrade", "x")
			}
			if resp, err := srv.Client().Do(r); err == nil {
				resp.Body.Close()
			}
			<-returned
			srv.Close()
			if got := answer.Status(); got != test.want {
				t.Errorf("%s%s: %d; want %d", name, around, got, test.want)
			}
		}
	}
}

// counting counts how often a connection takes a file itself.
type counting struct {
	net.Conn
	files *atomic.Int32
}

func (c counting) ReadFrom(src io.Reader) (int64, error) {
	c.files.Add(1)
	return io.Copy(c.Conn, src)
}

type countingListener struct {
	net.Listener
	files *atomic.Int32
}

func (l countingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return counting{conn, l.files}, nil
}

// TestFilesAreCopiedByTheConnection serves a file with ranges, as the system can copy
// it.
func TestFilesAreCopiedByTheConnection(t *testing.T) {
	name := t.TempDir() + "/file"
	if err := os.WriteFile(name, make([]byte, 100_000), 0o600); err != nil {
		t.Fatal(err)
	}
	var files atomic.Int32
	srv := httptest.NewUnstartedServer(wrapped(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, name) })))
	srv.Listener = countingListener{srv.Listener, &files}
	srv.Start()
	defer srv.Close()
	for _, want := range []string{"bytes=0-99999", "bytes=1000-50000"} {
		r, _ := http.NewRequest("GET", srv.URL, nil)
		r.Header.Set("Range", want)
		resp, err := srv.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		n, _ := io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if strconv.FormatInt(n, 10) != resp.Header.Get("Content-Length") || resp.StatusCode != 206 {
			t.Errorf("%s: %d bytes of %s, %s", want, n, resp.Header.Get("Content-Length"), resp.Status)
		}
	}
	if files.Load() != 2 {
		t.Errorf("the connection copied %d files; want 2", files.Load())
	}
}

// TestWithinATimeoutHandler ends the time at each stage of a handler, which goes on.
func TestWithinATimeoutHandler(t *testing.T) {
	for name, do := range map[string]func(http.ResponseWriter, func()){
		"before anything":         func(w http.ResponseWriter, over func()) { over() },
		"before a write":          func(w http.ResponseWriter, over func()) { over(); io.WriteString(w, "x") },
		"before a status":         func(w http.ResponseWriter, over func()) { over(); w.WriteHeader(404) },
		"after a write":           func(w http.ResponseWriter, over func()) { io.WriteString(w, "x"); over() },
		"after a status":          func(w http.ResponseWriter, over func()) { w.WriteHeader(404); over() },
		"between two writes":      func(w http.ResponseWriter, over func()) { io.WriteString(w, "x"); over(); io.WriteString(w, "x") },
		"and the answer was sent": func(w http.ResponseWriter, over func()) { over(); http.Error(w, "x", 500) },
	} {
		var answer responsewriter.Writer
		answered, returned := make(chan struct{}), make(chan struct{})
		srv := httptest.NewServer(http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer close(returned)
			do(answer.Wrap(w, r, nil), func() { <-answered })
			answer.Returned()
		}), time.Millisecond, ""))
		resp, err := http.Get(srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		close(answered)
		<-returned
		srv.Close()
		if got := answer.Status(); got != 503 || got != resp.StatusCode || !answer.Late() {
			t.Errorf("%s: %d, late %v; sent was %d", name, got, answer.Late(), resp.StatusCode)
		}
	}
}

// TestHintsWithinATimeoutHandler has a status after a 1xx, which an http.TimeoutHandler
// does not send.
func TestHintsWithinATimeoutHandler(t *testing.T) {
	for name, do := range map[string]http.HandlerFunc{
		"hints alone":          func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(103) },
		"hints, then a text":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(103); io.WriteString(w, "x") },
		"hints, then a status": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(103); w.WriteHeader(404) },
		"a status alone":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) },
	} {
		var answer responsewriter.Writer
		srv := httptest.NewServer(http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			do(answer.Wrap(w, r, nil), r)
			answer.Returned()
		}), time.Minute, ""))
		resp, err := http.Get(srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		srv.Close()
		if got := answer.Status(); got != resp.StatusCode {
			t.Errorf("%s: %d; sent was %d", name, got, resp.StatusCode)
		}
	}
}

// TestAFlushThatFailsOnceTheHeaderIsSent has the time to write be over: an error of the
// server's own writer comes too late for another status.
func TestAFlushThatFailsOnceTheHeaderIsSent(t *testing.T) {
	for name, around := range map[string]func(http.ResponseWriter) http.ResponseWriter{
		"the server's":   func(w http.ResponseWriter) http.ResponseWriter { return w },
		"behind another": func(w http.ResponseWriter) http.ResponseWriter { return unwrapping{w} },
	} {
		var answer responsewriter.Writer
		returned := make(chan struct{})
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer close(returned)
			w = answer.Wrap(around(w), r, nil)
			control := http.NewResponseController(w)
			control.SetWriteDeadline(time.Now().Add(-time.Second))
			if err := control.Flush(); err == nil {
				t.Errorf("%s: the flush did not fail", name)
			}
			w.WriteHeader(502)
			answer.Returned()
		}))
		srv.Config.ErrorLog = log.New(io.Discard, "", 0)
		srv.Start()
		if resp, err := http.Get(srv.URL); err == nil {
			resp.Body.Close()
		}
		<-returned
		srv.Close()
		if got := answer.Status(); got != 200 {
			t.Errorf("%s: %d; want 200", name, got)
		}
	}
}
