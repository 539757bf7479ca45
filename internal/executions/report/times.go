// Package report is what tracelab exec and the pages say of an execution trace: the rows of
// their tables, with the JSON of the commands.
package report

import (
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/stats"
)

// Times are times by state.
type Times struct {
	Total     time.Duration `json:"total_ns"`
	Execution time.Duration `json:"execution_ns"`
	Network   time.Duration `json:"network_ns"`
	Sync      time.Duration `json:"sync_ns"`
	Syscall   time.Duration `json:"syscall_ns"`
	Scheduler time.Duration `json:"scheduler_ns"`
	Sleep     time.Duration `json:"sleep_ns"`
	GC        time.Duration `json:"gc_ns"`
	Other     time.Duration `json:"other_ns"`

	Waiting map[string]time.Duration `json:"waiting_ns"` // by the runtime's reasons
}

// NewTimes returns the times of s.
func NewTimes(s stats.Stats) Times {
	return Times{
		Total: s.Total, Execution: s.Running, Scheduler: s.Runnable, Syscall: s.Syscall + s.SyscallBlocked,
		Network: s.Waited(stats.WaitNetwork), Sync: s.Waited(stats.WaitSync), Sleep: s.Waited(stats.WaitSleep),
		GC: s.Waited(stats.WaitGC), Other: s.Waited(stats.WaitOther) + s.Unknown, Waiting: s.Waiting,
	}
}

// Columns returns the times in the order of ColumnNames. The first is the sum of the others.
func (r Times) Columns() []time.Duration {
	return []time.Duration{r.Total, r.Execution, r.Network, r.Sync, r.Syscall, r.Scheduler, r.Sleep, r.GC, r.Other}
}

// ColumnNames returns the names of Times.Columns.
func ColumnNames() []string {
	return []string{"total", "execution", "network", "sync", "syscall", "scheduler", "sleep", "gc", "other"}
}

// Ranges are the times of goroutines in ranges of the runtime, by their names. go tool
// trace calls them special ranges.
type Ranges map[string]time.Duration

// RangesBy returns the sums of the ranges of goroutines by a key, such as their function.
func RangesBy[K comparable](t *exectrace.Trace, key func(exectrace.GoID) K) map[K]Ranges {
	sums := map[K]Ranges{}
	for r := range t.Ranges() {
		if r.Goroutine == 0 {
			continue
		}
		k := key(r.Goroutine)
		if sums[k] == nil {
			sums[k] = Ranges{}
		}
		sums[k][r.Name] += r.End.Sub(r.Start)
	}
	return sums
}

// RangesOf returns the sums of the ranges of one goroutine.
func RangesOf(t *exectrace.Trace, id exectrace.GoID) Ranges {
	return RangesBy(t, func(of exectrace.GoID) bool { return of == id })[true]
}
