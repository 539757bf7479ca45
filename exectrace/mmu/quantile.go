package mmu

import (
	"time"

	"example.com/tracelab/exectrace"
)

// Quantiles returns, for each q from 0 to 1, the utilization that a part q of all
// windows of the given length do not exceed. For 0 this is the MMU, and for 0.01 it is
// what go tool trace calls p99: the minimum without the worst hundredth of the windows.
func (u *Utilization) Quantiles(window time.Duration, q ...float64) []float64 {
	found := make([]float64, len(q))
	least := u.MMU(window)
	var all []utilPiece
	total := 0.0
	if window > 0 {
		all, total = u.pieces(exectrace.Time(window))
	}
	space := make([]utilPiece, len(all))
	for i := range q {
		found[i] = least
		if want := q[i] * total; want > 0 {
			found[i] = max(least, quantile(space[:copy(space, all)], want))
		}
	}
	return found
}

// utilPiece is a stretch of places along which the mean utilization of a window
// goes from one value to another, evenly.
type utilPiece struct {
	low, high float64
	places    float64 // in ns
}

// below is how many of its places have a mean of x at most.
func (p utilPiece) below(x float64) float64 {
	switch {
	case p.high <= x:
		return p.places
	case p.low >= x:
		return 0
	}
	return p.places * (x - p.low) / (p.high - p.low)
}

func below(pieces []utilPiece, x float64) (places float64) {
	for _, p := range pieces {
		places += p.below(x)
	}
	return places
}

// pieces are those of all places that the window can have.
func (u *Utilization) pieces(window exectrace.Time) (all []utilPiece, total float64) {
	for _, s := range u.series {
		if s.end()-s.start() <= window {
			continue
		}
		w := s.slide(s.start(), s.end(), window)
		mean, t := w.mean(), w.t
		for w.next(0) {
			next := w.mean()
			places := float64(w.t - t)
			all = append(all, utilPiece{min(mean, next), max(mean, next), places})
			total += places
			mean, t = next, w.t
		}
	}
	return all, total
}

// precise is how near a quantile is to the true one.
const precise = 1e-12

// quantile halves the interval that the value is in, and goes on with the
// pieces that reach into it only, so that all steps together are few more
// than the first. It reorders pieces.
func quantile(pieces []utilPiece, want float64) float64 {
	low, high := 0.0, 1.0
	if below(pieces, low) >= want {
		return low
	}
	for high-low > precise {
		mid := (low + high) / 2
		kept := 0
		if below(pieces, mid) >= want {
			high = mid
			for _, p := range pieces {
				if p.low < mid {
					pieces[kept] = p
					kept++
				}
			}
		} else {
			low = mid
			for _, p := range pieces {
				if p.high > mid {
					pieces[kept] = p
					kept++
				} else {
					want -= p.places
				}
			}
		}
		pieces = pieces[:kept]
	}
	return high
}
