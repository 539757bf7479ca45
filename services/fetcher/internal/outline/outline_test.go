package outline_test

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/services/fetcher/internal/outline"
)

// TestOutlinesFitIntoAContainer has as many written at once as the gateway makes
// visits, with the limits of deploy/docker-compose.yml.
func TestOutlinesFitIntoAContainer(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(200 << 20))
	var writers sync.WaitGroup
	for range 64 {
		writers.Go(func() { outline.Write(t.Context(), time.Second) })
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		writers.Wait()
	}()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for most := uint64(0); ; {
		select {
		case <-done:
			t.Logf("at most %d MiB", most>>20)
			if most > 256<<20 {
				t.Errorf("64 outlines take %d MiB", most>>20)
			}
			return
		case <-tick.C:
			most = max(most, taken())
		}
	}
}

// taken is what this process has from the system, and has not given back.
func taken() uint64 {
	all := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(all)
	return all[0].Value.Uint64() - all[1].Value.Uint64()
}

// TestAnOutlineTakesItsTime has the collector run meanwhile.
func TestAnOutlineTakesItsTime(t *testing.T) {
	const within = 50 * time.Millisecond
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	outline.Write(t.Context(), within)
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	if took < within || after.NumGC == before.NumGC {
		t.Errorf("it took %s of %s, and the collector ran %d times", took, within, after.NumGC-before.NumGC)
	}
}

func TestAnOutlineEndsWithItsRequest(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	began := time.Now()
	outline.Write(ctx, time.Hour)
	if took := time.Since(began); took < 20*time.Millisecond || took > time.Minute {
		t.Errorf("it took %s", took)
	}
}
