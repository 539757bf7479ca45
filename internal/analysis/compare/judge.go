package compare

import (
	"cmp"
	"math"
	"slices"

	"example.com/tracelab/internal/analysis/stat"
)

// What a claim needs, beside a change that is worth telling (leastShare).
const (
	fewest     = 20   // requests of each side
	likely     = 0.05 // P of what is not put down to chance
	mostLikely = 0.8  // support: without it another path may be the one
	powerful   = 2.8  // standard errors that are seen four times in five, at 5 %
)

// judge sorts the culprits, and decides whether there is evidence for one.
func (f *finding) judge() {
	f.culprits = f.sample.culprits()
	direction := sign(f.within())
	f.rank(direction)
	f.support(direction)
	best := -1
	for i := range f.culprits {
		c := &f.culprits[i]
		c.p = f.probability(c)
		if f.isEvident(c) && (best < 0 || c.delta*direction < 0 && math.Abs(c.delta) > math.Abs(f.culprits[best].delta) && f.culprits[best].delta*direction < 0) {
			best = i
		}
	}
	if best >= 0 {
		f.claimed = true
		c := f.culprits[best]
		f.culprits = slices.Insert(slices.Delete(f.culprits, best, best+1), 0, c)
	}
}

// rank puts the culprits first that have most of a change in a direction.
func (f *finding) rank(direction float64) {
	slices.SortFunc(f.culprits, func(a, b culprit) int {
		return cmp.Or(cmp.Compare(direction*b.delta, direction*a.delta), cmp.Compare(f.nameOf(a), f.nameOf(b)))
	})
}

func (f *finding) nameOf(c culprit) string { return f.text(f.rows[c.row].path) }

// within is the change of the mean duration inside the strata.
func (f *finding) within() (sum float64) {
	for i := range f.rows {
		sum += f.rows[i].delta()
	}
	return sum + f.rest.delta()
}

// support counts how often each culprit has most of the change of other requests.
func (f *finding) support(direction float64) {
	for round := range f.resampled.Rounds() {
		first, most := -1, 0.0
		for k := range f.culprits {
			var sum float64
			for _, i := range f.culprits[k].members {
				sum += direction * f.changeIn(round, i)
			}
			if sum > most {
				first, most = k, sum
			}
		}
		if first >= 0 {
			f.culprits[first].support += 1 / float64(f.resampled.Rounds())
		}
	}
}

// probability is that of a change by chance alone that is evidence for a culprit: of the
// time of one of the paths, of how often something is called, or of the time of a call
// with all below that has most of its change from there.
func (f *finding) probability(c *culprit) float64 {
	p := 1.0
	for _, i := range c.members {
		p = min(p, f.rows[i].own.p)
	}
	if c.callee >= 0 {
		p = min(p, f.rows[c.callee].calls.p, f.rows[c.callee].below.p)
	}
	if c.support < mostLikely {
		return p
	}
	for i := c.row; i >= 0; i = f.rows[i].caller {
		if r := &f.rows[i]; isMost(c.delta, r.deltaBelow()) {
			p = min(p, r.below.p)
		}
	}
	return p
}

// isEvident reports whether a change is claimed to come from a culprit.
func (f *finding) isEvident(c *culprit) bool {
	nx, ny := f.compared()
	if min(nx, ny) < fewest || c.p > likely || math.Abs(c.delta) < leastShare*f.meanRoot() {
		return false
	}
	low, high := f.interval(c.members...)
	return low*high > 0 && !f.drifted(c)
}

// standardError is that of the change of the mean duration.
func (f *finding) standardError() float64 {
	var m stat.Moments
	for round := range f.resampled.Rounds() {
		var sum float64
		for i := range f.rows {
			sum += f.changeIn(round, i)
		}
		m.Add(sum)
	}
	return m.Deviation()
}
