// Package mmu computes the mutator utilization of a Go execution trace: how much
// of the processors the garbage collector left to the program, at worst, for
// windows of any length.
//
// Whether a pause is long depends on what it interrupts: a stop of 1 ms takes all of a
// window of 1 ms, and a thousandth of a window of 1 s. The minimum mutator utilization
// for a length of time is what is left for a request that takes so long, if it meets
// the collector at the worst moment.
package mmu

import (
	"errors"
	"math"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/analysis"
	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/events"
)

// GCWork is a set of kinds of work of the garbage collector: each takes processors away
// from the program, which the literature of collectors calls the mutator.
type GCWork uint8

// The kinds of work, as internal/trace/gc.go of Go separates them.
const (
	// GCStopTheWorld is the time in which the collector stops the world. Stops for
	// other reasons, such as a profile, do not count.
	GCStopTheWorld GCWork = 1 << iota
	// GCBackground is the time in which dedicated and fractional mark workers run. Idle
	// workers do not count: they run only where nothing else is to run.
	GCBackground
	// GCAssist is marking that goroutines have to do before they may allocate.
	GCAssist
	// GCSweep is sweeping that goroutines have to do before they may allocate.
	GCSweep
)

// allWork is what an Options of zero counts.
const allWork = GCStopTheWorld | GCBackground | GCAssist | GCSweep

// Options are the options of Of. The zero value counts all work, on all processors
// together.
type Options struct {
	// Work is the work that counts: an or of the kinds. Zero means all of them.
	Work GCWork
	// PerProc takes each processor by itself, which at any moment either the program
	// or the collector has. This is what a single goroutine can meet. Dedicated
	// workers do not count then, since the scheduler moves goroutines to other
	// processors.
	PerProc bool
	// AsGoTool counts as the page /mmu of go tool trace of Go 1.26 does. It takes a
	// processor for the collector's forever once a mark worker has run there twice,
	// and can lose the end of the trace.
	AsGoTool bool
}

// Utilization is the part of the processors that the program had, over the time of a
// trace. It does not change, and is safe for concurrent use.
type Utilization struct {
	Start    exectrace.Time // when the trace began: the time of its first event
	series   []utilSeries
	asGoTool bool
}

// utilSource is a consumer that finds out how many processors collected when.
type utilSource interface {
	events.Consumer
	finish() [][]utilStep
}

// Of reads all of f and returns the utilization, and the parts of f that could not be
// read, which no window includes. The error is not nil if no event can be read, or if
// the trace does not have the number of processors.
func Of(f *exectrace.File, o Options) (*Utilization, []exectrace.Loss, error) {
	if o.Work == 0 {
		o.Work = allWork
	}
	var source utilSource = newMutatorSource(o)
	if o.AsGoTool {
		f, source = f.AsGoTool(), newGoToolSource(o)
	}
	var start exectrace.Time
	lost, err := analysis.Each(f, source, events.AfterEach(func(ev *decode.Event) {
		if start == 0 {
			start = exectrace.Time(ev.Time)
		}
	}))
	if err != nil {
		return nil, lost, err
	}
	u := newUtilization(source.finish())
	u.Start, u.asGoTool = start, o.AsGoTool
	if s := container.Of(f).Span; s != nil {
		u.Start = exectrace.Time(s.Began)
	}
	if len(u.series) == 0 {
		return nil, lost, errors.New("the trace has no GOMAXPROCS metric, so the number of processors is unknown")
	}
	return u, lost, nil
}

// Span returns the time for which the utilization is known. It begins when the trace
// first has the number of processors, shortly after Start.
func (u *Utilization) Span() (from, to exectrace.Time) {
	from, to = math.MaxInt64, math.MinInt64
	for _, s := range u.series {
		from, to = min(from, s.start()), max(to, s.end())
	}
	return from, to
}

// MMU returns the minimum mutator utilization: the smallest part of the processors,
// from 0 to 1, that the program had in any window of the given length. A window that is
// longer than the trace is as long as the trace. For a window of 0 or less it returns 0.
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
