package stat

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// Resampled are the values that columns had in each round of a bootstrap.
type Resampled struct {
	rounds, columns int
	values          []float32
}

// At is the value of a column in a round.
func (s *Resampled) At(round, column int) float64 {
	return float64(s.values[round*s.columns+column])
}

// Rounds is how many rounds there were.
func (s *Resampled) Rounds() int { return s.rounds }

// Interval encloses what sum of the columns of a round, as f gives it, with a confidence
// of 95 %.
func (s *Resampled) Interval(f func(round int) float64) (low, high float64) {
	values := make([]float64, s.rounds)
	for i := range values {
		values[i] = f(i)
	}
	slices.Sort(values)
	return values[int(0.025*float64(s.rounds))], values[min(int(math.Ceil(0.975*float64(s.rounds))), s.rounds)-1]
}

// Bootstrap draws units with replacement, of each group and side as many as it has, and
// adds up the columns. Values of a unit are what it adds to the difference of the sides,
// so that a sum is that difference, for other units of the same kind.
func Bootstrap(ctx context.Context, p Plan, g *Groups, columns []Column) (*Resampled, error) {
	t := transpose(columns, len(g.Of), func(int, int32) float64 { return 1 })
	cells := g.cells()
	s := &Resampled{p.Rounds, len(columns), make([]float32, p.Rounds*len(columns))}
	err := p.run(ctx, func() func(int, *rand.Rand) {
		sums := make([]float64, len(columns))
		return func(round int, r *rand.Rand) {
			clear(sums)
			for _, units := range cells {
				for range units {
					t.add(sums, units[r.IntN(len(units))], 1)
				}
			}
			for j, v := range sums {
				s.values[round*s.columns+j] = float32(v)
			}
		}
	})
	return s, err
}

// cells are the units of each side of each group.
func (g *Groups) cells() [][]int32 {
	cells := make([][]int32, 2*len(g.Scale))
	for i, k := range g.Of {
		c := 2 * k
		if g.B[i] {
			c++
		}
		cells[c] = append(cells[c], int32(i))
	}
	return cells
}
