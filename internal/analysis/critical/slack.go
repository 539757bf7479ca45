package critical

import (
	"cmp"
	"slices"
)

// aside is an awaited child that is not on the chain of its parent, which waited for it
// no later than for the child on the chain that ended next.
type aside struct {
	kid
	until int64 // when that one ended
	spare int64 // how long before
	slack int64
	// Of the chain: from the one that ended next to the earliest on which this one does
	// not depend, since it had started before that one ended.
	from, to int32
}

// scratch is memory of slacks and limits.
type scratch struct {
	byStart, queue, next []int32
}

// spares compares each of the aside with the chain.
func (f *finder) spares(tolerated int64) {
	for i := range f.aside {
		a := &f.aside[i]
		if a.from < 0 { // it started in the overlap with the parent's next sibling
			a.from = 0
			continue
		}
		a.until = f.chain[a.from].end
		a.spare = max(0, a.until-a.end)
		earlier, _ := slices.BinarySearchFunc(f.chain[a.from:], a.start+tolerated, func(l link, at int64) int { return cmp.Compare(at, l.end) })
		a.to = a.from + int32(earlier)
	}
}

// slacks gives those aside their slack: until the parent would wait for it, and not more
// than that of any other that may depend on it. That is one that started after it had
// ended, while the child on the chain ran that the parent waited for. They are few by
// the time and many in all, so that they are kept in a queue: both ends of the time go
// back as the ends of those aside do.
func (f *finder) slacks(parents, tolerated int64) {
	s := &f.scratch
	s.sortByStart(f.aside)
	s.queue = s.queue[:0]
	started, first := 0, 0
	for i := range f.aside {
		a := &f.aside[i]
		a.slack = a.spare
		for ; started < len(s.byStart) && f.aside[s.byStart[started]].start >= a.end-tolerated; started++ {
			s.push(f.aside, s.byStart[started], first)
		}
		for first < len(s.queue) && f.aside[s.queue[first]].start >= a.until {
			first++
		}
		if first < len(s.queue) {
			a.slack = min(a.slack, f.aside[s.queue[first]].slack)
		}
		f.Nodes[a.node].Slack = parents + a.slack
	}
}

// sortByStart sorts the indexes of those aside, the last to start first.
func (s *scratch) sortByStart(all []aside) {
	s.byStart = s.byStart[:0]
	for i := range all {
		s.byStart = append(s.byStart, int32(i))
	}
	slices.SortFunc(s.byStart, func(a, b int32) int { return cmp.Or(cmp.Compare(all[b].start, all[a].start), cmp.Compare(a, b)) })
}

// push adds to the queue, whose first has the least slack. Those with more slack that
// leave it earlier count no more.
func (s *scratch) push(all []aside, i int32, first int) {
	for len(s.queue) > first && all[s.queue[len(s.queue)-1]].slack >= all[i].slack {
		s.queue = s.queue[:len(s.queue)-1]
	}
	s.queue = append(s.queue, i)
}

// limits says for each child on the chain what its parent would save at most if it took
// no time: then it would wait for one that is aside, did not depend on it, and ended
// less than that before.
func (f *finder) limits() {
	slices.SortFunc(f.aside, func(a, b aside) int { return cmp.Compare(a.spare, b.spare) })
	s := &f.scratch
	s.next = s.next[:0]
	for i := range len(f.chain) + 1 {
		s.next = append(s.next, int32(i))
	}
	for _, a := range f.aside {
		for i := s.unlimited(a.from); i < a.to; i = s.unlimited(i) {
			f.chain[i].limit = a.spare
			s.next[i] = i + 1
		}
	}
}

// unlimited is the next of the chain, from i on, that has no limit yet: the least comes
// first.
func (s *scratch) unlimited(i int32) int32 {
	for s.next[i] != i {
		s.next[i] = s.next[s.next[i]]
		i = s.next[i]
	}
	return i
}
