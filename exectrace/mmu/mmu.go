// Package mmu computes the mutator utilization of a Go execution trace: how much
// of the processors the garbage collector left to the program, at worst, for
// windows of any length.
//
// A pause is short or long only against a length of time: a stop of 1 ms takes all
// of a window of 1 ms, and a thousandth of one of a second. The minimum mutator
// utilization of a window's length says what a request that takes so long is left
// with if it meets the collector at the worst moment.
package mmu

import (
	"errors"
	"math"
	"strings"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/analysis"
	"example.com/tracelab/exectrace/internal/events"
	"golang.org/x/exp/trace"
)

// GCWork is work of the garbage collector that takes processors away from the
// program, which its literature calls the mutator.
type GCWork uint8

// The kinds of work, as internal/trace/gc.go separates them.
const (
	// GCStopTheWorld are the moments in which the collector stops the program.
	// Stops that a program or a profiler asks for are not its own.
	GCStopTheWorld = GCWork(events.StopTheWorld)
	// GCBackground are its dedicated and fractional mark workers while they
	// run. Idle workers run only when there is nothing else to run.
	GCBackground = GCWork(events.Background)
	// GCAssist is marking that goroutines have to do before they may allocate.
	GCAssist = GCWork(events.Assist)
	// GCSweep is sweeping that they have to do before they may allocate.
	GCSweep = GCWork(events.Sweep)
)

// Options say what to count, and how.
type Options struct {
	Work GCWork
	// PerProc follows each processor by itself, which is at any moment the
	// program's or not: what a single goroutine may meet. Dedicated workers do
	// not count then, since the scheduler moves goroutines out of their way.
	PerProc bool
	// AsGoTool counts as the page /mmu of go tool trace does in Go 1.26: it takes
	// a processor for collecting as soon as a mark worker has run there twice,
	// and can lose the end of the trace.
	AsGoTool bool
}

// Utilization is the part of the processors that the program had, from moment
// to moment. Its methods may be called at the same time.
type Utilization struct {
	Start    exectrace.Time // of the trace: of its first event
	series   []utilSeries
	asGoTool bool
}

// utilSource is a consumer that finds out how many processors collected when.
type utilSource interface {
	events.Consumer
	finish() [][]utilStep
}

// Of follows the collector through the trace. Where a part of it is
// lost no window reaches across.
func Of(f *exectrace.File, o Options) (*Utilization, []exectrace.Loss, error) {
	var source utilSource = newMutatorSource(o)
	if o.AsGoTool {
		source = newGoToolSource(o)
	}
	var start exectrace.Time
	lost, err := analysis.Each(f, source, events.AfterEach(func(ev *trace.Event) {
		if start == 0 {
			start = exectrace.Time(ev.Time())
		}
	}))
	if err != nil {
		return nil, lost, err
	}
	u := newUtilization(source.finish())
	u.Start, u.asGoTool = start, o.AsGoTool
	if len(u.series) == 0 {
		return nil, lost, errors.New("the trace has no GOMAXPROCS metric, so the number of processors is unknown")
	}
	return u, lost, nil
}

// Span is the time that is known of. It begins with the first word of how many
// processors there are, shortly after the trace does.
func (u *Utilization) Span() (from, to exectrace.Time) {
	from, to = math.MaxInt64, math.MinInt64
	for _, s := range u.series {
		from, to = min(from, s.start()), max(to, s.end())
	}
	return from, to
}

// MMU is the minimum mutator utilization: the smallest part of the processors,
// of 0 to 1, that the program had in any window of that length. A window longer
// than the trace is cut to it; one of no length has no utilization, and gives 0.
func (u *Utilization) MMU(window time.Duration) float64 {
	if window <= 0 {
		return 0
	}
	least := 1.0
	for _, s := range u.series {
		_, util := s.lowest(s.start(), s.end(), s.clip(window))
		least = min(least, util)
		if u.asGoTool {
			least = min(least, s.goToolBehind(s.clip(window)))
		}
	}
	return max(least, 0)
}

// workOf returns what a range of time is spent on; 0 if that is no collecting.
func workOf(name string) GCWork { return GCWork(events.WorkOf(name)) }

// marks says whether a goroutine with this label is a mark worker that counts.
func (o Options) marks(label string) bool {
	switch {
	case !strings.HasPrefix(label, "GC "), label == "GC (idle)":
		return false
	case o.PerProc && label == "GC (dedicated)":
		return false
	}
	return o.Work&GCBackground != 0
}
