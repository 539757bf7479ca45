package find

import (
	"slices"

	"example.com/tracelab/internal/analysis/stat"
)

// quantile is one of the durations of all traces that were found.
type quantile struct {
	Name string
	US   int64
}

// quantiles are exact: the duration of the trace that so many of all are not above.
func (f *found) quantiles() (list []quantile, sorted []int64) {
	sorted = make([]int64, len(f.all))
	for i := range f.all {
		sorted[i] = f.all[i].duration
	}
	slices.Sort(sorted)
	for _, q := range []struct {
		name string
		part float64
	}{{"p50", .5}, {"p90", .9}, {"p99", .99}, {"max", 1}} {
		list = append(list, quantile{q.name, stat.Quantile(sorted, q.part)})
	}
	return list, sorted
}
