package stat

import (
	"context"
	"math"
	"math/rand/v2"
	"sort"
)

// Tested is what a permutation test found of a column.
type Tested struct {
	// Z is by how many standard deviations of chance B has more than A, and P the
	// probability that any of all columns differs as much by chance: in the direction of the
	// leading column if this one does, and against it otherwise.
	Z, P    float64
	Against bool
}

// MaxT tests whether the sides differ in any column. In each round the labels of the
// sides are exchanged at random inside the groups, and the largest Z of all columns is
// what chance can do (Westfall and Young): P of the column that differs most is exact
// whatever columns have to do with each other, and those of others are rather too large.
// Of each round the largest Z in the direction of the first column counts, and the one
// against it: what leads to a change as it is on the whole is looked for first.
func MaxT(ctx context.Context, p Plan, g *Groups, columns []Column) ([]Tested, error) {
	t := newTest(g, columns)
	with, against := make([]float64, p.Rounds), make([]float64, p.Rounds)
	err := p.run(ctx, func() func(int, *rand.Rand) {
		w := t.worker()
		return func(round int, r *rand.Rand) { with[round], against[round] = w.largest(r) }
	})
	if err != nil {
		return nil, err
	}
	sort.Float64s(with)
	sort.Float64s(against)
	tested := make([]Tested, len(columns))
	z := t.observed(g)
	for j := range z {
		tested[j] = Tested{Z: z[j], Against: z[j]*z[0] < 0}
		if tested[j].Against {
			tested[j].P = atLeast(against, math.Abs(z[j]))
		} else {
			tested[j].P = atLeast(with, math.Abs(z[j]))
		}
	}
	return tested, nil
}

// atLeast is the share of sorted values that are no less than v, which counts as one of
// them. Sums of the same values in another order differ in the last digits.
func atLeast(sorted []float64, v float64) float64 {
	i := sort.SearchFloat64s(sorted, v*(1-1e-9))
	return float64(len(sorted)-i+1) / float64(len(sorted)+1)
}

// test is a permutation test. Columns are scaled so that the sum over the drawn units,
// less its expectation, is Z.
type test struct {
	groups []drawn
	table  *table
	expect []float64 // of the sum over drawn units, by column
}

func newTest(g *Groups, columns []Column) *test {
	t := &test{groups: g.drawn(), expect: make([]float64, len(columns))}
	scales := make([]float64, len(columns))
	m := make([]Moments, len(t.groups))
	for j, c := range columns {
		clear(m)
		for i, u := range c.Units {
			m[g.Of[u]].Add(c.Values[i])
		}
		mean, variance := t.chance(m)
		if variance > 1e-18*(1+mean*mean) {
			scales[j] = 1 / math.Sqrt(variance)
			t.expect[j] = mean * scales[j]
		}
	}
	t.table = transpose(columns, len(g.Of), func(j int, u int32) float64 { return scales[j] * g.Scale[g.Of[u]] })
	return t
}

// chance is what the sum over drawn units is by chance: of each group as many units as
// its smaller side has, without replacement.
func (t *test) chance(of []Moments) (mean, variance float64) {
	for k, d := range t.groups {
		n, few := float64(len(d.units)), float64(d.few)
		if n < 2 || few == 0 {
			continue
		}
		mean += d.sign * d.scale * few * of[k].sum / n
		variance += d.scale * d.scale * few * (n - few) / n * spread(n, of[k].sum, of[k].squares) / (n - 1)
	}
	return mean, variance
}

// observed is Z of each column, as the sides are.
func (t *test) observed(g *Groups) []float64 {
	z := make([]float64, t.table.columns)
	for _, d := range t.groups {
		for _, u := range d.units {
			if d.isDrawn(g.B[u]) {
				t.table.add(z, u, d.sign)
			}
		}
	}
	for j := range z {
		z[j] -= t.expect[j]
	}
	return z
}

// worker draws for one goroutine.
type worker struct {
	*test
	sums  []float64
	order []int32
}

func (t *test) worker() *worker {
	most := 0
	for _, d := range t.groups {
		most = max(most, len(d.units))
	}
	return &worker{t, make([]float64, t.table.columns), make([]int32, most)}
}

// draw fills sums with Z of each column, the labels exchanged at random.
func (w *worker) draw(r *rand.Rand) {
	clear(w.sums)
	for _, d := range w.groups {
		order := w.order[:copy(w.order, d.units)]
		for i := range d.few {
			k := i + r.IntN(len(order)-i)
			order[i], order[k] = order[k], order[i]
			w.table.add(w.sums, order[i], d.sign)
		}
	}
	for j := range w.sums {
		w.sums[j] -= w.expect[j]
	}
}

func (w *worker) largest(r *rand.Rand) (with, against float64) {
	w.draw(r)
	for _, v := range w.sums {
		if v*w.sums[0] < 0 {
			against = max(against, math.Abs(v))
		} else {
			with = max(with, math.Abs(v))
		}
	}
	return with, against
}
