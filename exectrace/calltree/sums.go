package calltree

import (
	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
)

// summing makes a Profile.
type summing struct {
	*Profile
	l      *lanes.Lanes
	wanted map[exectrace.GoID]bool // the goroutines that are selected, of a processor or thread those that were seen; nil: all are
}

// wants reports whether a goroutine is among those that are selected.
func (s *summing) wants(g exectrace.Goroutine) bool { return s.Func == "" || s.Func == g.Name }

// goroutine adds the states of a goroutine.
func (s *summing) goroutine(g exectrace.Goroutine) {
	if !s.wants(g) {
		return
	}
	s.Goroutines++
	if s.wanted != nil {
		s.wanted[g.ID] = true
	}
	for stay := range s.l.Stays(g, s.From, s.To) {
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
	for one := range s.l.Trace.SamplesBetween(s.From, s.To) {
		if s.wanted == nil || s.wanted[one.Goroutine] {
			s.sample(one)
		}
	}
}

func (s *summing) sample(one exectrace.Sample) {
	s.add(key{calls: one.Calls(), state: Samples}, one.At, one.At, 1, 1)
}
