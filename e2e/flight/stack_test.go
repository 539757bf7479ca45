// Package flight has the services of a running stack record their execution, and
// measures what that costs them.
package flight

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

var rounds = flag.Int("rounds", 0, "measure in so many rounds")

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(stacktest.MainMeasured(m))
}

var client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

// stack is a running `tracelab up`.
type stack struct {
	*stacktest.Stack
	t        testing.TB
	services map[string]process
}

type process struct {
	Service  string
	Instance string
	PID      int
	URL      string
	Debug    string `json:"debug_addr"`
	Recorder bool
}

// up starts a stack whose services have these settings.
func up(t testing.TB, settings ...string) *stack {
	t.Helper()
	cmd := exec.Command(stacktest.Program, append([]string{"up"}, stacktest.FreePorts()...)...)
	cmd.Env = append(os.Environ(), settings...)
	s := &stack{Stack: stacktest.Start(t, cmd), t: t, services: map[string]process{}}
	s.AwaitUp()
	err := testbed.Eventually(func() error {
		var who struct{ Processes []process }
		if err := json.Unmarshal(s.get(s.UI+"/tracelab/v1/stack"), &who); err != nil {
			return err
		}
		for _, p := range who.Processes {
			s.services[p.Service] = p
		}
		if len(s.services) < 3 {
			return fmt.Errorf("only %v are connected", s.services)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// get returns what a URL answers, which must be 200.
func (s *stack) get(url string) []byte {
	s.t.Helper()
	status, _, body := s.ask(url)
	if status != http.StatusOK {
		s.t.Fatalf("%s: %d %s", url, status, body)
	}
	return body
}

// ask is safe for many goroutines.
func (s *stack) ask(url string) (status int, header http.Header, body []byte) {
	resp, err := client.Get(url)
	if err != nil {
		s.t.Error(err)
		return 0, nil, nil
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	if err != nil {
		s.t.Error(err)
	}
	return resp.StatusCode, resp.Header, body
}

// debug is a path of a service's debug port.
func (s *stack) debug(service, path string) string {
	return "http://" + s.services[service].Debug + path
}

// visits makes n visits, in bunches, rate a second. It returns how long each took
// from when it was due, in order of length.
func (s *stack) visits(n, rate, bunch int) []time.Duration {
	took := make([]time.Duration, n)
	var all sync.WaitGroup
	var failed atomic.Int32
	began := time.Now()
	for i := range n {
		due := began.Add(time.Duration(i/bunch*bunch) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(due)) // the pace
		all.Go(func() {
			if status, _, _ := s.ask(s.Gateway + "/visit"); status != http.StatusOK {
				failed.Add(1)
			}
			took[i] = time.Since(due)
		})
	}
	all.Wait()
	most := len(took) / 20 // a few are late on a busy machine
	if *rounds == 0 {
		most = len(took) / 2
	}
	if n := int(failed.Load()); n > most {
		s.t.Errorf("%d of %d visits failed", n, len(took))
	}
	slices.Sort(took)
	return took
}

// cpu is what the services have had so far.
func (s *stack) cpu() (sum time.Duration) {
	s.t.Helper()
	for _, p := range s.services {
		sum += s.cpuOf(p.PID)
	}
	return sum
}

// serverCPU is what the server has had, with the parts of the stack that run in it.
func (s *stack) serverCPU() time.Duration {
	s.t.Helper()
	return s.cpuOf(s.Cmd.Process.Pid)
}

// cpuOf is what a process has had so far.
func (s *stack) cpuOf(pid int) (sum time.Duration) {
	s.t.Helper()
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if len(threads) == 0 {
		s.t.Skip("the processor time of a process can be read on Linux only")
	}
	for _, thread := range threads {
		text, err := os.ReadFile(thread)
		var ran time.Duration
		if _, err2 := fmt.Sscan(string(text), &ran); err != nil || err2 != nil {
			s.t.Fatal(err, err2)
		}
		sum += ran
	}
	return sum
}

func quantile[T any](sorted []T, q float64) T {
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}
