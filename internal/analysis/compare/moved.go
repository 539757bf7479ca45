package compare

import (
	"math"

	"example.com/tracelab/internal/labapi"
)

// joinMoved joins calls that are more, or fewer, with the caller's own time, where that
// changed the other way for sure, by no more than twice as much. Where the spans of a call are missing, because they
// were lost or are not made, its time is the caller's: calls seem to be gone, and the caller
// to be slower, and no request takes longer.
func (s *sample) joinMoved(all []culprit, at map[cause]int) []culprit {
	gone := map[int]bool{}
	for k := range all {
		c := &all[k]
		if !c.counts() || !s.countsAgainstCaller(c) {
			continue
		}
		c.moved = math.Abs(s.rows[c.by].delta()) <= 2*math.Abs(c.delta)
		c.missing = c.moved || c.mechanism == labapi.GonePath || c.mechanism == labapi.NewPath
		if !c.moved {
			continue
		}
		if own, changed := at[cause{c.by, -1}]; changed && !gone[own] {
			c.members = append(c.members, all[own].members...)
			c.delta += all[own].delta
			gone[own] = true
		}
	}
	left := all[:0]
	for k := range all {
		if !gone[k] {
			left = append(left, all[k])
		}
	}
	return left
}

// countsAgainstCaller reports whether it is known that there are more calls, or fewer, and
// that the caller's own time changed the other way.
func (s *sample) countsAgainstCaller(c *culprit) bool {
	by := &s.rows[c.by]
	return by.tested && s.rows[c.row].calls.any() <= likely && by.own.of(-c.delta) <= likely
}
