package compare

import (
	"cmp"
	"slices"

	"example.com/tracelab/internal/analysis/stat"
)

// sample is two sides, x and y, of which x began first.
type sample struct {
	*paths
	inputs
	x, y   *side
	strata []stratum // by their keys
	coarse bool      // sizes of inputs were left out of account

	// The observations of both sides that are in common strata, by start.
	pooled []*observation
	groups stat.Groups // their strata and sides; groups are the strata that are common

	rows         []row // of the paths, callers first
	rest         row   // what is beyond mostPaths
	restOf       int   // how many paths that is
	root         change
	ofPath       []int32 // index of a path in rows, and one
	layout       *layout
	rootEvidence evidence // of the durations of all requests
}

// change is a mean of both sides.
type change struct{ x, y float64 }

func (c change) delta() float64 { return c.y - c.x }

// newSample pools two sides by strata.
func newSample(p *paths, in inputs, x, y *side) (*sample, error) {
	s := &sample{paths: p, inputs: in, x: x, y: y}
	s.root = change{x.mean(), y.mean()}
	if !s.stratify(func(o *observation) int32 { return o.input }) {
		s.coarse = true
		if !s.stratify(func(o *observation) int32 { return o.coarse }) {
			return nil, ErrNoCommon
		}
	}
	s.average()
	s.layOut()
	return s, nil
}

// stratify sorts observations into strata, and reports whether both sides are in one.
func (s *sample) stratify(input func(*observation) int32) bool {
	at := map[int32]int{}
	s.strata = nil
	count := func(of *side, add func(*stratum)) {
		for i := range of.observations {
			n := input(&of.observations[i])
			k, known := at[n]
			if !known {
				k = len(s.strata)
				at[n] = k
				s.strata = append(s.strata, stratum{input: n})
			}
			add(&s.strata[k])
		}
	}
	count(s.x, func(k *stratum) { k.nx++ })
	count(s.y, func(k *stratum) { k.ny++ })
	slices.SortFunc(s.strata, func(a, b stratum) int { return cmp.Compare(s.keys[a.input], s.keys[b.input]) })
	if !weigh(s.strata) {
		return false
	}
	s.pool(input)
	return true
}

// pool lists the observations of common strata.
func (s *sample) pool(input func(*observation) int32) {
	group := map[int32]int32{}
	s.groups = stat.Groups{}
	for _, k := range s.strata {
		if k.weight > 0 {
			group[k.input] = int32(len(s.groups.Scale))
			s.groups.Scale = append(s.groups.Scale, k.weight*(1/float64(k.nx)+1/float64(k.ny)))
		}
	}
	for i, j := 0, 0; i < len(s.x.observations) || j < len(s.y.observations); {
		isY := i == len(s.x.observations)
		if !isY && j < len(s.y.observations) {
			isY = compareObservations(&s.y.observations[j], &s.x.observations[i]) < 0
		}
		var o *observation
		if isY {
			o = &s.y.observations[j]
			j++
		} else {
			o = &s.x.observations[i]
			i++
		}
		if k, common := group[input(o)]; common {
			s.pooled = append(s.pooled, o)
			s.groups.Of = append(s.groups.Of, k)
			s.groups.B = append(s.groups.B, isY)
		}
	}
}

// common are the strata of the groups.
func (s *sample) common() (common []stratum) {
	for _, k := range s.strata {
		if k.weight > 0 {
			common = append(common, k)
		}
	}
	return common
}

// compared is how many requests of each side are in common strata.
func (s *sample) compared() (nx, ny int) {
	for _, k := range s.common() {
		nx += k.nx
		ny += k.ny
	}
	return nx, ny
}

// weights are what each pooled observation counts in the mean of its side.
func (s *sample) weights() []float64 {
	common := s.common()
	weights := make([]float64, len(s.pooled))
	for i, k := range s.groups.Of {
		n := common[k].nx
		if s.groups.B[i] {
			n = common[k].ny
		}
		weights[i] = common[k].weight / float64(n)
	}
	return weights
}
