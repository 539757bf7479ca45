package why

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// stay is when a span below another was at work, on the clock of that one.
type stay struct {
	span       *span
	start, end int64
	move       int64 // what was added to the clock of span
	sure       bool  // that this is right
}

// always is an end that nobody knows: it went on.
const always = math.MaxInt64 / 4

// timeline finds what a span waited for. There may be thousands.
type timeline struct {
	stays []stay // by start, and of those that start at once the longest first
	last  []int  // for each, which of it and those before it ends last
}

// newTimeline is that of spans below s.
func newTimeline(s *span, below []*span) *timeline {
	l := &timeline{}
	for _, c := range below {
		st := stay{span: c, sure: true}
		if c.elsewhere(s) {
			st.move, st.sure = s.fit(c)
		}
		st.start, st.end = c.start+st.move, c.end+st.move
		if !c.hasEnded() {
			st.end = always
		}
		if st.start < st.end {
			l.stays = append(l.stays, st)
		}
	}
	slices.SortStableFunc(l.stays, func(a, b stay) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end)) })
	for i := range l.stays {
		last := i
		if i > 0 && l.stays[l.last[i-1]].end >= l.stays[i].end {
			last = l.last[i-1]
		}
		l.last = append(l.last, last)
	}
	return l
}

// at is what is waited for from a moment on: of those that are at work then the one
// that ends last, or else the next to begin before to. It is nil if there is none.
func (l *timeline) at(at, to int64) *stay {
	next := sort.Search(len(l.stays), func(i int) bool { return l.stays[i].start > at })
	if next > 0 {
		if st := &l.stays[l.last[next-1]]; st.end > at {
			return st
		}
	}
	if next < len(l.stays) && l.stays[next].start < to {
		return &l.stays[next]
	}
	return nil
}
