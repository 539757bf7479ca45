package gateway

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"

	"example.com/tracelab/internal/testbed"
)

// TestNothingIsLeftBehind makes a thousand visits with all faults but the flood,
// and some with that, and compares what the process holds.
func TestNothingIsLeftBehind(t *testing.T) {
	s := newStage(t, nil, nil)
	many := func(n int, fault string) {
		var people sync.WaitGroup
		for range 8 {
			people.Go(func() {
				for range n / 8 {
					s.visit(t.Context(), "", fault)
				}
			})
		}
		people.Wait()
	}
	all := func(n int) {
		many(n, "gateway=quadratic;ms=1,gateway=retry-storm;n=1,gateway=serial-fanout,gateway=lost-deadline;ms=1,gateway=lost-context")
		many(n/10, "gateway=goroutine-flood;ms=1;n=1000")
	}
	all(80) // pools fill
	var before holding
	settled := testbed.Within(most, func() error { // work may still go on
		last := before
		if before = s.holds(); before.goroutines != last.goroutines || before.files != last.files {
			return fmt.Errorf("%+v, and just before %+v", before, last)
		}
		return nil
	})
	if settled != nil {
		t.Fatal(settled)
	}
	all(1000)
	err := testbed.Within(most, func() error {
		now := s.holds()
		if now.goroutines > before.goroutines+20 || now.files > before.files+20 || now.heap > before.heap+8<<20 {
			return fmt.Errorf("%+v, and it was %+v", now, before)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

type holding struct{ goroutines, files, heap int }

// holds lets go of what may stay: idle connections, and recorded spans.
func (s *stage) holds() holding {
	s.parts.Close()
	s.spans.Take()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	open, _ := os.ReadDir("/proc/self/fd") // elsewhere it is for Linux to say
	return holding{runtime.NumGoroutine(), len(open), int(m.HeapAlloc)}
}
