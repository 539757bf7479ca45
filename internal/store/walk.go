package store

import (
	"cmp"
	"math"
	"slices"
)

// candidate is a trace as a walk met it.
type candidate struct {
	low  uint64
	rank int64 // ms of its latest span in the window
	recs []record
}

func compareCandidates(a, b candidate) int {
	if a.rank != b.rank {
		return cmp.Compare(b.rank, a.rank)
	}
	return cmp.Compare(b.low, a.low)
}

// walker visits the traces that have a span in a window, those with the latest
// one first, the greater id first among equals. It holds the store's lock only
// to copy the next stretch of time, so that a long walk does not stop writers.
//
// A trace that changes during the walk is visited once, in its old place or
// its new one; one that arrives meanwhile may be missed.
type walker struct {
	s       *Store
	window  window
	service string
	version uint64           // of the store when the walk began
	slot    int64            // of the next stretch
	want    int              // traces in the next stretch
	visited smallSet[uint64] // the low halves
	chunk   []candidate
	looked  int // traces, of the service or not
	done    bool
}

// walk starts a walk over the traces of service, or all with "". The first
// stretch has about first traces.
func (s *Store) walk(w window, service string, first int) *walker {
	return &walker{s: s, window: w, service: service, slot: slotOf(w.end), want: min(max(first, 32), 1024)}
}

// next returns the next traces, nil after the last. They are good until the
// call after.
func (w *walker) next() []candidate {
	w.chunk = w.chunk[:0]
	for !w.done && len(w.chunk) == 0 {
		w.collect()
	}
	if len(w.chunk) == 0 {
		return nil
	}
	for i := range w.chunk {
		w.visited.add(w.chunk[i].low)
	}
	if !slices.IsSortedFunc(w.chunk, compareCandidates) {
		slices.SortFunc(w.chunk, compareCandidates)
	}
	w.want = min(2*w.want, 1024)
	return w.chunk
}

// collect fills the chunk from the index that has less to look at.
func (w *walker) collect() {
	w.s.mu.RLock()
	defer w.s.mu.RUnlock()
	if w.version == 0 {
		w.version = w.s.version
	}
	if w.service == "" {
		w.collectSlots(nil)
		return
	}
	svc := w.s.services[w.service]
	if svc == nil {
		w.done = true
		return
	}
	// A service that is rare, or was busy long ago, is found by its own list,
	// once the way through time has cost as much.
	if len(svc.traces) <= min(max(w.want, w.looked), maxStretch) {
		w.collectService(svc)
		return
	}
	w.collectSlots(svc)
}

// maxStretch is the number of traces to look at under one hold of the lock.
const maxStretch = 4096

// collectService takes all traces of one service that are still to come.
func (w *walker) collectService(svc *service) {
	for _, t := range svc.traces {
		if t.dead {
			continue
		}
		if rank, ok := t.latestIn(w.window); ok && w.due(t, slotOf(rank) <= w.slot) {
			w.chunk = append(w.chunk, candidate{t.low, rank, t.recs})
		}
	}
	w.done = true
}

// collectSlots takes whole slots, the latest first, until there are enough.
func (w *walker) collectSlots(svc *service) {
	keys := w.s.times.keys
	at, found := slices.BinarySearch(keys, w.slot)
	if !found {
		at--
	}
	first, looked := slotOf(w.window.begin), 0
	for ; at >= 0 && keys[at] >= first; at-- {
		if len(w.chunk) >= w.want || looked >= maxStretch {
			w.slot = keys[at]
			return
		}
		if sl := w.s.times.slots[keys[at]]; sl != nil {
			w.collectSlot(sl, keys[at], svc)
			looked += len(sl.traces)
			w.looked += len(sl.traces)
		}
	}
	w.done = true
}

// fewToSort is so small a number of candidates that sorting them holds up no
// writer. With all slots sorted the stretch is too.
const fewToSort = 128

func (w *walker) collectSlot(sl *slot, key int64, svc *service) {
	from := len(w.chunk)
	for _, t := range sl.traces {
		if t.dead || svc != nil && !t.services.has(svc) {
			continue
		}
		rank, ok := t.latestIn(w.window)
		if ok && w.due(t, slotOf(rank) == key) {
			w.chunk = append(w.chunk, candidate{t.low, rank, t.recs})
		}
	}
	if len(w.chunk)-from <= fewToSort {
		slices.SortFunc(w.chunk[from:], compareCandidates)
	}
}

// due reports whether the walk has yet to visit t, which has a span in the
// slot at hand, the latest one if last.
func (w *walker) due(t *trace, last bool) bool {
	if t.changed <= w.version {
		return last
	}
	// It changed since: a new span may have put it where the walk has been, or
	// into two slots of this stretch.
	return w.visited.add(t.low)
}

// latestIn returns the time of the trace's latest span in w, and whether there
// is one.
func (t *trace) latestIn(w window) (ms int64, ok bool) {
	if t.maxMs <= w.end {
		return t.maxMs, t.maxMs >= w.begin
	}
	latest := int64(math.MinInt64)
	for i := range t.recs {
		if ms := t.recs[i].ms(); ms <= w.end {
			latest = max(latest, ms)
		}
	}
	return latest, latest >= w.begin && latest != math.MinInt64
}
