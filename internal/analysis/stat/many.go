package stat

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"sync"
)

// BenjaminiHochberg adjusts the P of many values that were tried: of those with an
// adjusted P of at most 5 %, at most 5 % are there by chance, in the mean.
func BenjaminiHochberg(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(p[a], p[b]), cmp.Compare(a, b)) })
	adjusted := make([]float64, len(p))
	least := 1.0
	for i := len(order) - 1; i >= 0; i-- {
		least = min(least, p[order[i]]*float64(len(p))/float64(i+1))
		adjusted[order[i]] = least
	}
	return adjusted
}

// Associations tests which of many marks of units go with a measure of them, such as tags
// of requests with their durations. A mark is the ascending list of the units that have
// it. The measure is exchanged at random between units, and Z of all marks in all rounds
// are what chance can do: P is not adjusted for the number of marks.
func Associations(ctx context.Context, p Plan, measure []float64, marks [][]int32) ([]Tested, error) {
	a := newAssociation(measure)
	var mu sync.Mutex
	counts := make([]int64, len(marks))
	observed := make([]Tested, len(marks))
	levels := make([]float64, len(marks)) // |Z| of the marks, ascending
	for j, units := range marks {
		observed[j].Z = a.z(measure, units)
		levels[j] = math.Abs(observed[j].Z)
	}
	sort.Float64s(levels)
	err := p.run(ctx, func() func(int, *rand.Rand) {
		shuffled := make([]float64, len(measure))
		reached := make([]int64, len(marks))
		return func(_ int, r *rand.Rand) {
			clear(reached)
			copy(shuffled, measure)
			r.Shuffle(len(shuffled), func(i, k int) { shuffled[i], shuffled[k] = shuffled[k], shuffled[i] })
			for _, units := range marks {
				z := math.Abs(a.z(shuffled, units)) * (1 + 1e-9)
				if i := sort.Search(len(levels), func(i int) bool { return levels[i] > z }); i > 0 {
					reached[i-1]++
				}
			}
			mu.Lock()
			defer mu.Unlock()
			for i, n := range reached {
				counts[i] += n
			}
		}
	})
	for i := len(counts) - 2; i >= 0; i-- {
		counts[i] += counts[i+1] // all that reached this level or a higher one
	}
	drawn := float64(p.Rounds*len(marks)) + 1
	for j := range observed {
		i := sort.SearchFloat64s(levels, math.Abs(observed[j].Z))
		observed[j].P = float64(counts[i]+1) / drawn
	}
	return observed, err
}

// association has the mean of a measure and how much it spreads.
type association struct{ n, mean, variance float64 }

func newAssociation(measure []float64) association {
	var m Moments
	for _, v := range measure {
		m.Add(v)
	}
	n := float64(len(measure))
	return association{n, m.sum / n, m.spread() / max(n-1, 1)}
}

// z is by how many standard deviations of chance the units have more than others.
func (a association) z(measure []float64, units []int32) float64 {
	var sum float64
	for _, u := range units {
		sum += measure[u]
	}
	k := float64(len(units))
	variance := a.variance * k * (a.n - k) / a.n
	if variance <= 1e-12*a.mean*a.mean {
		return 0
	}
	return (sum - k*a.mean) / math.Sqrt(variance)
}
