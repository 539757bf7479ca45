package stat

import "math"

// Moments are sums of values, by which their mean and deviation are known.
type Moments struct{ n, sum, squares float64 }

// Add adds a value.
func (m *Moments) Add(v float64) { m.n++; m.sum += v; m.squares += v * v }

// Mean is zero of nothing.
func (m *Moments) Mean() float64 { return m.sum / max(m.n, 1) }

// Deviation is the standard deviation of what the values are a sample of.
func (m *Moments) Deviation() float64 { return math.Sqrt(m.spread() / max(m.n-1, 1)) }

// spread is the sum of the squares of the differences from the mean.
func (m *Moments) spread() float64 { return spread(m.n, m.sum, m.squares) }

func spread(n, sum, squares float64) float64 {
	s := squares - sum*sum/max(n, 1)
	if s <= 1e-12*squares {
		return 0 // what is left are errors of rounding
	}
	return s
}
