package report

import (
	"cmp"
	"slices"
	"time"

	"example.com/tracelab/exectrace"
)

// Stay is how long goroutines were in a state, for one reason and at one place.
type Stay struct {
	State   string
	Reason  string // the runtime's; empty: it has none for the state, or it is not known
	Count   int
	Total   time.Duration
	Longest time.Duration
	At      time.Duration // of the longest, since the trace began
	Stack   []Place
}

// Stays returns what goroutines did, the longest first, and how many of them there are
// beyond most.
func Stays(t *exectrace.Trace, all []exectrace.Goroutine, most int) (list []Stay, beyond int) {
	type key struct {
		state  exectrace.State
		reason string
		stack  uint32
	}
	type sum struct {
		Stay
		first exectrace.Interval
	}
	sums := map[key]*sum{}
	for _, g := range all {
		for iv := range t.Intervals(g) {
			k := key{iv.State, iv.Reason, iv.StackID()}
			if sums[k] == nil {
				sums[k] = &sum{Stay{State: iv.State.String(), Reason: iv.Reason}, iv}
			}
			sums[k].add(iv.Start.Sub(t.Began), iv.End.Sub(iv.Start))
		}
	}
	longest := make([]*sum, 0, len(sums))
	for _, s := range sums {
		longest = append(longest, s)
	}
	slices.SortFunc(longest, func(a, b *sum) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(a.first.Start, b.first.Start))
	})
	beyond = max(0, len(longest)-most)
	for _, s := range longest[:len(longest)-beyond] {
		s.Stack = Places(t.Stack(s.first))
		list = append(list, s.Stay)
	}
	return list, beyond
}

func (s *Stay) add(at, d time.Duration) {
	s.Count++
	s.Total += d
	if s.Count == 1 || d > s.Longest {
		s.Longest, s.At = d, at
	}
}
