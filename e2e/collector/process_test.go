package collector

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
)

// service is the traced service in a process of its own.
type service struct {
	t     testing.TB
	url   string
	cmd   *exec.Cmd
	stdin io.Closer
	said  testbed.Output // on standard error, its log
}

// lines are the whole lines of the log.
func (s *service) lines() []string {
	all := strings.Split(s.said.String(), "\n")
	return all[:len(all)-1]
}

// start runs the service until stop or the end of the test.
func start(t testing.TB, collector string) *service {
	t.Helper()
	s := &service{t: t, cmd: exec.Command(os.Args[0])}
	// The race detector would hold the process for a second at its end.
	s.cmd.Env = append(os.Environ(), collectorVariable+"="+collector, "GORACE=atexit_sleep_ms=0 "+os.Getenv("GORACE"))
	s.cmd.Stderr = &s.said
	stdin, err := s.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.stdin = stdin
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.stop)
	addr, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the service does not start: %v: %s", err, s.lines())
	}
	s.url = "http://" + strings.TrimSpace(addr)
	return s
}

// stop ends the service, and waits for its output.
func (s *service) stop() {
	s.stdin.Close()
	s.cmd.Wait()
}

// asks is a client for questions to the service, beside the load.
var asks = &http.Client{Timeout: time.Minute}

func (s *service) state() (st state, err error) {
	resp, err := asks.Get(s.url + "/state")
	if err != nil {
		return st, err
	}
	defer resp.Body.Close()
	return st, json.NewDecoder(resp.Body).Decode(&st)
}

// end has the service end its tracing.
func (s *service) end(within time.Duration) (e ending) {
	s.t.Helper()
	resp, err := asks.Post(s.url+"/end?within="+within.String(), "", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&e); err != nil {
		s.t.Fatal(err)
	}
	return e
}

// watch asks for the counters while there is load, ten times a second, and
// returns a function that ends it and returns how often it asked.
func (s *service) watch() (stop func() (polls int)) {
	end, polls := make(chan struct{}), make(chan int, 1)
	go func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		var last state
		for n := 0; ; n++ {
			st, err := s.state()
			if err == nil {
				err = addUp(last, st)
			}
			if s.t.Context().Err() != nil {
				return // the test gave up
			}
			if err != nil {
				s.t.Errorf("the counters, at poll %d: %v", n, err)
			}
			last = st
			select {
			case <-end:
				polls <- n + 1
				return
			case <-tick.C:
			}
		}
	}()
	return func() int { close(end); return <-polls }
}

// addUp holds the counters to what they promise, and to those before.
func addUp(before, now state) error {
	sum := now.Open + now.Queued + now.Delivered
	for _, n := range now.Dropped {
		sum += n
	}
	switch {
	case now.Started != now.Sampled+now.NotSampled:
		return fmt.Errorf("%d started are not %d sampled and %d not: %+v", now.Started, now.Sampled, now.NotSampled, now)
	case now.Sampled != sum, now.Open > now.Sampled: // fewer than none are open is a number larger than all
		return fmt.Errorf("%d sampled, and %d found: %+v", now.Sampled, sum, now)
	case now.Started < before.Started, now.Delivered < before.Delivered:
		return fmt.Errorf("they went back from %+v to %+v", before, now)
	}
	return nil
}
