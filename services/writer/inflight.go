package writer

import (
	"maps"
	"slices"
	"sync"
)

// inFlight is the set of messages that this consumer has read and not yet taken
// off the queue.
type inFlight struct {
	mu  sync.Mutex
	ids map[string]bool
}

func (f *inFlight) add(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ids[id] = true
}

func (f *inFlight) has(id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ids[id]
}

func (f *inFlight) remove(ids ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range ids {
		delete(f.ids, id)
	}
}

func (f *inFlight) list() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(maps.Keys(f.ids))
}
