package faults

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/testbed"
)

// TestAFaultLeavesNothingBehind makes many visits with each fault, and then
// compares what each process holds with what it held before.
func TestAFaultLeavesNothingBehind(t *testing.T) {
	times := 100
	if *long {
		times = 1000
	}
	s := up(t)
	s.many("", 2*times)
	before := s.holdings()
	for _, f := range faults.Catalogue() {
		s.many(spec(f, 5, 3), times)
	}
	s.many("", times)
	for service, was := range before {
		var now holding
		err := testbed.Within(20*time.Second, func() error {
			now = s.holding(service)
			if now.goroutines > was.goroutines+3*idle || now.files > was.files+2*idle {
				return fmt.Errorf("%+v, and it was %+v", now, was)
			}
			return nil
		})
		if err != nil {
			t.Errorf("the %s holds on to something: %v", service, err)
		}
		t.Logf("%s after %d of each: %+v, and before %+v", service, times, now, was)
		if now.heap > was.heap+32<<20 {
			t.Errorf("the %s: %d bytes are live, and %d were", service, now.heap, was.heap)
		}
	}
	plain := s.visit("GET", "/visit", "")
	if plain.Status != 200 || plain.Took > time.Second {
		t.Errorf("a visit afterwards: %d, %s", plain.Status, plain.Took)
	}
}

const (
	atOnce = 16
	// idle is how many more connections may be kept for the next request than
	// before: slow requests need one each, where quick ones take turns. One that
	// were lost with each faulty request would be a hundred.
	idle = 16
)

// many makes n visits, some at once.
func (s *stack) many(fault string, n int) {
	var work sync.WaitGroup
	for range atOnce {
		work.Go(func() {
			for range n / atOnce {
				s.send(fault)
			}
		})
	}
	work.Wait()
}

// holding is what a process holds.
type holding struct {
	goroutines, files int
	heap              int64 // live bytes, after a collection
}

func (s *stack) holdings() map[string]holding {
	all := map[string]holding{}
	for service := range s.debug {
		if service != "tracelab" {
			all[service] = s.holding(service)
		}
	}
	return all
}

var (
	totalLine = regexp.MustCompile(`goroutine profile: total (\d+)`)
	heapLine  = regexp.MustCompile(`# HeapAlloc = (\d+)`)
)

func (s *stack) holding(service string) holding {
	s.t.Helper()
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", s.pid[service]))
	return holding{
		goroutines: int(s.number(service, "goroutine?debug=1", totalLine)),
		files:      len(files),
		heap:       s.number(service, "heap?gc=1&debug=1", heapLine),
	}
}

func (s *stack) number(service, profile string, line *regexp.Regexp) int64 {
	s.t.Helper()
	resp, err := client.Get(s.debug[service] + "/debug/pprof/" + profile)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	m := line.FindSubmatch(body)
	if err != nil || resp.StatusCode != http.StatusOK || m == nil {
		s.t.Fatalf("%s of the %s: %s, %v", profile, service, resp.Status, err)
	}
	n, err := strconv.ParseInt(string(m[1]), 10, 64)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}
