package store

import "slices"

// traceList are traces in order of arrival, some of which may be dead. Each has
// a position, which stays the same until moved changes.
type traceList struct {
	all   []*trace
	first int // position of the first: as many were dropped before it
	dead  int
	moved int // grows when positions change
}

func (l *traceList) add(t *trace) { l.all = append(l.all, t) }

// end is the position after the last trace.
func (l *traceList) end() int { return l.first + len(l.all) }

// forget counts a trace that died. Most die in order of arrival, and are removed
// at once; the others are removed when they are the majority, so that the cost of
// removing is at most that of one step for each trace that died.
func (l *traceList) forget() {
	l.dead++
	for len(l.all) > 0 && l.all[0].dead {
		l.all[0] = nil
		l.all = l.all[1:]
		l.first++
		l.dead--
	}
	if l.dead*2 > len(l.all) {
		l.all = slices.DeleteFunc(l.all, func(t *trace) bool { return t.dead })
		l.dead = 0
		l.moved++
	}
}
