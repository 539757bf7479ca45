package exectrace

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"example.com/tracelab/exectrace/internal/events"
	"golang.org/x/exp/trace"
)

// rangeTimes adds up how long the ranges of each name lasted.
type rangeTimes struct {
	syncs      int  // generations begun since the last gap
	start, now Time // since then; zero: nothing has been yet
	open       map[trace.Range]Time
	stats      map[string]*RangeStats
}

func newRangeTimes() rangeTimes {
	return rangeTimes{open: map[trace.Range]Time{}, stats: map[string]*RangeStats{}}
}

// reach tells the time of every event.
func (r *rangeTimes) reach(at Time) {
	r.now = max(r.now, at)
	if r.start == 0 {
		r.start = at
	}
}

// event takes those that begin, go on or end a range. One that goes on in the
// first generation has done so from the start; later on it is known.
func (r *rangeTimes) event(at Time, ev *trace.Event) {
	key := ev.Range()
	begun, known := r.open[key]
	switch ev.Kind() {
	case trace.EventRangeBegin:
		r.open[key] = at
	case trace.EventRangeActive:
		if !known {
			r.open[key] = at
			if r.syncs <= 1 {
				r.open[key] = r.start
			}
		}
	case trace.EventRangeEnd:
		if known {
			r.add(key.Name, begun, at)
		}
		delete(r.open, key)
	}
}

func (r *rangeTimes) add(name string, from, to Time) {
	s := r.stats[name]
	if s == nil {
		s = &RangeStats{Name: name}
		r.stats[name] = s
	}
	d := to.Sub(from)
	s.Count++
	s.Total += d
	if s.Count == 1 || d > s.Longest {
		s.Longest, s.At = d, from
	}
}

// gap ends all ranges where the trace ends to tell of them.
func (r *rangeTimes) gap() {
	for key, begun := range r.open {
		r.add(key.Name, begun, r.now)
	}
	clear(r.open)
	r.syncs, r.start = 0, 0
}

// finish says what of it the collector did, and why the world was stopped.
func (r *rangeTimes) finish(s *Summary) {
	r.gap()
	s.GC.Stops.Name = "stop-the-world"
	for _, name := range slices.Sorted(maps.Keys(r.stats)) {
		stats := *r.stats[name]
		switch {
		case name == "GC concurrent mark phase":
			s.GC.Mark, s.GC.Cycles = stats, stats.Count
		case events.WorkOf(name) == events.Assist:
			s.GC.Assist = stats
		case events.WorkOf(name) == events.Sweep:
			s.GC.Sweep = stats
		case strings.HasPrefix(name, "stop-the-world"):
			stats.Name = strings.Trim(strings.TrimPrefix(name, "stop-the-world"), " ()")
			s.Stops = append(s.Stops, stats)
		}
		if events.WorkOf(name) == events.StopTheWorld {
			s.GC.Stops = s.GC.Stops.plus(stats)
		}
	}
}

// plus is of both. The longest has its name.
func (s RangeStats) plus(other RangeStats) RangeStats {
	longer := s
	if s.Count == 0 || other.Longest > s.Longest {
		longer = other
	}
	longer.Count, longer.Total = s.Count+other.Count, s.Total+other.Total
	return longer
}

// sortCounts puts what there is most of first.
func sortCounts(counts []Count) {
	slices.SortFunc(counts, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
}
