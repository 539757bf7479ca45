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

// TestAnOutlineTakesItsTime has the collector run meanwhile. Where others have the
// processors, one outline may have them for too short a time: then of several.
func TestAnOutlineTakesItsTime(t *testing.T) {
	const within, outlines = 50 * time.Millisecond, 100
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range outlines {
		began := time.Now()
		outline.Write(t.Context(), within)
		if took := time.Since(began); took < within {
			t.Fatalf("it took %s of %s", took, within)
		}
		if runtime.ReadMemStats(&after); after.NumGC != before.NumGC {
			return
		}
	}
	t.Errorf("the collector did not run during %d outlines", outlines)
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
