package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

// asks runs tracelab why and returns what it prints, but for what it says while it
// waits.
func (s *stack) asks(want int, args ...string) string {
	s.t.Helper()
	out, wrong := s.whyOf(want, args...)
	if out == "" {
		return wrong
	}
	return out
}

// whyOf runs tracelab why and returns what it prints, and what it says beside.
func (s *stack) whyOf(want int, args ...string) (text, beside string) {
	s.t.Helper()
	var out, wrong bytes.Buffer
	cmd := exec.Command(stacktest.Program, append(append([]string{"why"}, args...), "--server", s.ui)...)
	cmd.Stdout, cmd.Stderr = &out, &wrong
	cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != want {
		s.t.Fatalf("why %v: exit status %d, want %d: %s%s", args, code, want, &out, &wrong)
	}
	return out.String(), wrong.String()
}

// heldVisit is a visit for which a mutex was held.
type heldVisit struct {
	TraceID, TraceURL string
	held, took        time.Duration
}

// standsOut reports whether the mutex was most of it, on this machine as busy as
// it is.
func (v heldVisit) standsOut() bool { return v.took < 2*v.held }

const shortestHold, longestHold = 80 * time.Millisecond, 640 * time.Millisecond

// slowed makes a visit for which a mutex is held, for longer until that is most
// of it, and returns its trace.
func (s *stack) slowed(header ...string) (id, url string) {
	s.t.Helper()
	for held := shortestHold; ; held *= 2 {
		if v := s.slowedBy(held, header...); v.standsOut() || held >= longestHold {
			return v.TraceID, v.TraceURL
		}
	}
}

func (s *stack) slowedBy(held time.Duration, header ...string) heldVisit {
	s.t.Helper()
	req := mustRequest(s.t, "GET", s.gateway+"/visit")
	req.Header.Set("Fault", fmt.Sprintf("writer=lock-contention;ms=%d", held.Milliseconds()))
	for _, h := range header {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	began := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	v := heldVisit{held: held}
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil || resp.StatusCode != 200 {
		s.t.Fatal(resp.Status, err)
	}
	v.took = time.Since(began)
	return v
}

func explanation(t *testing.T, text string) *labapi.Explanation {
	t.Helper()
	var a labapi.Explanation
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return &a
}

// TestWhy explains a request that nobody knew to be interesting when it was made.
func TestWhy(t *testing.T) {
	t.Parallel()
	s := up(t)
	for range 10 {
		do(t, "GET", s.gateway+"/visit")
	}
	id, url := s.slowed()
	dir := filepath.Join(t.TempDir(), "incident")
	began := time.Now()
	a := explanation(t, s.asks(0, id, "--json", "--save", dir))
	t.Logf("explained in %s", time.Since(began))
	held(t, a)
	var sum int64
	for _, tile := range a.States {
		sum += tile.US
	}
	if sum != a.TotalUS || len(a.Snapshots) != 3 || a.TraceID != id {
		t.Errorf("%d of %d µs, from %+v", sum, a.TotalUS, a.Snapshots)
	}
	held(t, explanation(t, s.asks(0, "--from", dir, "--json")))
	if files, _ := filepath.Glob(filepath.Join(dir, "*.trace")); len(files) != 3 {
		t.Errorf("saved are %v", files)
	}
	if text := s.asks(0, url); !strings.HasPrefix(words(text), words(strings.Join(a.Sentences, " "))) || !strings.Contains(text, "redisWrite") || !strings.Contains(text, "/zipkin/traces/"+id) {
		t.Errorf("it prints %s", text)
	}
	slowest := explanation(t, s.asks(0, "--slowest", "--json")) // on a busy machine another may be
	if slowest.TraceID == id {
		held(t, slowest)
	} else if slowest.TotalUS < a.TotalUS {
		t.Errorf("the slowest took %d µs, and not %d", slowest.TotalUS, a.TotalUS)
	}
	s.asks(1, "00000000000000ff")
	s.explained(id)
}

// words is a text as if on one line.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }

// held checks that the mutex is found.
func held(t *testing.T, a *labapi.Explanation) {
	t.Helper()
	if c := a.Cause; c == nil || c.Service != "writer" || c.State != "sync" || c.Ms < 60 || c.Ms*1000 > float64(a.TotalUS) {
		t.Errorf("the cause is %+v: %s", c, a.Sentences)
	}
}

// explained waits until the trace has the explanation in it.
func (s *stack) explained(id string) {
	s.t.Helper()
	err := testbed.Eventually(func() error {
		_, _, body := do(s.t, "GET", s.ui+"/api/v2/trace/"+id)
		if !bytes.Contains(body, []byte(`"go.sync":"`)) || !bytes.Contains(body, []byte(`"go.why":"`)) {
			return errors.New("it has no tags: " + string(body))
		}
		return nil
	})
	if err != nil {
		s.t.Error(err)
	}
}

// TestWhyOfADebugRequest is told by itself: to who waits for it, and as tags.
func TestWhyOfADebugRequest(t *testing.T) {
	t.Parallel()
	s := up(t)
	live := make(chan string, 1)
	go func() {
		out, _ := exec.Command(stacktest.Program, "why", "--live", "--json", "--server", s.ui).Output()
		live <- string(out)
	}()
	visits := map[string]heldVisit{}
	tick := time.NewTicker(300 * time.Millisecond) // until somebody waits
	defer tick.Stop()
	for hold := shortestHold; ; {
		v := s.slowedBy(hold, "b3: d")
		visits[v.TraceID] = v
		if !v.standsOut() {
			hold = min(2*hold, longestHold)
		}
		select {
		case text := <-live:
			a := explanation(t, text)
			told, known := visits[a.TraceID]
			if !known {
				t.Errorf("explained is %s", a.TraceID)
			}
			if told.standsOut() {
				held(t, a)
			}
			s.explained(v.TraceID) // of which nobody asked
			return
		case <-tick.C:
		}
	}
}

// TestWhyWithoutRecorders says so, and how long it took, and explains nothing.
func TestWhyWithoutRecorders(t *testing.T) {
	t.Setenv("TRACELAB_FLIGHT", "false")
	s := up(t)
	id, _ := s.slowed()
	a := explanation(t, s.asks(1, id, "--json"))
	missing := map[string]string{}
	for _, m := range a.Missing {
		missing[m.Service] = m.Reason
	}
	for _, service := range []string{"gateway", "fetcher", "writer"} {
		if missing[service] != "runs without a recorder" {
			t.Errorf("of the %s it says %q", service, missing[service])
		}
	}
	if a.TotalUS < 80_000 || a.Cause != nil && a.Cause.State == "sync" {
		t.Errorf("%+v", a)
	}
}

// TestWhyOfWhatNobodySampled has no span to go by, but what the processes recorded.
func TestWhyOfWhatNobodySampled(t *testing.T) {
	t.Parallel()
	s := up(t)
	id, _ := s.slowed("b3: 0")
	a := explanation(t, s.asks(0, id, "--json"))
	held(t, a)
	if a.Service != "gateway" || a.UnknownUS > a.TotalUS/200 || len(a.Snapshots) != 3 {
		t.Errorf("%d of %d µs of the %s are unknown, from %+v", a.UnknownUS, a.TotalUS, a.Service, a.Snapshots)
	}
}

// TestWhyAfterARestart asks when one of the processes is another, which knows
// nothing. What was slow is not handed in unasked here, so that the one before took its
// trace along.
func TestWhyAfterARestart(t *testing.T) {
	t.Setenv("TRACELAB_SLOW", "never")
	s := up(t)
	id, _ := s.slowed()
	killed := s.process("writer", 0).PID
	if err := syscall.Kill(killed, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.process("writer", killed)
	a := explanation(t, s.asks(0, id, "--json"))
	if len(a.Missing) != 1 || a.Missing[0].Service != "writer" || len(a.Snapshots) != 2 || !strings.Contains(a.Sentences[2], a.Missing[0].Reason) {
		t.Errorf("missing is %+v, and it says %q", a.Missing, a.Sentences)
	}
	// The gateway saw it wait; what for, only the writer knew.
	if a.TotalUS < 80_000 || a.Cause != nil && a.Cause.State == "sync" {
		t.Errorf("%+v", a)
	}
}
