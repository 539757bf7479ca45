package compare

import (
	"cmp"
	"context"
	"math"
	"slices"

	"example.com/tracelab/internal/analysis/critical"
)

// side is a set of traces as it is compared.
type side struct {
	label        string
	cut          bool
	observations []observation // by start
	skipped      int           // traces without a request of known duration
	requests     int           // with a failed one
}

// reader reads sets.
type reader struct {
	observer
	inputs
	marks    *marks // nil: tags are not asked for
	progress func(done, total int)
	count    int
}

func newReader(o Options) *reader {
	return &reader{observer: observer{paths: newPaths()}, inputs: newInputs(o.Strata), progress: o.Progress}
}

// read makes observations of all traces of a set.
func (r *reader) read(ctx context.Context, set Set) (*side, error) {
	s := &side{label: set.Label, cut: set.Cut}
	if set.Traces == nil {
		return s, nil
	}
	for spans := range set.Traces {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		t := critical.Of(spans, critical.Options{})
		obs, root, ok := r.observe(t)
		if !ok {
			s.skipped++
		} else {
			obs.input, obs.coarse = r.inputs.of(t, root)
			r.marks.add(t, root)
			s.observations = append(s.observations, obs)
		}
		if r.count++; r.progress != nil && r.count%100 == 0 {
			r.progress(r.count, 0)
		}
	}
	return s, ctx.Err()
}

// sort brings observations into an order that does not depend on the one they came in.
func (s *side) sort() {
	slices.SortFunc(s.observations, func(a, b observation) int { return compareObservations(&a, &b) })
}

func compareObservations(a, b *observation) int {
	return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.trace.High, b.trace.High),
		cmp.Compare(a.trace.Low, b.trace.Low), cmp.Compare(a.root, b.root))
}

// before reports whether a set began before another. What is computed is of the earlier
// one first, whichever is called A, so that to exchange them changes signs alone.
func (s *side) before(other *side) bool {
	s.sort()
	other.sort()
	for i := range min(len(s.observations), len(other.observations)) {
		if order := compareObservations(&s.observations[i], &other.observations[i]); order != 0 {
			return order < 0
		}
	}
	return len(s.observations) < len(other.observations)
}

// roots are the durations of a side, ascending.
func (s *side) roots() []int64 {
	roots := make([]int64, len(s.observations))
	for i := range s.observations {
		roots[i] = s.observations[i].root
	}
	slices.Sort(roots)
	return roots
}

func (s *side) mean() float64 {
	var sum int64
	for i := range s.observations {
		sum += s.observations[i].root
	}
	return float64(sum) / float64(len(s.observations))
}

func round(v float64) int64 { return int64(math.Round(v)) }
