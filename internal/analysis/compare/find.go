package compare

import (
	"context"
	"sync"

	"example.com/tracelab/internal/analysis/stat"
	"example.com/tracelab/internal/labapi"
)

// finding is what was found of a sample.
type finding struct {
	*sample
	resampled *stat.Resampled
	culprits  []culprit // those with most of the change first
	claimed   bool      // there is evidence for the first of them
	error     float64   // standard error of the change of the mean duration
	halves    []half    // of the sides, where they are windows
	errors    *errorFinding
	quantile  *labapi.QuantileChange
}

// find compares two sides.
func find(ctx context.Context, s *sample, o Options) (*finding, error) {
	f := &finding{sample: s}
	rounds := permutations + resamplings
	if s.layout.windows {
		rounds += 2 * halfRounds
	}
	plan := stat.Plan{Seed: o.Seed, Tick: ticker(o.Progress, rounds)}
	m := s.measures()
	f.errors = s.errorMeasures(m)
	plan.Rounds = permutations
	if err := m.test(ctx, plan, s); err != nil {
		return nil, err
	}
	s.explain(true)
	var err error
	plan.Rounds = resamplings
	if f.resampled, err = s.resample(ctx, plan); err != nil {
		return nil, err
	}
	f.error = f.standardError()
	if s.layout.windows {
		plan.Rounds = halfRounds
		if f.halves, err = s.testHalves(ctx, plan); err != nil {
			return nil, err
		}
	}
	f.judge()
	f.quantile, err = s.findQuantile(ctx, stat.Plan{Rounds: resamplings, Seed: o.Seed}, o.Quantile)
	return f, err
}

// ticker calls a progress function one call at a time. It may be nil.
func ticker(progress func(done, total int), total int) func() {
	if progress == nil {
		return nil
	}
	var mu sync.Mutex
	done := 0
	return func() {
		mu.Lock()
		defer mu.Unlock()
		done++
		if done%25 == 0 || done == total {
			progress(done, total)
		}
	}
}

// changeIn is the change of a row in a resampling.
func (f *finding) changeIn(round, i int) float64 {
	v := f.resampled.At(round, i)
	if f.layout.block != nil {
		v += f.rows[i].delta() // blocks count by how far they are from it
	}
	return v
}

// interval encloses the change of rows with a confidence of 95 %.
func (f *finding) interval(rows ...int) (low, high float64) {
	return f.resampled.Interval(func(round int) (sum float64) {
		for _, i := range rows {
			sum += f.changeIn(round, i)
		}
		return sum
	})
}
