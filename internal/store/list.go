package store

import "slices"

// traceList are traces in the order in which they came, of which some may be
// dead. Each has a place, which is its own until moved changes.
type traceList struct {
	all   []*trace
	first int // place of the first: so many were dropped before it
	dead  int
	moved int // grows when traces take other places
}

func (l *traceList) add(t *trace) { l.all = append(l.all, t) }

// end is the place after the last trace.
func (l *traceList) end() int { return l.first + len(l.all) }

// forget notes that one of the traces died. Most die in the order in which they
// came, and go at once; the others go when they are the majority: each is then
// paid for by one that lives.
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
