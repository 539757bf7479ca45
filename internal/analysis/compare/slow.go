package compare

import (
	"context"
	"fmt"
	"slices"

	"example.com/tracelab/internal/analysis/stat"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// slowQuantile is the one that slow requests are not below, unless another is asked for.
const slowQuantile = 0.95

// Slow compares the slow requests of a set, as B, with its others. Which are slow is
// chosen by what they took, so that a test of the difference would mean nothing: there is
// none. The bridge says instead how much of the variance of the durations is of each path.
func Slow(ctx context.Context, set Set, o Options) (*labapi.Comparison, error) {
	r := newReader(o)
	all, err := r.read(ctx, set)
	if err != nil {
		return nil, err
	}
	fast, slow, err := all.bySpeed(o.Quantile)
	if err != nil {
		return nil, err
	}
	s, err := newSample(r.paths, oneInput(), fast, slow)
	if err != nil {
		return nil, err
	}
	f := describe(s)
	c := f.comparison(o)
	c.Kind, c.Errors, c.Strata = labapi.CompareSlow, nil, nil
	s.shares(c.Bridge)
	finish(c)
	return c, nil
}

// oneInput is that of requests that are not told apart by it.
func oneInput() inputs { return inputs{keys: []string{"all"}} }

// bySpeed splits a side at a quantile of its durations.
func (s *side) bySpeed(q float64) (fast, slow *side, err error) {
	if len(s.observations) == 0 {
		return nil, nil, s.empty()
	}
	if q == 0 {
		q = slowQuantile
	}
	if q < 0 || q >= 1 {
		return nil, nil, fmt.Errorf("quantile %v: give one above 0 and below 1, such as 0.95", q)
	}
	s.sort()
	limit := stat.Quantile(s.roots(), q)
	fast = &side{label: fmt.Sprintf("%s, below %s", s.label, display.Micros(limit)), skipped: s.skipped, cut: s.cut}
	slow = &side{label: fmt.Sprintf("%s, %s or more", s.label, display.Micros(limit)), cut: s.cut}
	for _, o := range s.observations {
		o.input, o.coarse = 0, 0
		if o.root >= limit {
			slow.observations = append(slow.observations, o)
		} else {
			fast.observations = append(fast.observations, o)
		}
	}
	if len(fast.observations) == 0 {
		return nil, nil, fmt.Errorf("%w in %s: no request is faster than %s, which is what a share of %v stay below", ErrNoCommon, s.label, display.Micros(limit), q)
	}
	return fast, slow, nil
}

// describe finds what changed without asking whether that is chance.
func describe(s *sample) *finding {
	f := &finding{sample: s}
	s.explain(false)
	f.culprits = s.culprits()
	f.rank(sign(f.within()))
	return f
}

// shares gives each row its part of the variance of the durations: how much it varies
// with them.
func (s *sample) shares(changes []labapi.Change) {
	var root stat.Moments
	for _, o := range s.pooled {
		root.Add(float64(o.root))
	}
	products := make([]float64, len(s.all))
	var all float64
	for _, o := range s.pooled {
		apart := float64(o.root) - root.Mean()
		all += apart * apart
		for _, c := range o.cells {
			products[c.path] += apart * float64(c.onPath)
		}
	}
	byText := map[string]float64{}
	for path, product := range products {
		text := labapi.OtherPath
		if s.ofPath[path] > 0 {
			text = s.text(int32(path))
		}
		byText[text] += product
	}
	for i := range changes {
		if share := byText[changes[i].Path]; all > 0 {
			share /= all
			changes[i].Share = &share
		}
	}
	slices.SortStableFunc(changes, func(a, b labapi.Change) int { return compareShares(b.Share, a.Share) })
}

func compareShares(a, b *float64) int {
	switch {
	case a == nil || b == nil || *a == *b:
		return 0
	case *a < *b:
		return -1
	}
	return 1
}
