package stat

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// Quantile is the least of sorted values that a share q of them is not above.
func Quantile(sorted []int64, q float64) int64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[quantileAt(len(sorted), q)]
}

func quantileAt(n int, q float64) int {
	return min(max(int(math.Ceil(q*float64(n)-1e-9))-1, 0), n-1)
}

// QuantileDifference is by how much the quantile of b is above that of a, both sorted and
// not empty, and what encloses it with a confidence of 95 %, by bootstrap. Which value is
// the quantile of a sample that is drawn with replacement is itself drawn at random, by
// its rank: the n draws are not made.
func QuantileDifference(ctx context.Context, p Plan, a, b []int64, q float64) (difference, low, high int64, err error) {
	values := make([]int64, p.Rounds)
	err = p.run(ctx, func() func(int, *rand.Rand) {
		return func(round int, r *rand.Rand) { values[round] = drawnQuantile(b, q, r) - drawnQuantile(a, q, r) }
	})
	if err != nil {
		return 0, 0, 0, err
	}
	slices.Sort(values)
	return Quantile(b, q) - Quantile(a, q), Quantile(values, 0.025), Quantile(values, 0.975), nil
}

// drawnQuantile is the quantile of as many values as there are, drawn with replacement.
// The rank-th of n uniform numbers is the sum of rank exponential ones in parts of the
// sum of n+1.
func drawnQuantile(sorted []int64, q float64, r *rand.Rand) int64 {
	n := len(sorted)
	rank := quantileAt(n, q) + 1
	var below, all float64
	for i := range n + 1 {
		all += r.ExpFloat64()
		if i+1 == rank {
			below = all
		}
	}
	return sorted[min(int(below/all*float64(n)), n-1)]
}
