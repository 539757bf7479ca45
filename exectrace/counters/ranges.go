package counters

import (
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/events"
)

// rangeTimes adds up how long the ranges of each name lasted.
type rangeTimes struct {
	beginning
	ranges events.Ranges
	stats  map[string]*RangeStats
}

func (r *rangeTimes) event(t *decode.Tables, ev *decode.Event) {
	if x, _, ended := r.ranges.Next(t, ev); ended {
		r.add(x, ev.Time)
	}
}

func (r *rangeTimes) add(x events.Range, end int64) {
	s := r.stats[x.Name]
	if s == nil {
		s = &RangeStats{Name: x.Name}
		r.stats[x.Name] = s
	}
	d := time.Duration(end - x.Start)
	s.Count++
	s.Total += d
	if s.Count == 1 || d > s.Longest {
		s.Longest, s.At = d, r.since(x.Start)
	}
}

// gap ends all ranges where events are missing.
func (r *rangeTimes) gap(now int64) {
	for _, x := range r.ranges.Forget() {
		r.add(x, now)
	}
}

// summarize says what of it the collector did, and why the world was stopped.
func (r *rangeTimes) summarize(s *Summary) {
	s.Stops = []RangeStats{}
	s.GC.Stops.Name = "stop-the-world"
	for _, name := range slices.Sorted(maps.Keys(r.stats)) {
		stats := *r.stats[name]
		switch {
		case name == decode.MarkRange:
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
