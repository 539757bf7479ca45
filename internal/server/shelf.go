package server

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"example.com/tracelab/internal/zipkin"

	"golang.org/x/sync/semaphore"
)

// Bounds of the snapshots that are kept. The oldest make room.
const (
	maxKept      = 256
	maxKeptBytes = 64 << 20
)

// shelf keeps snapshots, bounded by number and by bytes.
type shelf struct {
	arriving *semaphore.Weighted // bytes that are in memory and not kept yet
	cutting  chan struct{}       // holds a token for each that is being cut

	mu      sync.Mutex
	all     []*kept // the oldest first
	bytes   int64
	changed chan struct{} // closed when one more is announced

	received, refused, evicted atomic.Int64
}

func newShelf() *shelf {
	const cutters = 2
	return &shelf{arriving: semaphore.NewWeighted(maxArriving), cutting: make(chan struct{}, cutters), changed: make(chan struct{})}
}

func (sh *shelf) put(k *kept) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.received.Add(1)
	sh.all = append(sh.all, k)
	sh.bytes += k.Bytes
	for len(sh.all) > maxKept || sh.bytes > maxKeptBytes {
		sh.bytes -= sh.all[0].Bytes
		sh.all[0] = nil
		sh.all = sh.all[1:]
		sh.evicted.Add(1)
	}
}

// announce tells who waits for a change of one.
func (sh *shelf) announce() {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	close(sh.changed)
	sh.changed = make(chan struct{})
}

// change tells of the next snapshot.
func (sh *shelf) change() <-chan struct{} {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.changed
}

// list returns all, the oldest first.
func (sh *shelf) list() []*kept {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return slices.Clone(sh.all)
}

func (sh *shelf) get(id string) *kept {
	for _, k := range sh.list() {
		if k.ID == id {
			return k
		}
	}
	return nil
}

// of returns copies of those that were taken for a trace, with Best set.
func (sh *shelf) of(id zipkin.TraceID) []*kept {
	best := sh.best(id)
	var all []*kept
	for _, k := range sh.list() {
		if _, ok := k.part(id); ok {
			c := *k
			c.Best = slices.Contains(best, k)
			all = append(all, &c)
		}
	}
	return all
}

// best returns for each process the snapshot that tells most of a trace, the
// latest of several, by service and instance.
func (sh *shelf) best(id zipkin.TraceID) []*kept {
	by := map[string]*kept{}
	for _, k := range sh.list() {
		if _, ok := k.part(id); ok && (by[k.Instance] == nil || k.tells(id) >= by[k.Instance].tells(id)) {
			by[k.Instance] = k
		}
	}
	return slices.SortedFunc(maps.Values(by), func(a, b *kept) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Instance, b.Instance))
	})
}

func (sh *shelf) writeMetrics(w io.Writer) {
	sh.mu.Lock()
	n, bytes := len(sh.all), sh.bytes
	sh.mu.Unlock()
	fmt.Fprintf(w, "tracelab_flights %d\n", n)
	fmt.Fprintf(w, "tracelab_flight_bytes %d\n", bytes)
	fmt.Fprintf(w, "tracelab_flights_received_total %d\n", sh.received.Load())
	fmt.Fprintf(w, "tracelab_flights_refused_total %d\n", sh.refused.Load())
	fmt.Fprintf(w, "tracelab_flights_evicted_total %d\n", sh.evicted.Load())
}
