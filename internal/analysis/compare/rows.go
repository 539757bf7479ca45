package compare

import (
	"cmp"
	"slices"

	"example.com/tracelab/internal/analysis/stat"
)

// row is a call path of a comparison. Times are µs a request, in the mean with the
// weights of the strata.
type row struct {
	path   int32
	caller int // index of a row, or -1
	x, y   means
	// possible is by how much the path could differ at most, whichever requests are of
	// which side.
	possible      float64
	possibleBelow float64
	tested        bool // its own time
	calling       bool // it calls other paths that have time on the critical path
	effects
	mechanism         string
	own, below, calls evidence
}

type means struct {
	calls    float64
	onPath   float64 // time on the critical path
	below    float64 // the same with all that it calls
	self     float64
	duration float64
}

// evidence is what the tests of a measure gave: the probability that y has as much more
// by chance, and as much less.
type evidence struct{ more, less float64 }

// of is the probability of a change in the direction of delta.
func (e *evidence) of(delta float64) float64 {
	if delta < 0 {
		return e.less
	}
	return e.more
}

// any is that of a change in any direction.
func (e *evidence) any() float64 { return min(e.more, e.less) }

func (e *evidence) add(t stat.Tested) {
	if t.Z < 0 {
		e.less = min(e.less, t.P)
	} else {
		e.more = min(e.more, t.P)
	}
}

func (r *row) delta() float64 { return r.y.onPath - r.x.onPath }

func (r *row) deltaBelow() float64 { return r.y.below - r.x.below }

// average computes the means of all paths, and keeps those with the most time.
func (s *sample) average() {
	all := s.allMeans()
	s.addBelow(all)
	kept := s.keep(all)
	s.ofPath = make([]int32, len(s.all))
	s.rest = row{path: otherPath, caller: -1, possible: all[otherPath].possible, x: all[otherPath].x, y: all[otherPath].y}
	for i := range all {
		r := &all[i]
		switch {
		case i == otherPath:
		case kept[i]:
			if c := s.all[i].caller; c != noPath {
				r.caller = int(s.ofPath[c]) - 1
			}
			s.rows = append(s.rows, *r)
			s.ofPath[i] = int32(len(s.rows))
		case r.x.calls+r.y.calls > 0:
			s.restOf++
			s.rest.x.add(r.x)
			s.rest.y.add(r.y)
		}
	}
}

func (m *means) add(o means) {
	m.calls += o.calls
	m.onPath += o.onPath
	m.self += o.self
	m.duration += o.duration
}

// allMeans are rows of all paths, by number.
func (s *sample) allMeans() []row {
	all := make([]row, len(s.paths.all))
	for i := range all {
		all[i] = row{path: int32(i), caller: -1}
	}
	common := s.common()
	for i, w := range s.weights() {
		k := common[s.groups.Of[i]]
		possible := k.weight / float64(min(k.nx, k.ny))
		for _, c := range s.pooled[i].cells {
			r := &all[c.path]
			m := &r.x
			if s.groups.B[i] {
				m = &r.y
			}
			m.calls += w * float64(c.calls)
			m.onPath += w * float64(c.onPath)
			m.self += w * float64(c.self)
			m.duration += w * float64(c.duration)
			r.possible += possible * float64(c.onPath)
		}
	}
	return all
}

// addBelow adds up what paths call: callers have lower numbers.
func (s *sample) addBelow(all []row) {
	for i := len(all) - 1; i >= 0; i-- {
		r := &all[i]
		r.x.below += r.x.onPath
		r.y.below += r.y.onPath
		r.possibleBelow += r.possible
		if c := s.paths.all[i].caller; c != noPath {
			all[c].x.below += r.x.below
			all[c].y.below += r.y.below
			all[c].possibleBelow += r.possibleBelow
			all[c].calling = all[c].calling || r.possibleBelow > 0
		}
	}
}

// keep chooses the paths that are rows of their own: those with the most time with all
// below them, so that callers are kept with what they call.
func (s *sample) keep(all []row) []bool {
	order := make([]int, 0, len(all))
	for i := firstUnique; i < len(all); i++ {
		if all[i].x.calls+all[i].y.calls > 0 {
			order = append(order, i)
		}
	}
	if len(order) > mostPaths {
		slices.SortFunc(order, func(a, b int) int {
			return cmp.Or(cmp.Compare(all[b].most(), all[a].most()), cmp.Compare(s.paths.all[a].depth, s.paths.all[b].depth),
				cmp.Compare(s.text(int32(a)), s.text(int32(b))))
		})
		order = order[:mostPaths]
	}
	kept := make([]bool, len(all))
	for _, i := range order {
		kept[i] = true
	}
	return kept
}

func (r *row) most() float64 { return max(r.x.below, r.y.below) }
