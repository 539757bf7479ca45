package report

import (
	"time"

	"example.com/tracelab/exectrace/mmu"
)

// MMU is the minimum mutator utilization of a trace.
type MMU struct {
	Flags    []string      `json:"flags"`
	PerProc  bool          `json:"per_proc"`
	AsGoTool bool          `json:"as_go_tool"`
	Duration time.Duration `json:"duration_ns"`
	Curve    []MMUPoint    `json:"curve"`
	Worst    []MMUWindow   `json:"worst"`
}

// MMUPoint is the curve at one length of windows.
type MMUPoint struct {
	Window time.Duration `json:"window_ns"`
	MMU    float64       `json:"mmu"`
	P999   float64       `json:"p99_9"`
	P99    float64       `json:"p99"`
	P95    float64       `json:"p95"`
}

// MMUWindow is a window in which the program had little of the processors.
type MMUWindow struct {
	Window      time.Duration `json:"window_ns"`
	At          time.Duration `json:"at_ns"` // since the trace began
	Utilization float64       `json:"utilization"`
}

// GCWorkNames returns the names of the work of the collector, which are those of go tool
// trace.
func GCWorkNames() []string { return []string{"stw", "background", "assist", "sweep"} }

// GCWork returns the work that flags name: some of GCWorkNames. Others count for nothing.
func GCWork(flags []string) (work mmu.GCWork) {
	of := map[string]mmu.GCWork{"stw": mmu.GCStopTheWorld, "background": mmu.GCBackground, "assist": mmu.GCAssist, "sweep": mmu.GCSweep}
	for _, name := range flags {
		work |= of[name]
	}
	return work
}

// NewMMU returns the curve of u, and the worst windows of some lengths: so many of each.
func NewMMU(u *mmu.Utilization, worst int) MMU {
	from, to := u.Span()
	a := MMU{Duration: to.Sub(from), Worst: []MMUWindow{}}
	for _, window := range Windows(a.Duration) {
		q := u.Quantiles(window, 0, 0.001, 0.01, 0.05)
		a.Curve = append(a.Curve, MMUPoint{window, q[0], q[1], q[2], q[3]})
	}
	for _, window := range decades(time.Millisecond, a.Duration) {
		for _, w := range u.Worst(window, worst) {
			a.Worst = append(a.Worst, MMUWindow{window, w.Time.Sub(u.Start), w.Utilization})
		}
	}
	return a
}

// Windows returns 1, 2, 5, 10 µs and so on, up to the whole.
func Windows(whole time.Duration) (all []time.Duration) {
	for _, decade := range decades(time.Microsecond, whole) {
		for _, n := range []time.Duration{1, 2, 5} {
			if n*decade < whole {
				all = append(all, n*decade)
			}
		}
	}
	return append(all, whole)
}

// decades are first, ten times that and so on, while they are less than whole.
func decades(first, whole time.Duration) (all []time.Duration) {
	for d := first; d < whole; d *= 10 {
		all = append(all, d)
		if d > whole/10 {
			break // rather than overflow
		}
	}
	return all
}
