package compare

import (
	"cmp"
	"math"
	"slices"

	"example.com/tracelab/internal/labapi"
)

// culprit is a call path with the changes that come from it.
type culprit struct {
	cause
	members []int // the rows whose changes come from it
	// top is the call that changed most of those that overlap, and by how much its largest
	// row did.
	top       int
	largest   float64
	delta     float64
	mechanism string
	p         float64 // that there is such a change by chance alone
	// moved: the time, or a part of it, is the caller's own on the other side.
	moved bool
	// missing: the calls are known on one side only, or moved.
	missing bool
	// support is the share of resamplings in which no other culprit has more of the change.
	support float64
}

// cause is where a change comes from, as indexes of rows, or -1.
type cause struct {
	row int
	// by makes the calls of row, if the change is about how many there are, or whether
	// they overlap. Those that overlap with each other have one cause.
	by int
}

// culprits attributes the change of each path to the path that it comes from: what is
// called more often changes with all that it calls, because of what calls it, and what no
// longer runs beside other work does because of what calls both.
func (s *sample) culprits() []culprit {
	at := map[cause]int{}
	var all []culprit
	for i := range s.rows {
		if s.rows[i].delta() == 0 {
			continue
		}
		of, top := s.causeOf(i)
		k, known := at[of]
		if !known {
			k = len(all)
			at[of] = k
			all = append(all, culprit{cause: of})
		}
		all[k].add(i, top, s.rows[i].delta())
	}
	for k := range all {
		all[k].mechanism = s.mechanismOf(&all[k])
	}
	return s.joinMoved(all, at)
}

// add adds the change of a row. top is the call that it is below.
func (c *culprit) add(i, top int, delta float64) {
	c.members = append(c.members, i)
	c.delta += delta
	if c.overlaps() && (len(c.members) == 1 || math.Abs(delta) > c.largest) {
		c.top, c.largest = top, math.Abs(delta)
	}
}

// causeOf is where the change of a row comes from, and the call that it is below.
func (s *sample) causeOf(i int) (of cause, top int) {
	switch s.rows[i].mechanism {
	case labapi.MoreCalls, labapi.FewerCalls, labapi.NewPath, labapi.GonePath:
		top = s.climb(i, (*row).callsRatio)
		return cause{top, s.rows[top].caller}, top
	case labapi.LessOverlap, labapi.MoreOverlap:
		if top = s.climb(i, (*row).exposureRatio); s.rows[top].caller >= 0 {
			return cause{-1, s.rows[top].caller}, top
		}
	}
	return cause{i, -1}, i
}

// overlaps reports whether a cause is that calls overlap more, or less.
func (c *cause) overlaps() bool { return c.row < 0 }

// counts reports whether a cause is that there are more calls, or fewer.
func (c *cause) counts() bool { return c.row >= 0 && c.by >= 0 }

// named is the row that a culprit is called after: of calls that overlap, the one that
// changed most, and of time that has moved the caller, who has it where it is not known
// what was called.
func (c *culprit) named() int {
	if c.moved {
		return c.by
	}
	if c.overlaps() {
		return c.top
	}
	return c.row
}

// leastRatio is the least logarithm of a ratio that is worth looking at: 5 %.
const leastRatio = 0.05

// climb goes from a path to its callers, as long as a ratio changed at least half as much
// as that of the path. The root is called once for each request.
func (s *sample) climb(from int, ratio func(*row) float64) int {
	want := ratio(&s.rows[from])
	for i := from; ; {
		up := s.rows[i].caller
		if up < 0 || s.rows[up].caller < 0 {
			return i
		}
		if r := ratio(&s.rows[up]); r*want <= 0 || math.Abs(r) < math.Abs(want)/2 || math.Abs(r) < leastRatio {
			return i
		}
		i = up
	}
}

// callsRatio is the logarithm of how many times as many calls there are.
func (r *row) callsRatio() float64 { return logRatio(r.x.calls, r.y.calls) }

// exposureRatio is the same of the share of the calls' time that is on the critical path,
// with all below.
func (r *row) exposureRatio() float64 {
	return logRatio(r.x.below/r.x.duration, r.y.below/r.y.duration)
}

// logRatio is finite: what was not there is there a thousand times as much now.
func logRatio(x, y float64) float64 {
	const most = 7
	switch {
	case !(x > 0) && !(y > 0):
		return 0
	case !(x > 0):
		return most
	case !(y > 0):
		return -most
	}
	return min(max(math.Log(y/x), -most), most)
}

// mechanismOf is the mechanism of most of the change of a culprit.
func (s *sample) mechanismOf(c *culprit) string {
	sums := map[string]float64{}
	for _, i := range c.members {
		sums[s.rows[i].mechanism] += s.rows[i].delta()
	}
	names := make([]string, 0, len(sums))
	for name := range sums {
		names = append(names, name)
	}
	return slices.MaxFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(sums[a]*sign(c.delta), sums[b]*sign(c.delta)), cmp.Compare(b, a))
	})
}

func sign(v float64) float64 {
	if v < 0 {
		return -1
	}
	return 1
}
