package compare

import (
	"context"
	"math"

	"example.com/tracelab/internal/analysis/stat"
)

// half is by how much the second half of a side differs from its first: by what nobody
// changed.
type half struct {
	side  *side
	rows  map[int32]float64 // change by path
	delta float64
	p     float64 // that any path differs so much by chance
}

// testHalves compares the first half of each side with its second.
func (s *sample) testHalves(ctx context.Context, p stat.Plan) (halves []half, err error) {
	for _, of := range []*side{s.x, s.y} {
		h, err := s.testHalf(ctx, p, of)
		if err != nil {
			return nil, err
		}
		if h != nil {
			halves = append(halves, *h)
		}
	}
	return halves, nil
}

func (s *sample) testHalf(ctx context.Context, p stat.Plan, of *side) (*half, error) {
	n := len(of.observations) / 2
	if n < fewest/2 {
		return nil, nil
	}
	first, second := *of, *of
	first.observations, second.observations = of.observations[:n], of.observations[n:]
	both, err := newSample(s.paths, s.inputs, &first, &second)
	if err != nil {
		return nil, nil // no input is in both: nothing is known
	}
	m := both.measures()
	if err := m.test(ctx, p, both); err != nil {
		return nil, err
	}
	h := &half{side: of, rows: map[int32]float64{}, p: both.rootEvidence.any()}
	for i := range both.rows {
		r := &both.rows[i]
		h.rows[r.path] = r.delta()
		h.delta += r.delta()
		h.p = min(h.p, r.own.any(), r.below.any(), r.calls.any())
	}
	return h, nil
}

// drifted reports whether a side changed by itself where a culprit is, at least half as
// much as the sides differ there. Then the difference is no evidence.
func (f *finding) drifted(c *culprit) bool {
	for _, h := range f.halves {
		var sum float64
		for _, i := range c.members {
			sum += h.rows[f.rows[i].path]
		}
		if h.p <= likely && math.Abs(sum) >= math.Abs(c.delta)/2 {
			return true
		}
	}
	return false
}
