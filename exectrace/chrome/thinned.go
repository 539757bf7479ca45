package chrome

import (
	"time"

	"example.com/tracelab/exectrace/counters"
)

// point has the values of the counters from a time on, since the trace began.
type point struct {
	at     time.Duration
	values counters.Values
}

// maxPoints is how many values of the counters are written at most. Of less time, as when a
// part is written, all values are.
const maxPoints = 10_000

// thinned are the values over time: of each step, the first ones.
type thinned struct {
	points []point
	step   time.Duration
}

func (t *thinned) add(at time.Duration, v counters.Values) {
	if n := len(t.points); n > 0 && at < t.points[n-1].at+t.step {
		return
	}
	if len(t.points) == maxPoints {
		t.thin()
	}
	t.points = append(t.points, point{at, v})
}

// thin doubles the step until half of the points are left, at most.
func (t *thinned) thin() {
	for len(t.points) > maxPoints/2 {
		t.step = max(2*t.step, time.Microsecond)
		kept := t.points[:1]
		for _, p := range t.points[1:] {
			if p.at >= kept[len(kept)-1].at+t.step {
				kept = append(kept, p)
			}
		}
		t.points = kept
	}
}
