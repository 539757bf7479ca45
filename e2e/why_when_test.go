package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

// execution is what the server says of one, without asking processes.
func (s *stack) execution(id string) (e labapi.Execution) {
	s.t.Helper()
	if status, _, body := do(s.t, "GET", s.ui+labapi.WhyPath+"/"+id+labapi.ExecutionPath); status != 200 || json.Unmarshal(body, &e) != nil {
		s.t.Fatalf("the execution of %s: %d %s", id, status, body)
	}
	return e
}

// TestWhyTooLate asks when the recorders have forgotten a visit that was not slow enough
// to be handed in: the command says so and fails, nothing becomes a tag, and the server
// counts down until then.
func TestWhyTooLate(t *testing.T) {
	t.Parallel()
	s := upWith(t, "TRACELAB_SLOW=never")
	id, _ := s.slowed()
	s.eventually("stored", func() error {
		if status, _, body := do(t, "GET", s.ui+"/api/v2/trace/"+id); status != 200 {
			return fmt.Errorf("%d %s", status, body)
		}
		return nil
	})
	left := labapi.RecorderWindow.Seconds()
	err := testbed.Within(2*labapi.RecorderWindow, func() error {
		e := s.execution(id)
		if e.Gone() {
			return nil
		}
		if e.State != labapi.ExecutionRecorded || e.SecondsLeft <= 0 || e.SecondsLeft > labapi.RecorderWindow.Seconds() {
			t.Fatalf("after %.1f s left it is %+v", left, e)
		}
		left = e.SecondsLeft
		return fmt.Errorf("%+v", e)
	})
	if err != nil {
		t.Fatalf("the recorders never forget: %v", err)
	}
	if left > labapi.RecorderWindow.Seconds()/2 {
		t.Errorf("they forgot when %.1f s were left", left)
	}
	for _, args := range [][]string{{id}, {"--slowest"}} {
		if text := words(s.asks(1, args...)); !strings.Contains(text, "is not known") || !strings.Contains(text, "The recorders keep the last 10.0 s, and it ended") {
			t.Errorf("why %v prints %s", args, text)
		}
	}
	a := explanation(t, s.asks(1, id, "--json"))
	if a.Execution.State != labapi.ExecutionGone || a.Execution.SecondsLeft > 0 || a.Cause != nil {
		t.Errorf("%+v, and the cause is %+v", a.Execution, a.Cause)
	}
	if _, _, body := do(t, "GET", s.ui+"/api/v2/trace/"+id); bytes.Contains(body, []byte(labapi.TagPrefix)) {
		t.Errorf("it has tags: %s", body)
	}
}

// TestWhyOfAYoungStack asks as late of visits that were among the first: they have been
// handed in, the slow one and the fast ones. Only the slow one is explained by itself.
func TestWhyOfAYoungStack(t *testing.T) {
	t.Parallel()
	s := up(t)
	_, fast := s.visit("GET", "/visit")
	id, _ := s.slowed()
	status, failed := s.ask("GET", "/visit", "Fault", "writer=failing-dependency")
	if status != 503 {
		t.Fatalf("a visit with a fault: %d", status)
	}
	s.explained(id)
	err := testbed.Within(2*labapi.RecorderWindow, func() error {
		for _, id := range []string{fast.TraceID, id, failed.TraceID} {
			e := s.execution(id)
			if e.State != labapi.ExecutionStored && e.SecondsLeft == 0 {
				t.Fatalf("the execution of %s is %+v", id, e)
			}
			if e.State != labapi.ExecutionStored || e.SecondsLeft > 0 {
				return fmt.Errorf("the execution of %s is %+v", id, e)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_, _, unasked := do(t, "GET", s.ui+"/api/v2/trace/"+fast.TraceID)
	held(t, explanation(t, s.asks(0, id, "--json")))
	for _, id := range []string{fast.TraceID, failed.TraceID} {
		a := explanation(t, s.asks(0, id, "--json"))
		if a.Execution.State != labapi.ExecutionKnown || len(a.Snapshots) != 3 {
			t.Errorf("%q, %+v", a.Sentences, a.Execution)
		}
		// The process measures a little more than the span: at 19.8 ms it was slow once.
		if id == fast.TraceID && a.TotalUS < 15_000 && bytes.Contains(unasked, []byte(labapi.TagPrefix)) {
			t.Errorf("%q: it has tags unasked: %s", a.Sentences, unasked)
		}
	}
}

// TestWhyWhileItIsUnderWay waits for the end of the request, and says so.
func TestWhyWhileItIsUnderWay(t *testing.T) {
	t.Parallel()
	s := up(t)
	const id = "5b8aa5a2d2c872e8321cf37308d69df2"
	third := regexp.MustCompile(`third party, (http://[^\s]+)`).FindStringSubmatch(s.Output())
	visited := make(chan error, 1)
	req := mustRequest(t, "GET", s.gateway+"/visit?"+url.Values{"url": {third[1] + "/delay/2.2"}}.Encode())
	req.Header.Set("b3", id+"-5b8aa5a2d2c872e8-1")
	req.Header.Set("Fault", "writer=lock-contention;ms=1000")
	go func() {
		resp, err := client.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		if err == nil && resp.StatusCode != 200 {
			err = errors.New(resp.Status)
		}
		visited <- err
	}()
	s.eventually("asked in time", func() error { // until a process knows the trace
		var wrong bytes.Buffer
		cmd := exec.Command(stacktest.Program, "why", id, "--json", "--server", s.ui)
		cmd.Stderr = &wrong
		text, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("%v: %s", err, &wrong)
		}
		select {
		case err := <-visited:
			if err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("it is explained before it has ended: %s", text)
		}
		a := explanation(t, string(text))
		if c := a.Cause; c == nil || c.Service != "fetcher" || c.State != "network" || c.Ms < 1500 || a.TotalUS < 3_000_000 || a.Execution.State != labapi.ExecutionKnown {
			t.Errorf("%q, %+v", a.Sentences, a.Execution)
		}
		if said := wrong.String(); !strings.Contains(said, "asking the processes …\n") {
			t.Errorf("while it waits it says %q", said)
		}
		return nil
	})
}

// TestWhyLiveSaysThatItWaits, on standard error.
func TestWhyLiveSaysThatItWaits(t *testing.T) {
	t.Parallel()
	s := up(t)
	cmd := exec.Command(stacktest.Program, "why", "--live", "--server", s.ui)
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	testbed.EndWithTest(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(pipe)
	if !lines.Scan() || lines.Text() != "waiting for a slow request; Ctrl-C ends it …" {
		t.Errorf("it says %q", lines.Text())
	}
	cmd.Process.Kill()
	cmd.Wait()
}
