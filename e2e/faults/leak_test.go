package faults

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/testbed"
)

// TestAFaultLeavesNothingBehind makes many visits with each fault, and then
// compares what each process holds with what it held before.
func TestAFaultLeavesNothingBehind(t *testing.T) {
	times := atRest * 3 / 2
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
		err := testbed.Eventually(func() error {
			now = s.holding(service)
			if now.goroutines > was.goroutines+8 || now.files > was.files+atRest {
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
	err := testbed.Eventually(func() error {
		plain := s.visit("GET", "/visit", "")
		if plain.Status != 200 || plain.Took > time.Second {
			return fmt.Errorf("a visit afterwards: %d, %s", plain.Status, plain.Took)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

const (
	atOnce = 16
	// atRest is how many more connections than before may be kept for requests to
	// come: slow requests need one each, where quick ones take turns. It is what
	// the gateway keeps at most, 64 to each of two services. One that were lost
	// with each faulty request would be more than that.
	atRest = 128
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
	goroutines int // but for those of connections at rest
	files      int
	heap       int64 // live bytes, after a collection
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

func (s *stack) holding(service string) holding {
	s.t.Helper()
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", s.pid[service]))
	goroutines := 0
	for _, m := range stacks.FindAllStringSubmatch(s.profile(service, "goroutine?debug=1"), -1) {
		kept := strings.Contains(m[2], "net/http.(*persistConn)")
		waits := strings.Contains(m[2], "net/http.(*conn).serve") && !strings.Contains(m[2], "ServeHTTP")
		if !kept && !waits {
			goroutines += s.number(m[1])
		}
	}
	heap := heapLine.FindStringSubmatch(s.profile(service, "heap?gc=1&debug=1"))
	if goroutines == 0 || heap == nil {
		s.t.Fatalf("the profiles of the %s cannot be read", service)
	}
	return holding{goroutines, len(files), int64(s.number(heap[1]))}
}

var (
	stacks   = regexp.MustCompile(`(?m)^(\d+) @ .*\n((?:#.*\n)*)`)
	heapLine = regexp.MustCompile(`# HeapAlloc = (\d+)`)
)

func (s *stack) profile(service, name string) string {
	s.t.Helper()
	resp, err := client.Get(s.debug[service] + "/debug/pprof/" + name)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		s.t.Fatalf("%s of the %s: %s, %v", name, service, resp.Status, err)
	}
	return string(body)
}

func (s *stack) number(text string) int {
	s.t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}
