package control_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
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
	err := control.Run(ctx, control.Config{ServerURL: "http://ann:S3CRET@server", Transport: m,
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
		w.Header().Set("Content-Type", "application/x-ndjson")
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

// TestALogInPageIsNoStream, neither at once nor by a redirect: it is asked again as
// rarely as a server that is away.
func TestALogInPageIsNoStream(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"a page": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<html>\n<body>log in\n")
		},
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodPost {
				t.Errorf("%s %s: a redirect was followed", r.Method, r.URL)
			}
			http.Redirect(w, r, "/login?token=S3CRET", http.StatusFound)
		},
	} {
		var log bytes.Buffer
		before := slog.Default()
		slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
		synctest.Test(t, func(t *testing.T) {
			if got := run(t, answer, time.Minute).requests.Load(); got < 20 || got > 60 {
				t.Errorf("%s: asked %d times within a minute; want about every two seconds", name, got)
			}
		})
		slog.SetDefault(before)
		if lines := strings.Count(log.String(), "\n"); lines != 1 || !strings.Contains(log.String(), "log") || strings.Contains(log.String(), "S3CRET") {
			t.Errorf("%s: the log says\n%s\nwant one line, and no secret", name, log.String())
		}
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
