package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/internal/testbed/workload"
)

const secret = "s3cret"

// world is a server with processes that are connected to it.
type world struct {
	t              testing.TB
	url, processes string
	zipkin         string // the base URL of the one that has the spans; empty: the server has them
	client         *labapi.Client
}

// begin starts a server until the test ends.
func begin(t testing.TB, cfg server.Config) *world {
	t.Helper()
	srv, err := server.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	main, processes := listen(t), listen(t)
	w := &world{t: t, url: "http://" + main.Addr().String(), processes: "http://" + processes.Addr().String()}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ctx, main, processes) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	if w.client, err = labapi.Find(context.Background(), w.url); err != nil {
		t.Fatal(err)
	}
	return w
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// process is one that is connected, and the snapshots that were requested of it.
type process struct {
	control.Registration
	w *world

	mu   sync.Mutex
	asks []string
}

// join has a process connected until the test ends. When it is asked for a
// trace, it does what answer says; nil: nothing.
func (w *world) join(name string, recorder bool, answer func(p *process, trace string)) *process {
	w.t.Helper()
	p := &process{w: w, Registration: control.Describe(name, "127.0.0.1:1")}
	p.Recorder = recorder
	ctx, disconnect := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- control.Run(ctx, control.Config{ServerURL: w.url, Token: secret,
			Describe: func() control.Registration { return p.Registration },
			OnMessage: func(kind string, body json.RawMessage) {
				var ask labapi.SnapshotRequest
				if kind != labapi.SnapshotRequested || json.Unmarshal(body, &ask) != nil {
					return
				}
				p.mu.Lock()
				p.asks = append(p.asks, ask.TraceID)
				p.mu.Unlock()
				if answer != nil {
					answer(p, ask.TraceID)
				}
			}})
	}()
	w.t.Cleanup(func() {
		disconnect()
		<-ended
	})
	eventually(w.t, name+" is connected", func() bool {
		stack, err := w.client.Stack(context.Background())
		return err == nil && slices.ContainsFunc(stack.Processes, func(q control.Process) bool { return q.Instance == p.Instance })
	})
	return p
}

func (p *process) asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asks)
}

// upload uploads a snapshot of some work that is over.
func (p *process) upload(reason string, traces ...string) {
	p.w.t.Helper()
	body := recorded(p.w.t)
	if status, detail := p.w.post(requestFor(p.snapshot(reason, traces...)), body); status != http.StatusAccepted {
		p.w.t.Errorf("%s: %d %s", p.Service, status, detail)
	}
}

// refuse answers without an execution trace.
func (p *process) refuse(trace, why string) {
	p.w.t.Helper()
	s := p.snapshot(labapi.ReasonAsked, trace)
	s.Refused, s.Traces[0].StartUS, s.Traces[0].EndUS = why, 0, 0
	if status, detail := p.w.post(requestFor(s), nil); status != http.StatusAccepted {
		p.w.t.Errorf("%s: %d %s", p.Service, status, detail)
	}
}

func (p *process) snapshot(reason string, traces ...string) labapi.Upload {
	s := labapi.Upload{Service: p.Service, Instance: p.Instance, Host: "h", Reason: reason, TakenAt: time.Now(), TookUS: 1000}
	for _, id := range traces {
		s.Traces = append(s.Traces, labapi.Part{TraceID: id, StartUS: time.Now().Add(-time.Second).UnixMicro(), EndUS: time.Now().Add(-500 * time.Millisecond).UnixMicro()})
	}
	return s
}

// request is an upload.
type request struct {
	url, token, header string
}

func requestFor(s labapi.Upload) request {
	text, _ := json.Marshal(s)
	return request{token: secret, header: string(text)}
}

// post uploads a snapshot and returns the status and, of an error, the detail.
func (w *world) post(p request, body []byte) (int, string) {
	w.t.Helper()
	return w.postFrom(p, bytes.NewReader(body))
}

func (w *world) postFrom(p request, body io.Reader) (int, string) {
	w.t.Helper()
	if p.url == "" {
		p.url = w.url
	}
	req, err := http.NewRequest(http.MethodPost, p.url+labapi.SnapshotsPath, body)
	if err != nil {
		w.t.Fatal(err)
	}
	if p.header != "" {
		req.Header[labapi.UploadHeader] = []string{p.header}
	}
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	var problem httpapi.Problem
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if json.Unmarshal(text, &problem) == nil && problem.Detail != "" {
		if problem.Status != resp.StatusCode {
			w.t.Errorf("status %d, and the document says %d", resp.StatusCode, problem.Status)
		}
		return resp.StatusCode, problem.Detail
	}
	return resp.StatusCode, string(text)
}

// recorded is an execution trace.
func recorded(t testing.TB) []byte {
	t.Helper()
	b, err := recordOnce()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var recordOnce = sync.OnceValues(func() ([]byte, error) { return workload.Record("tasks", 1) })

// report stores spans.
func (w *world) report(spans ...zipkin.Span) {
	w.t.Helper()
	if err := w.client.Report(context.Background(), spans); err != nil {
		w.t.Fatal(err)
	}
}

// visit is a trace of three services whose root began a second ago.
func visit(low uint64, took time.Duration) []zipkin.Span {
	id := zipkin.TraceID{Low: low}
	start := time.Now().Add(-time.Second).UnixMicro()
	us := took.Microseconds()
	local := func(name string) zipkin.Endpoint { return zipkin.Endpoint{ServiceName: name, IPv4: "127.0.0.1"} }
	return []zipkin.Span{
		{TraceID: id, ID: 1, Kind: zipkin.Server, Name: "get /visit", Timestamp: start, Duration: us, Local: local("gateway")},
		{TraceID: id, ID: 2, ParentID: 1, Kind: zipkin.Client, Name: "put", Timestamp: start + us/10, Duration: us * 8 / 10, Local: local("gateway"), Remote: local("writer")},
		{TraceID: id, ID: 3, ParentID: 2, Kind: zipkin.Server, Name: "put /values/{key}", Timestamp: start + us/5, Duration: us * 6 / 10, Local: local("writer")},
		{TraceID: id, ID: 4, ParentID: 1, Kind: zipkin.Server, Name: "get /fetch", Timestamp: start + us/50, Duration: us / 50, Local: local("fetcher")},
	}
}

// padded is the id of a trace with 32 digits.
func padded(low uint64) string {
	return zipkin.TraceID{High: 0}.String()[:16] + zipkin.SpanID(low).String()
}

// metric is a figure of the server.
func (w *world) metric(name string) int {
	w.t.Helper()
	resp, err := http.Get(w.url + "/prometheus")
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	m := regexp.MustCompile(`(?m)^` + name + ` (\d+)$`).FindSubmatch(text)
	if m == nil {
		w.t.Fatalf("there is no %s", name)
	}
	n, _ := strconv.Atoi(string(m[1]))
	return n
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}
