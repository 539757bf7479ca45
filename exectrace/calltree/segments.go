package calltree

import (
	"slices"
	"sort"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
)

// segments adds what a processor or a thread did, and the samples of whom it ran then.
func (s *summing) segments(lane lanes.Lane) {
	samples := slices.Collect(s.l.Trace.SamplesBetween(s.From, s.To))
	ahead := reader{s, map[exectrace.GoID]*goroutineAhead{}}
	for seg := range s.l.All(lane, s.From, s.To) {
		wanted := s.segment(seg, ahead.stay(seg))
		for len(samples) > 0 && samples[0].At < seg.To {
			if wanted && samples[0].At >= seg.From && samples[0].Goroutine == seg.Goroutine {
				s.sample(samples[0])
			}
			samples = samples[1:]
		}
	}
}

// segment adds a segment in which a goroutine was in some calls. It reports whether the
// goroutine is selected.
func (s *summing) segment(seg lanes.Segment, of startedStay) bool {
	if s.Func != "" && s.Func != of.name {
		return false
	}
	if !s.wanted[seg.Goroutine] {
		s.wanted[seg.Goroutine] = true
		s.Goroutines++
	}
	from, to := max(seg.From, s.From), min(seg.To, s.To)
	s.add(key{calls: of.Calls, state: seg.State}, from, to, int64(to-from), 1)
	return true
}

// reader reads what goroutines did, some states at a time: a processor runs a goroutine again
// and again, and to find a moment of it takes longer than to read on.
type reader struct {
	*summing
	known map[exectrace.GoID]*goroutineAhead
}

const (
	mostKnown = 1 << 12 // goroutines of which there is something ahead
	mostAhead = 16      // states of each
)

// goroutineAhead is what goroutines with one number do next.
type goroutineAhead struct {
	all   []exectrace.Goroutine
	stays []startedStay
}

// startedStay is a stay of a goroutine that was started with a function.
type startedStay struct {
	exectrace.Stay
	name string
}

// stay is that of the goroutine of a segment, if it is known.
func (r *reader) stay(seg lanes.Segment) startedStay {
	g := r.known[seg.Goroutine]
	if g == nil {
		if len(r.known) == mostKnown {
			clear(r.known)
		}
		g = &goroutineAhead{all: r.l.Trace.GoroutinesOf(seg.Goroutine)}
		r.known[seg.Goroutine] = g
	}
	if stay, ok := g.at(seg); ok {
		return stay
	}
	g.read(r.l, max(seg.From, r.From), r.To)
	stay, _ := g.at(seg)
	return stay
}

// at finds the stay of a segment.
func (g *goroutineAhead) at(seg lanes.Segment) (startedStay, bool) {
	for _, stay := range g.stays {
		executes := stay.State == exectrace.StateRunning || stay.State == exectrace.StateSyscall || stay.State == exectrace.StateSyscallBlocked
		if executes && stay.End > seg.From && stay.Start < seg.To {
			return stay, true
		}
	}
	return startedStay{}, false
}

// read reads the next stays from a moment on, of the goroutine that there is then: others with
// its number are before it or after it.
func (g *goroutineAhead) read(l *lanes.Lanes, from, to exectrace.Time) {
	g.stays = g.stays[:0]
	later := sort.Search(len(g.all), func(i int) bool { return g.all[i].Created > from })
	if len(g.all) == 0 {
		return
	}
	one := g.all[max(later-1, 0)]
	for stay := range l.Stays(one, from, to) {
		if len(g.stays) == mostAhead {
			return
		}
		g.stays = append(g.stays, startedStay{stay, one.Name})
	}
}
