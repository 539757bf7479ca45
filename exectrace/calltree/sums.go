package calltree

import (
	"slices"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
)

// summing makes a Profile.
type summing struct {
	*Profile
	l     *lanes.Lanes
	there map[exectrace.GoID]bool // the goroutines
}

// wants reports whether a goroutine is among those that are selected.
func (s *summing) wants(g exectrace.Goroutine) bool { return s.Func == "" || s.Func == g.Name }

// goroutine adds the states of a goroutine.
func (s *summing) goroutine(g exectrace.Goroutine) {
	if !s.wants(g) {
		return
	}
	for stay := range s.l.Stays(g, s.From, s.To) {
		s.there[g.ID] = true
		from, to := max(stay.Start, s.From), min(stay.End, s.To)
		count := int64(1)
		if stay.State == exectrace.StateSyscallBlocked && stay.Start > s.From {
			count = 0 // the call is counted already
		}
		s.add(keyOf(stay), from, to, int64(to-from), count)
	}
}

func keyOf(stay exectrace.Stay) key {
	k := key{calls: stay.Calls, state: lanes.StateOf(stay.State, stay.Reason)}
	if stay.State == exectrace.StateWaiting {
		k.reason = stay.Reason
	}
	return k
}

// samples adds those of the goroutines, and those without a goroutine if all are selected.
func (s *summing) samples() {
	all := s.Lane == nil && s.Func == ""
	for one := range s.l.Trace.SamplesBetween(s.From, s.To) {
		if all || s.there[one.Goroutine] {
			s.sample(one)
		}
	}
}

func (s *summing) sample(one exectrace.Sample) {
	s.add(key{calls: one.Calls(), state: Samples}, one.At, one.At, 1, 1)
}

// segments adds what a processor or a thread did, and the samples of whom it ran then.
func (s *summing) segments(lane lanes.Lane) {
	samples := slices.Collect(s.l.Trace.SamplesBetween(s.From, s.To))
	known := map[exectrace.GoID][]exectrace.Goroutine{}
	for seg := range s.l.All(lane, s.From, s.To) {
		all, ok := known[seg.Goroutine]
		if !ok {
			all = s.l.Trace.GoroutinesOf(seg.Goroutine)
			known[seg.Goroutine] = all
		}
		wanted := s.segment(seg, all)
		for len(samples) > 0 && samples[0].At < seg.To {
			if wanted && samples[0].At >= seg.From && samples[0].Goroutine == seg.Goroutine {
				s.sample(samples[0])
			}
			samples = samples[1:]
		}
	}
}

// segment adds a segment, which is of one of some goroutines with the same number. It reports
// whether that is selected.
func (s *summing) segment(seg lanes.Segment, all []exectrace.Goroutine) bool {
	from, to := max(seg.From, s.From), min(seg.To, s.To)
	var calls exectrace.Calls
	started := ""
	for _, g := range all {
		for stay := range s.l.Stays(g, from, to) {
			if started = g.Name; stay.State == exectrace.StateRunning || stay.State == exectrace.StateSyscall || stay.State == exectrace.StateSyscallBlocked {
				calls = stay.Calls
				break
			}
		}
	}
	if s.Func != "" && s.Func != started {
		return false
	}
	s.there[seg.Goroutine] = true
	s.add(key{calls: calls, state: seg.State}, from, to, int64(to-from), 1)
	return true
}
