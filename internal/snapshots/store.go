package snapshots

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"example.com/tracelab/internal/zipkin"
)

// Bounds of the snapshots that are stored. The oldest make room.
const (
	maxStored      = 256
	maxStoredBytes = 64 << 20
)

// store has snapshots, bounded by number and by bytes.
type store struct {
	mu      sync.Mutex
	all     []*Snapshot // the oldest first
	bytes   int64
	changed chan struct{} // closed when one more is announced

	received, evicted atomic.Int64
}

func (st *store) add(s *Snapshot) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.received.Add(1)
	if !s.Recorded() && st.has(s) {
		return
	}
	st.all = append(st.all, s)
	st.bytes += s.Bytes
	for len(st.all) > maxStored || st.bytes > maxStoredBytes {
		st.bytes -= st.all[0].Bytes
		st.all[0] = nil
		st.all = st.all[1:]
		st.evicted.Add(1)
	}
}

// has reports whether there is an execution trace of the process for all that s is
// for, beside which a refusal says nothing; st.mu is held.
func (st *store) has(s *Snapshot) bool {
	for _, p := range s.parts {
		recorded := func(other *Snapshot) bool {
			_, ok := other.part(p.trace)
			return ok && other.Recorded() && other.Instance == s.Instance
		}
		if !slices.ContainsFunc(st.all, recorded) {
			return false
		}
	}
	return true
}

// announce wakes those that wait for a change.
func (st *store) announce() {
	st.mu.Lock()
	defer st.mu.Unlock()
	close(st.changed)
	st.changed = make(chan struct{})
}

func (st *store) change() <-chan struct{} {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.changed
}

func (st *store) list() []*Snapshot {
	st.mu.Lock()
	defer st.mu.Unlock()
	return slices.Clone(st.all)
}

func (st *store) size() (n int, bytes int64) {
	st.mu.Lock()
	defer st.mu.Unlock()
	return len(st.all), st.bytes
}

func (st *store) get(id string) *Snapshot {
	for _, s := range st.list() {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// of returns copies of those that were taken for a trace, with Best set.
func (st *store) of(id zipkin.TraceID) []*Snapshot {
	best := st.best(id, Window{})
	var all []*Snapshot
	for _, s := range st.list() {
		if _, ok := s.part(id); ok {
			c := *s
			c.Best = slices.Contains(best, s)
			all = append(all, &c)
		}
	}
	return all
}

// best goes by how much of a time is covered; zero: of the process's part in the trace.
func (st *store) best(id zipkin.TraceID, during Window) []*Snapshot {
	by := map[string]*Snapshot{}
	for _, s := range st.list() {
		if _, ok := s.part(id); ok && (by[s.Instance] == nil || s.covers(id, during) >= by[s.Instance].covers(id, during)) {
			by[s.Instance] = s
		}
	}
	return slices.SortedFunc(maps.Values(by), func(a, b *Snapshot) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Instance, b.Instance))
	})
}

// of is the snapshot of a process, or nil.
func of(all []*Snapshot, instance string) *Snapshot {
	i := slices.IndexFunc(all, func(s *Snapshot) bool { return s.Instance == instance })
	if i < 0 {
		return nil
	}
	return all[i]
}
