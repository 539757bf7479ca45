package compare

import (
	"cmp"
	"math"
	"slices"

	"example.com/tracelab/internal/analysis/stat"
	"example.com/tracelab/internal/labapi"
)

// What a claim needs, beside a change that is worth telling (leastShare).
const (
	fewest     = labapi.FewestCompared // requests of each side
	likely     = 0.05                  // P of what is not put down to chance
	againstAll = 0.01                  // the same of a change against that of the mean duration
	mostLikely = 0.8                   // support: without it another path may be the one
	powerful   = 2.8                   // standard errors that are seen four times in five, at 5 %
)

// judge sorts the culprits, and decides whether there is evidence for one.
func (f *finding) judge() {
	f.culprits = f.sample.culprits()
	direction := sign(f.within())
	f.rank(direction)
	f.support(direction)
	for i := range f.culprits {
		f.culprits[i].p = f.probability(&f.culprits[i])
	}
	if best := f.evident(direction); best >= 0 {
		f.claimed = true
		c := f.culprits[best]
		f.culprits = slices.Insert(slices.Delete(f.culprits, best, best+1), 0, c)
	}
}

// evident is the index of the culprit that is claimed, or -1: of those for which there is
// evidence, the one with the largest change. What changes as a consequence, such as
// calls beside which a slower one runs now, changes by less.
func (f *finding) evident(direction float64) (best int) {
	best = -1
	for i := range f.culprits {
		if f.isEvident(i, direction) && (best < 0 || math.Abs(f.culprits[i].delta) > math.Abs(f.culprits[best].delta)) {
			best = i
		}
	}
	if best >= 0 && f.isOutdone(best) {
		return -1
	}
	return best
}

// isOutdone reports whether another culprit has more than twice the change of one, which
// is not zero for sure, even though chance may do that. Then it is not known which of the
// two it is.
func (f *finding) isOutdone(i int) bool {
	for k := range f.culprits {
		if c := &f.culprits[k]; math.Abs(c.delta) > 2*math.Abs(f.culprits[i].delta) && f.isCertain(c) {
			return true
		}
	}
	return false
}

// rank puts the culprits first that have most of a change in a direction.
func (f *finding) rank(direction float64) {
	slices.SortFunc(f.culprits, func(a, b culprit) int {
		return cmp.Or(cmp.Compare(direction*b.delta, direction*a.delta), cmp.Compare(f.nameOf(a), f.nameOf(b)))
	})
}

func (f *finding) nameOf(c culprit) string { return f.text(f.rows[c.named()].path) }

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
// with all below that has most of its change from there. Time that has moved between a
// call and its caller changes nothing but the time of both.
func (f *finding) probability(c *culprit) float64 {
	if c.moved {
		return f.rows[c.by].below.of(c.delta)
	}
	p := 1.0
	for _, i := range c.members {
		p = min(p, f.rows[i].own.of(c.delta))
	}
	if c.counts() && f.isCertain(c) {
		p = min(p, f.rows[c.row].calls.of(c.delta))
	}
	if c.support < mostLikely {
		return p
	}
	for i := c.named(); i >= 0; i = f.rows[i].caller {
		if r := &f.rows[i]; isMost(c.delta, r.deltaBelow()) {
			p = min(p, r.below.of(c.delta))
		}
	}
	return p
}

// isCertain reports whether zero is not in the interval of confidence of a change. That of
// calls is the change of their caller's own time, too: calls may be told on one side alone.
func (f *finding) isCertain(c *culprit) bool {
	rows := c.members
	if c.counts() && !slices.Contains(rows, c.by) {
		rows = append(slices.Clone(rows), c.by)
	}
	low, high := f.interval(rows...)
	return low*high > 0
}

// isEvident reports whether a change is known to come from a culprit.
func (f *finding) isEvident(i int, direction float64) bool {
	c := &f.culprits[i]
	limit := likely
	if c.delta*direction < 0 {
		limit = againstAll
	}
	nx, ny := f.compared()
	return min(nx, ny) >= fewest && c.p <= limit && math.Abs(c.delta) >= leastShare*f.meanRoot() &&
		(!c.counts() || f.isCertain(c)) && !f.drifted(c)
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
