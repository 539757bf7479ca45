package control_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracelab/internal/control"
)

// inMemory serves requests without a network, so that time can be synctest's.
type inMemory struct {
	http.Handler
	requests, lines atomic.Int32 // so far
}

func (m *inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	m.requests.Add(1)
	body, to := io.Pipe()
	w := &pipeWriter{memory: m, to: to, started: make(chan struct{})}
	stop := context.AfterFunc(r.Context(), func() { body.CloseWithError(r.Context().Err()) })
	go func() {
		defer stop()
		m.ServeHTTP(w, r)
		to.Close()
		w.start()
	}()
	<-w.started
	return &http.Response{StatusCode: http.StatusOK, Header: w.Header(), Body: body, Request: r}, nil
}

// pipeWriter is the answer to one request.
type pipeWriter struct {
	memory  *inMemory
	to      *io.PipeWriter
	once    sync.Once
	started chan struct{} // closed with the first write
	header  http.Header
}

func (w *pipeWriter) start() { w.once.Do(func() { close(w.started) }) }

func (w *pipeWriter) Header() http.Header {
	if w.header == nil {
		w.header = http.Header{}
	}
	return w.header
}

func (w *pipeWriter) WriteHeader(int)                  {}
func (w *pipeWriter) Flush()                           {}
func (w *pipeWriter) SetWriteDeadline(time.Time) error { return nil }

func (w *pipeWriter) Write(b []byte) (int, error) {
	w.start()
	w.memory.lines.Add(int32(bytes.Count(b, []byte("\n"))))
	return w.to.Write(b)
}

// run keeps a control stream to handler open for as long as a time of synctest's
// takes, and returns the transport.
func run(t *testing.T, handler http.Handler, long time.Duration) *inMemory {
	t.Helper()
	m := &inMemory{Handler: handler}
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	err := control.Run(ctx, control.Config{ServerURL: "http://server", Transport: m,
		Describe: func() control.Registration { return control.Registration{Service: "writer", Instance: "1"} }})
	if err != nil {
		t.Errorf("Run: %v", err)
	}
	synctest.Wait()
	return m
}

// TestPingsKeepAStreamOpen leaves a stream alone for a minute, in which it would
// have ended four times.
func TestPingsKeepAStreamOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := control.NewServer("")
		m := run(t, server, time.Minute+time.Second)
		if requests, lines := m.requests.Load(), m.lines.Load(); requests != 1 || lines != 1+12 {
			t.Errorf("%d streams with %d messages: want one with a hello and a ping every 5 s", requests, lines)
		}
		if got := names(server); got != "" {
			t.Errorf("after the end of its stream the server still has %s", got)
		}
	})
}

// TestASilentServerIsLeft is about a server that says hello, and then nothing.
func TestASilentServerIsLeft(t *testing.T) {
	silent := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"type":"hello"}`+"\n")
		<-r.Context().Done()
	})
	for long, want := range map[time.Duration]int32{14 * time.Second: 1, 16 * time.Second: 2} {
		synctest.Test(t, func(t *testing.T) {
			if got := run(t, silent, long).requests.Load(); got != want {
				t.Errorf("%d streams within %s: want %d", got, long, want)
			}
		})
	}
}

// TestAServerThatDoesNotAnswerIsLeft is about one that takes the request only.
func TestAServerThatDoesNotAnswerIsLeft(t *testing.T) {
	deaf := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	synctest.Test(t, func(t *testing.T) {
		if got := run(t, deaf, 16*time.Second).requests.Load(); got != 2 {
			t.Errorf("%d streams within 16 s: want 2", got)
		}
	})
}
