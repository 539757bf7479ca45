package report

import (
	"cmp"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/groups"
	"example.com/tracelab/exectrace/stats"
)

// Goroutine is where the time of a goroutine, or of those of one function, went.
type Goroutine struct {
	Func  string         `json:"func,omitempty"`
	Count int            `json:"count,omitempty"`
	ID    exectrace.GoID `json:"goroutine,omitempty"`
	Times
	// Ranges are times in which the goroutines worked for the collector, or waited to,
	// by the runtime's names. They are a part of the other times.
	Ranges   Ranges `json:"ranges_ns,omitempty"`
	Doubtful bool   `json:"doubtful,omitempty"` // of one: states may be wrong in its time
}

// Goroutines returns the sums of all goroutines by the function that they were started with,
// those first that ran for longest.
func Goroutines(t *exectrace.Trace) []Goroutine {
	in := RangesBy(t, func(id exectrace.GoID) string { g, _ := t.Goroutine(id); return g.Name })
	all := groups.Goroutines(t)
	rows := make([]Goroutine, len(all))
	for i, g := range all {
		rows[i] = Goroutine{Func: g.Name, Count: g.Count, Times: NewTimes(g.Stats), Ranges: in[g.Name]}
	}
	return rows
}

// NewGoroutine returns the row of one goroutine, without its ranges.
func NewGoroutine(t *exectrace.Trace, g exectrace.Goroutine) Goroutine {
	return Goroutine{ID: g.ID, Times: NewTimes(stats.Of(t, g)), Doubtful: t.Doubtful(g.Created, cmp.Or(g.Ended, t.End))}
}

// Named is the name of a function, or what stands in the place of one that the trace does
// not name.
func Named(name string) string { return cmp.Or(name, UnknownFunc) }

// UnknownFunc stands in tables for a function that the trace does not name.
const UnknownFunc = "(unknown)"
