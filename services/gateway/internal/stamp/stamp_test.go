package stamp_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/services/gateway/internal/stamp"
)

// TestAStampTakesItsTime has nothing left running when it is made.
func TestAStampTakesItsTime(t *testing.T) {
	press := stamp.NewPress()
	before, began := runtime.NumGoroutine(), time.Now()
	const within = 20 * time.Millisecond
	sum := press.Stamp(t.Context(), "http://go.dev/", 100, within)
	if took := time.Since(began); took < within {
		t.Errorf("it took %s of %s", took, within)
	}
	// Of thousands of hashes of 63 bits the smallest has some zeros in front.
	if sum >= 1<<60 {
		t.Errorf("the smallest sum is %x", sum)
	}
	if now := runtime.NumGoroutine(); now > before {
		t.Errorf("%d goroutines, and there were %d", now, before)
	}
}

func TestAStampEndsWithItsRequest(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	began := time.Now()
	if sum := stamp.NewPress().Stamp(ended, "text", 1000, time.Hour); sum != 1<<63-1 {
		t.Errorf("something was tried: %x", sum)
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %s", took)
	}
}

// TestStampsShareTheirGoroutines makes several that ask for nearly all.
func TestStampsShareTheirGoroutines(t *testing.T) {
	press := stamp.NewPress()
	var making sync.WaitGroup
	most := 0
	for range 4 {
		making.Go(func() { press.Stamp(t.Context(), "text", 30_000, 50*time.Millisecond) })
	}
	done := make(chan struct{})
	go func() { making.Wait(); close(done) }()
	for {
		most = max(most, runtime.NumGoroutine())
		select {
		case <-done:
			if most > 41_000 {
				t.Errorf("%d goroutines at once", most)
			}
			return
		default:
			runtime.Gosched()
		}
	}
}
