package httpapi

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"example.com/tracelab/internal/metrics"
)

// Series is the requests of one method and one route that were answered with one
// status. Whoever observes them sees to it that methods and routes are few,
// whatever clients send.
type Series struct {
	Method string
	Route  string // empty: of none
	Status int    // 0: there was no response
}

func (s Series) compare(o Series) int {
	return cmp.Or(cmp.Compare(s.Route, o.Route), cmp.Compare(s.Method, o.Method), cmp.Compare(s.Status, o.Status))
}

// Durations counts requests and how long they took.
type Durations struct {
	bounds []float64

	mu     sync.Mutex
	series map[Series]*metrics.Histogram
}

// NewDurations counts in buckets with these upper bounds, in seconds.
func NewDurations(bounds []float64) *Durations {
	return &Durations{bounds: bounds, series: map[Series]*metrics.Histogram{}}
}

// Observe counts a request.
func (d *Durations) Observe(of Series, took time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	h := d.series[of]
	if h == nil {
		h = metrics.NewHistogram(d.bounds)
		d.series[of] = h
	}
	h.Observe(took.Seconds())
}

// All yields what was counted until now, by route, method and status.
func (d *Durations) All() iter.Seq2[Series, *metrics.Histogram] {
	now := d.copy()
	return func(yield func(Series, *metrics.Histogram) bool) {
		for _, of := range slices.SortedFunc(maps.Keys(now), Series.compare) {
			if !yield(of, now[of]) {
				return
			}
		}
	}
}

// copy is short, so that requests do not wait for a page to be written.
func (d *Durations) copy() map[Series]*metrics.Histogram {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := maps.Clone(d.series)
	for of, h := range all {
		all[of] = h.Clone()
	}
	return all
}
