// Package e2e tests the workshop as people use it: the program, in processes of
// its own, over HTTP.
package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

func TestMain(m *testing.M) { os.Exit(stacktest.Main(m)) }

// stack is a running `tracelab up`, with the questions that tests ask of it.
type stack struct {
	*stacktest.Stack
	t       testing.TB
	gateway string
	ui      string
}

func up(t testing.TB, args ...string) *stack {
	t.Helper()
	s := stacktest.Up(t, args...)
	return &stack{Stack: s, t: t, gateway: s.Gateway, ui: s.UI}
}

// upWith is up with variables.
func upWith(t testing.TB, environ ...string) *stack {
	t.Helper()
	cmd := exec.Command(stacktest.Program, append([]string{"up"}, stacktest.FreePorts()...)...)
	cmd.Env = append(os.Environ(), environ...)
	s := stacktest.Start(t, cmd)
	s.AwaitUp()
	return &stack{Stack: s, t: t, gateway: s.Gateway, ui: s.UI}
}

// start starts the stack without waiting for it.
func start(t testing.TB, args ...string) *stacktest.Stack {
	t.Helper()
	return stacktest.Start(t, exec.Command(stacktest.Program, append(append([]string{"up"}, stacktest.FreePorts()...), args...)...))
}

// eventually asks until ok is satisfied, or gives up.
func (s *stack) eventually(what string, ok func() error) {
	s.t.Helper()
	if err := testbed.Eventually(ok); err != nil {
		s.t.Fatalf("never %s: %v", what, err)
	}
}

var client = &http.Client{Timeout: time.Minute}

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

// visit asks as ask does, again while a part of the stack says that it has no
// time: on a busy machine that is no fault of the part.
func (s *stack) visit(method, path string, header ...string) (status int, a answer) {
	s.t.Helper()
	s.eventually("answered in time", func() error {
		if status, a = s.ask(method, path, header...); status == 503 || status == 504 {
			return fmt.Errorf("%d %+v", status, a)
		}
		return nil
	})
	return status, a
}

// stopped ends the stack as Ctrl-C does, and returns how long that took.
func (s *stack) stopped() time.Duration {
	s.t.Helper()
	began := time.Now()
	s.Stop()
	return time.Since(began)
}

// stopsWithin is how long a stack may take to stop, whatever it is at: two seconds,
// before which its parent kills what is left, and several times as long as one
// at rest takes on this machine now.
func stopsWithin(t testing.TB) time.Duration {
	t.Helper()
	return 2*time.Second + 4*up(t).stopped()
}

// processes asks the server which processes are connected.
func (s *stack) processes() []control.Process {
	s.t.Helper()
	_, _, body := do(s.t, "GET", s.ui+"/tracelab/v1/stack")
	var answer struct{ Processes []control.Process }
	if err := json.Unmarshal(body, &answer); err != nil {
		s.t.Fatalf("/tracelab/v1/stack: %v: %s", err, body)
	}
	return answer.Processes
}

// process is the one of a service, once there is one that is not the given pid.
func (s *stack) process(service string, not int) (found control.Process) {
	s.t.Helper()
	s.eventually("a control stream of the "+service, func() error {
		all := s.processes()
		i := slices.IndexFunc(all, func(p control.Process) bool { return p.Service == service && p.PID != not })
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
