// Package e2e tests the workshop as people use it: the program, in processes of
// its own, over HTTP.
package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.com/tracelab/internal/line"
)

var program string // the binary under test

// TestMain builds the program, with the race detector when the tests have it.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "tracelab-e2e")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		program = filepath.Join(dir, "tracelab")
		args := []string{"build", "-o", program}
		if raceEnabled {
			args = append(args, "-race")
		}
		// The race detector would hold every process for a second at its end.
		os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE"))
		build := exec.Command("go", append(args, "example.com/tracelab/cmd/tracelab")...)
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			fmt.Fprintln(os.Stderr, "building the program:", err)
			return 1
		}
		return m.Run()
	}())
}

// stack is a running `tracelab up`.
type stack struct {
	t       testing.TB
	cmd     *exec.Cmd
	gateway string
	ui      string
	ended   chan struct{} // closed when the program has ended

	mu  sync.Mutex
	out bytes.Buffer
}

// up starts the stack on free ports and waits until it says that it is up.
func up(t testing.TB, args ...string) *stack {
	t.Helper()
	s := start(t, append(freePorts(), args...)...)
	s.awaitUp()
	return s
}

func freePorts() (flags []string) {
	for _, piece := range []string{"server", "gateway", "fetcher", "writer", "third-party", "gateway-debug", "fetcher-debug", "writer-debug"} {
		flags = append(flags, "--port-"+piece+"=0")
	}
	return flags
}

func start(t testing.TB, args ...string) *stack {
	t.Helper()
	s := &stack{t: t, cmd: exec.Command(program, append([]string{"up"}, args...)...), ended: make(chan struct{})}
	pipe, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = s.cmd.Stdout
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go s.read(pipe)
	t.Cleanup(s.stop)
	return s
}

func (s *stack) read(pipe io.Reader) {
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		s.mu.Lock()
		fmt.Fprintln(&s.out, lines.Text())
		s.mu.Unlock()
	}
	s.cmd.Wait()
	close(s.ended)
}

func (s *stack) output() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.String()
}

var (
	gatewayLine = regexp.MustCompile(`curl -s '(http://localhost:\d+)/visit'`)
	uiLine      = regexp.MustCompile(`look +(http://localhost:\d+)/`)
)

func (s *stack) awaitUp() {
	s.t.Helper()
	s.eventually("up", func() error {
		out := s.output()
		g, u := gatewayLine.FindStringSubmatch(out), uiLine.FindStringSubmatch(out)
		if g == nil || u == nil {
			return fmt.Errorf("it says: %s", out)
		}
		s.gateway, s.ui = g[1], u[1]
		return nil
	})
}

// stop ends the program as Ctrl-C does.
func (s *stack) stop() {
	s.cmd.Process.Signal(syscall.SIGINT)
	<-s.ended
	if s.t.Failed() {
		s.t.Logf("the program said:\n%s", s.output())
	}
}

// eventually asks until ok is satisfied, up to 20 seconds.
func (s *stack) eventually(what string, ok func() error) {
	s.t.Helper()
	if err := within(20*time.Second, ok); err != nil {
		s.t.Fatalf("never %s: %v", what, err)
	}
}

// within asks ok, every 10 ms, until it is satisfied or the time is up.
func within(limit time.Duration, ok func() error) error {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ok()
		if err == nil {
			return nil
		}
		select {
		case <-deadline.C:
			return err
		case <-tick.C:
		}
	}
}

var client = &http.Client{Timeout: 20 * time.Second}

// do sends a request and returns status, header and body.
func do(t testing.TB, method, url string, header ...string) (int, http.Header, []byte) {
	t.Helper()
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, body
}

// answer is what the gateway says, good or bad.
type answer struct {
	TraceID, TraceURL string
	Sampled           bool
	Visits            []struct {
		URL, StatusText string
		Status, Round   int
	}
	Status                        int // of a problem document
	Title, Detail, Field, Service string
}

func (s *stack) ask(method, path string, header ...string) (int, answer) {
	s.t.Helper()
	status, h, body := do(s.t, method, s.gateway+path, header...)
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		s.t.Fatalf("%s %s: %d: not JSON: %s", method, path, status, body)
	}
	if want := "00-" + a.TraceID + "-"; len(a.TraceID) != 32 || h.Get("traceresponse")[:len(want)] != want {
		s.t.Errorf("%s %s: traceId %q, traceresponse %q", method, path, a.TraceID, h.Get("traceresponse"))
	}
	if kind := h.Get("Content-Type"); status >= 400 && kind != "application/problem+json" {
		s.t.Errorf("%s %s: %d came as %s", method, path, status, kind)
	}
	return status, a
}

// processes asks the server who keeps a line to it.
func (s *stack) processes() []line.Process {
	s.t.Helper()
	_, _, body := do(s.t, "GET", s.ui+"/tracelab/v1/stack")
	var answer struct{ Processes []line.Process }
	if err := json.Unmarshal(body, &answer); err != nil {
		s.t.Fatalf("/tracelab/v1/stack: %v: %s", err, body)
	}
	return answer.Processes
}

// process is the one of a service, once there is one that is not the given pid.
func (s *stack) process(service string, not int) (found line.Process) {
	s.t.Helper()
	s.eventually("a line of the "+service, func() error {
		all := s.processes()
		i := slices.IndexFunc(all, func(p line.Process) bool { return p.Service == service && p.PID != not })
		if i < 0 {
			return fmt.Errorf("the stack is %+v", all)
		}
		found = all[i]
		return nil
	})
	return found
}

func mustRequest(t testing.TB, method, url string) *http.Request {
	t.Helper()
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req
}
