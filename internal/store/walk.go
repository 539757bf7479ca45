package store

import "math"

// walker visits the traces that have a span in a window, those with the latest
// one first, the greater id first among equals. It holds the store's lock only
// while it looks at the next few, so that a long walk does not stop writers.
//
// A trace that changes during the walk is visited once, at its old position or
// its new one; one that arrives meanwhile may be missed.
type walker struct {
	s       *Store
	window  window
	service string
	version uint64     // of the store when the walk began
	at      slotWalk   // position in the time index
	found   candidates // and not returned yet
	visited visited    // the low halves of what was found
	noted   int        // number of found that are in visited
	want    int        // number of traces to return next
	wantAll bool       // no slot is too large to be read at once
	looked  int        // number of traces looked at, of the service or not
	done    bool       // there is nothing more to find

	wanted     *wanted // what slots are skipped by; nil: none are
	changes    uint64  // of the time index when the walk began
	prepared   int     // looked when prepare was last of use
	preparedTo int64   // key of the latest slot that it has not looked at
}

// walk starts a walk over the traces of service, or all with "". The first
// stretch has about first traces; those of a walk to the end should be long.
func (s *Store) walk(w window, service string, first int) *walker {
	return &walker{s: s, window: w, service: service, at: slotWalk{key: slotOf(w.end)},
		want: min(max(first, 32), 1024), wantAll: first >= 1024, preparedTo: math.MaxInt64}
}

// search is a walk that may leave out traces that do not match.
func (s *Store) search(m *matcher, first int) *walker {
	w := s.walk(m.window, m.q.ServiceName, first)
	w.wanted = wantedBy(m, s.seed)
	return w
}

// next returns the next traces, nil after the last. They are valid until
// the next call.
func (w *walker) next() []candidate {
	w.prepare()
	for w.mustFind() {
		w.find()
	}
	if w.found.empty() {
		return nil
	}
	next := w.found.take(w.want)
	w.noted = len(w.found.held)
	w.want = min(2*w.want, 1024)
	return next
}

// mustFind reports whether there is nothing to return yet: only the traces of
// whole slots can be sorted.
func (w *walker) mustFind() bool { return !w.done && (w.found.empty() || w.at.slot != nil) }

// find finds more, and notes those of whole slots.
func (w *walker) find() {
	w.collect()
	whole := len(w.found.held)
	if w.at.slot != nil {
		whole = w.at.base
	}
	for ; w.noted < whole; w.noted++ {
		w.visited.add(w.found.held[w.noted].low)
	}
}

// maxStretch is the number of traces to look at under one hold of the lock.
const maxStretch = 2048

// collect looks at as many traces as one hold of the lock may.
func (w *walker) collect() {
	w.s.mu.RLock()
	defer w.s.mu.RUnlock()
	if w.version == 0 {
		w.version, w.changes = w.s.version, w.s.times.changes
	}
	svc := w.s.services.byName[w.service]
	switch {
	case w.service != "" && svc == nil:
		w.at.slot, w.done = nil, true
	case svc != nil && w.at.isBetween() && len(svc.traces.all) <= min(max(w.want, w.looked), maxStretch):
		// A service that is rare, or was busy long ago, is found by its own
		// list, once the walk through time has cost as much.
		w.collectService(svc)
	default:
		w.collectSlots(svc)
	}
}

// collectService takes all traces of one service that are still to come.
func (w *walker) collectService(svc *service) {
	for _, t := range svc.traces.all {
		if t.dead {
			continue
		}
		if rank, ok := t.latestIn(w.window); ok && w.due(t, slotOf(rank) <= w.at.key) {
			w.found.add(candidate{t.low, rank, t.recs, t.digest})
		}
	}
	w.done = true
}

// due reports whether the walk has yet to visit t. Unless it changed since the
// walk began, it is visited where it is, which is here or not.
func (w *walker) due(t *trace, here bool) bool {
	if t.changed <= w.version {
		return here
	}
	return !w.visited.has(t.low) // a new span may have moved it behind the walk
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
