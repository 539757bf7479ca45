package report

import (
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/groups"
	"example.com/tracelab/exectrace/stats"
)

// Lasted is how long tasks or regions of one kind lasted.
type Lasted struct {
	Name     string          `json:"name"`
	Func     string          `json:"func,omitempty"` // that begins a region
	Count    int             `json:"count"`
	Complete int             `json:"complete"` // those that began and ended in the trace
	P50      time.Duration   `json:"p50_ns"`
	P90      time.Duration   `json:"p90_ns"`
	P99      time.Duration   `json:"p99_ns"`
	Max      time.Duration   `json:"max_ns"`
	Buckets  []groups.Bucket `json:"-"`
	Doubling []Bucket        `json:"histogram"`
	Slowest  []Slow          `json:"slowest"`
}

// Bucket counts durations from From to twice that.
type Bucket struct {
	From  time.Duration `json:"from_ns"`
	Count int           `json:"count"`
}

// Slow is one of the slowest.
type Slow struct {
	Task      exectrace.TaskID `json:"task"`
	Goroutine exectrace.GoID   `json:"goroutine,omitempty"`
	At        time.Duration    `json:"at_ns"` // since the trace began
	Duration  time.Duration    `json:"duration_ns"`
	Doubtful  bool             `json:"doubtful,omitempty"`
}

func newLasted(count int, d groups.Distribution) Lasted {
	row := Lasted{
		Count: count, Complete: len(d), P50: d.Quantile(.5), P90: d.Quantile(.9), P99: d.Quantile(.99), Max: d.Quantile(1), Buckets: d.Buckets(),
	}
	for _, b := range row.Buckets {
		row.Doubling = append(row.Doubling, Bucket(b))
	}
	return row
}

// Tasks returns how long tasks lasted, by their name.
func Tasks(t *exectrace.Trace) []Lasted {
	rows := []Lasted{}
	for _, g := range groups.Tasks(t) {
		row := newLasted(g.Count, g.Lasted)
		row.Name = g.Name
		for _, k := range g.Slowest {
			row.Slowest = append(row.Slowest, Slow{Task: k.ID, At: k.Start.Sub(t.Began), Duration: k.End.Sub(k.Start), Doubtful: t.Doubtful(k.Start, k.End)})
		}
		rows = append(rows, row)
	}
	return rows
}

// Regions returns how long regions lasted, by their type and the function that begins them.
func Regions(t *exectrace.Trace, o groups.RegionOptions) []Lasted {
	rows := []Lasted{}
	for _, g := range groups.Regions(t, o) {
		row := newLasted(g.Count, g.Lasted)
		row.Name, row.Func, row.Complete = g.Type, g.Name, g.Complete
		for _, r := range g.Slowest {
			row.Slowest = append(row.Slowest, Slow{r.Task, r.Goroutine, r.Start.Sub(t.Began), r.End.Sub(r.Start), t.Doubtful(r.Start, r.End)})
		}
		rows = append(rows, row)
	}
	return rows
}

// Region is a region with what its goroutine did in it.
type Region struct {
	Task      exectrace.TaskID `json:"task"`
	Goroutine exectrace.GoID   `json:"goroutine"`
	Func      string           `json:"func"`  // that begins it
	At        time.Duration    `json:"at_ns"` // since the trace began
	Complete  bool             `json:"complete"`
	Doubtful  bool             `json:"doubtful,omitempty"`
	Times
}

// NewRegion returns the row of a region.
func NewRegion(t *exectrace.Trace, r exectrace.Region, o groups.RegionOptions) Region {
	row := Region{
		Task: r.Task, Goroutine: r.Goroutine, Func: groups.RegionFunc(t, r, o),
		At: r.Start.Sub(t.Began), Complete: r.Begun && r.Ended, Doubtful: t.Doubtful(r.Start, r.End),
	}
	if g, ok := t.RegionGoroutine(r); ok {
		row.Times = NewTimes(stats.Between(t, g, r.Start, r.End))
	}
	return row
}
