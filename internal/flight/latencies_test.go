package flight

import (
	"slices"
	"testing"
	"time"
)

// TestQuantiles holds the estimate against the sorted durations.
func TestQuantiles(t *testing.T) {
	var l latencies
	var all []time.Duration
	for i := range halveAt - 1 {
		took := time.Duration(i*i) * time.Microsecond // up to 17 s
		l.add(took)
		all = append(all, took)
	}
	slices.Sort(all)
	for _, q := range []float64{0, 0.01, 0.5, 0.9, 0.99, 0.999} {
		truth := all[int(q*float64(len(all)))]
		if got := l.quantile(q); got < truth || got > truth+truth/7+time.Microsecond {
			t.Errorf("quantile %g is %s; want %s", q, got, truth)
		}
	}
	l.add(time.Hour)
	if got := l.quantile(1); got < time.Minute {
		t.Errorf("the longest is %s", got)
	}
}
