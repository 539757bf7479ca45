package service_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/service"
	"example.com/tracelab/internal/testbed"
)

// run serves what is defined on a free port, until the returned function is called:
// it ends the service and returns what Run did.
func run(t *testing.T, cfg service.Config, definition service.Definition) (url string, stop func() error) {
	t.Helper()
	cfg.Addr = "127.0.0.1:" + testbed.FreePort(t)
	cfg.Sampler, cfg.LogLevel = "always", "error"
	if cfg.StopWithin == 0 {
		cfg.StopWithin = 5 * time.Second
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- service.Run(ctx, "test", cfg, func() (service.Definition, error) { return definition, nil })
	}()
	url = "http://" + cfg.Addr
	for deadline := time.Now().Add(time.Minute); ; {
		resp, err := http.Get(url + "/healthz")
		if err == nil {
			resp.Body.Close()
			break
		}
		select {
		case err := <-ended:
			t.Fatalf("Run ended: %v", err)
		default:
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	var once bool
	stop = func() error {
		if once {
			return nil
		}
		once = true
		cancel()
		return <-ended
	}
	t.Cleanup(func() { stop() })
	return url, stop
}

func get(t *testing.T, method, url string) (*http.Response, httpapi.Problem) {
	t.Helper()
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	var p httpapi.Problem
	if resp.StatusCode >= 400 {
		if err := json.Unmarshal(body, &p); err != nil || p.Status != resp.StatusCode {
			t.Errorf("%s %s: %s without a problem document: %s", method, url, resp.Status, body)
		}
	}
	return resp, p
}

func failing(err error) func(http.ResponseWriter, *http.Request) error {
	return func(http.ResponseWriter, *http.Request) error { return err }
}

func TestErrorsBecomeProblems(t *testing.T) {
	url, _ := run(t, service.Config{}, service.Definition{Routes: []httpapi.Route{
		{Pattern: "GET /invalid", Handler: failing(httpapi.InvalidField("n", "n=%d: want less", 7))},
		{Pattern: "GET /down", Handler: failing(httpapi.Failed("redis", httpapi.Unavailable, errors.New("refused")))},
		{Pattern: "GET /slow", Handler: failing(httpapi.Failed("writer", httpapi.Unreachable, context.DeadlineExceeded))},
		{Pattern: "GET /secret", Handler: failing(errors.New("password is hunter2"))},
		{Pattern: "GET /panics", Handler: func(http.ResponseWriter, *http.Request) error { panic("hunter2") }},
	}})
	tests := []struct {
		method, path   string
		status         int
		field, service string
	}{
		{"GET", "/invalid", 400, "n", ""},
		{"GET", "/down", 503, "", "redis"},
		{"GET", "/slow", 504, "", "writer"},
		{"GET", "/secret", 500, "", ""},
		{"GET", "/panics", 500, "", ""},
		{"GET", "/nowhere", 404, "", ""},
		{"GET", "/", 404, "", ""},
		{"POST", "/invalid", 405, "method", ""},
	}
	for _, test := range tests {
		resp, p := get(t, test.method, url+test.path)
		if resp.StatusCode != test.status || p.Field != test.field || p.Service != test.service {
			t.Errorf("%s %s: %+v; want %+v", test.method, test.path, p, test)
		}
		if id, _, _ := strings.Cut(strings.TrimPrefix(resp.Header.Get("traceresponse"), "00-"), "-"); p.TraceID == "" || p.TraceID != id {
			t.Errorf("%s: traceId %q, traceresponse %q", test.path, p.TraceID, resp.Header.Get("traceresponse"))
		}
		if strings.Contains(p.Detail, "hunter2") {
			t.Errorf("%s shows what is internal: %s", test.path, p.Detail)
		}
	}
	if resp, _ := get(t, "POST", url+"/invalid"); resp.Header.Get("Allow") == "" {
		t.Error("405 without Allow")
	}
}

// TestHomeIsNotTraced, and takes no parameters.
func TestHomeIsNotTraced(t *testing.T) {
	home := func(w http.ResponseWriter, _ *http.Request) error { httpapi.WriteJSON(w, "what there is"); return nil }
	url, _ := run(t, service.Config{}, service.Definition{Home: home})
	for path, want := range map[string]int{"/": 200, "/?rounds=2": 400, "/index.html": 404} {
		resp, p := get(t, "GET", url+path)
		if traced := resp.Header.Get("traceresponse") != ""; resp.StatusCode != want || traced != (want == 404) {
			t.Errorf("%s: status %d, traced %t, %+v; want %d", path, resp.StatusCode, traced, p, want)
		}
	}
}

func TestReadySaysWhichDependencyIsAway(t *testing.T) {
	url, _ := run(t, service.Config{}, service.Definition{Ready: []httpapi.Check{
		{Name: "one", Ask: func(context.Context) error { return nil }},
		{Name: "two", Ask: func(context.Context) error { return errors.New("no answer") }},
		{Name: "hung", Ask: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }},
	}})
	resp, err := http.Get(url + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var said struct{ Checks map[string]string }
	if err := json.NewDecoder(resp.Body).Decode(&said); err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 503 || said.Checks["one"] != "ok" || said.Checks["two"] != "no answer" || said.Checks["hung"] == "ok" {
		t.Errorf("%s %v", resp.Status, said.Checks)
	}
	if err := httpapi.Healthcheck(context.Background(), strings.TrimPrefix(url, "http://")); err == nil || !strings.Contains(err.Error(), "no answer") {
		t.Errorf("the health check says %v", err)
	}
}

// TestTheEndIsInOrder stops a service with a request under way: the request is
// answered, then the background work ends, then what the service holds is freed.
func TestTheEndIsInOrder(t *testing.T) {
	var order []string
	inside, release := make(chan struct{}), make(chan struct{})
	url, stop := run(t, service.Config{}, service.Definition{
		Routes: []httpapi.Route{{Pattern: "GET /wait", Handler: func(w http.ResponseWriter, r *http.Request) error {
			close(inside)
			<-release
			if r.Context().Err() != nil {
				t.Error("the stop cut the request off")
			}
			order = append(order, "request")
			httpapi.WriteJSON(w, "done")
			return nil
		}}},
		Background: func(ctx context.Context) error {
			<-ctx.Done()
			order = append(order, "background")
			return nil
		},
		Close: func() error { order = append(order, "close"); return nil },
	})
	answered := make(chan int)
	go func() {
		resp, err := http.Get(url + "/wait")
		if err != nil {
			answered <- 0
			return
		}
		resp.Body.Close()
		answered <- resp.StatusCode
	}()
	<-inside
	stopped := make(chan error)
	go func() { stopped <- stop() }()
	close(release)
	if status := <-answered; status != 200 {
		t.Errorf("the request under way got %d", status)
	}
	if err := <-stopped; err != nil {
		t.Errorf("Run: %v", err)
	}
	if got := strings.Join(order, " "); got != "request background close" {
		t.Errorf("it ended in the order %q", got)
	}
}

func TestAHungRequestDoesNotHoldUpTheEnd(t *testing.T) {
	inside, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	url, stop := run(t, service.Config{StopWithin: 50 * time.Millisecond}, service.Definition{
		Routes: []httpapi.Route{{Pattern: "GET /hang", Handler: func(http.ResponseWriter, *http.Request) error {
			close(inside)
			<-release
			return nil
		}}},
	})
	go http.Get(url + "/hang")
	<-inside
	if err := stop(); err != nil {
		t.Errorf("Run: %v", err)
	}
}

// quiet is a configuration at an address that logs errors alone.
func quiet(addr string) (cfg service.Config) {
	cfg.Addr, cfg.LogLevel = addr, "error"
	return cfg
}

func TestATakenPortIsTheFirstThingSaid(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	cfg := quiet(ln.Addr().String())
	err = service.Run(context.Background(), "test", cfg, func() (service.Definition, error) {
		t.Error("the service was built without its port")
		return service.Definition{}, nil
	})
	if err == nil || !strings.Contains(err.Error(), "--addr") {
		t.Errorf("Run: %v; want an error that names --addr", err)
	}
}

// TestTheLogGoesWhereItIsConfigured, also what is logged while the service is built.
func TestTheLogGoesWhereItIsConfigured(t *testing.T) {
	var log bytes.Buffer
	cfg := quiet("127.0.0.1:0")
	cfg.Sampler, cfg.Log = "always", &log
	err := service.Run(t.Context(), "test", cfg, func() (service.Definition, error) {
		slog.Error("said")
		return service.Definition{}, errors.New("no definition")
	})
	if err == nil || !strings.Contains(log.String(), "msg=said service=test") {
		t.Errorf("Run: %v; the log is %q", err, &log)
	}
}

func TestSlowIsChecked(t *testing.T) {
	cfg := quiet("127.0.0.1:0")
	cfg.Slow = "quite"
	err := service.Run(context.Background(), "test", cfg, func() (service.Definition, error) { return service.Definition{}, nil })
	if err == nil || !strings.Contains(err.Error(), `--slow: slow "quite"`) {
		t.Errorf("Run: %v; want an error that names --slow", err)
	}
}
