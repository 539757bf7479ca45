package fetcher

import (
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"testing"
	"time"
)

// TestOutlinesFitIntoAContainer has as many written at once as the gateway makes
// visits, with the limits of deploy/docker-compose.yml.
func TestOutlinesFitIntoAContainer(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(200 << 20))
	var writers sync.WaitGroup
	for range 64 {
		writers.Go(func() { new(outline).write(t.Context(), time.Second) })
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
