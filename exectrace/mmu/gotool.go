package mmu

import (
	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/events"
)

// goToolSource counts by the rules of MutatorUtilizationV2 in
// internal/trace/gc.go of Go 1.26, where they differ from mutatorSource's:
//
//   - Who was a mark worker once is one for ever, and is counted when it starts
//     to run, once more when the label follows, and taken off once when it stops.
//   - A series ends where the utilization last became 0, if it still is 0 in
//     the end.
//   - An assist found in progress counts for the processor of that event,
//     even if the goroutine waits.
//   - What is found in progress is not dated back if processors are followed
//     one by one.
type goToolSource struct {
	Options
	now     exectrace.Time
	sync    uint64
	procs   []goToolProc
	counts  []goToolCount
	stops   int
	assists goroutines
	workers goroutines
	running goroutines
	series  [][]utilStep
	dirty   bool // a series does not end with what is the case
}

// goToolProc is a processor: what collects on it, and the index of its series.
type goToolProc struct{ collects, series int }

// goToolCount says from when on there were how many processors.
type goToolCount struct {
	t exectrace.Time
	n int
}

func newGoToolSource(o Options) *goToolSource { return &goToolSource{Options: o} }

func (s *goToolSource) Event(t *decode.Tables, ev *decode.Event) {
	s.now = max(s.now, exectrace.Time(ev.Time))
	kind := ev.Kind()
	switch kind {
	case decode.SyncKind:
		s.sync = ev.Args[0]
	case decode.MetricKind:
		if n, ok := events.ProcsOf(ev); ok {
			s.resize(n)
		}
	}
	if len(s.procs) == 0 {
		return
	}
	switch kind {
	case decode.RangeBeginKind, decode.RangeActiveKind, decode.RangeEndKind:
		s.ranged(t, ev)
	case decode.TransitionKind:
		if !ev.OfProc() {
			s.transition(ev)
		}
	case decode.LabelKind:
		if s.marks(t.Text(ev.Label())) {
			s.workers.set(ev.G, true)
			s.collect(ev.P, 1)
		}
	}
	s.record()
}

// Gap forgets who the goroutines are. The tool ends where damage begins.
func (s *goToolSource) Gap() { s.assists, s.workers, s.running = nil, nil, nil }

func (s *goToolSource) finish() [][]utilStep {
	for _, p := range s.procs {
		s.add(p.series, 0)
	}
	return s.series
}

func (s *goToolSource) collect(id int32, n int) {
	if 0 <= id && int(id) < len(s.procs) {
		s.procs[id].collects += n
		s.dirty = true
	}
}

func (s *goToolSource) resize(n int) {
	for len(s.procs) > n {
		last := len(s.procs) - 1
		if s.PerProc {
			s.add(s.procs[last].series, 0)
		}
		s.procs = s.procs[:last]
	}
	for len(s.procs) < n {
		series := 0
		if s.PerProc || len(s.series) == 0 {
			series = len(s.series)
			s.series = append(s.series, []utilStep{{s.now, 1}})
		}
		s.procs = append(s.procs, goToolProc{series: series})
	}
	if k := len(s.counts); k == 0 || s.counts[k-1].n != n {
		s.counts = append(s.counts, goToolCount{s.now, n})
	}
	s.dirty = true
}

func (s *goToolSource) ranged(t *decode.Tables, ev *decode.Event) {
	work := workOf(t, ev) & s.Work
	n := 1
	switch {
	case ev.Kind() == decode.RangeEndKind:
		n = -1
	case ev.Kind() == decode.RangeActiveKind && s.sync > 1:
		return
	case ev.Kind() == decode.RangeActiveKind:
		if work == GCSweep || work == GCAssist && s.running.has(ev.G) {
			s.backdate()
		}
	}
	switch work {
	case GCStopTheWorld:
		s.stops += n
		s.dirty = true
	case GCSweep:
		s.collect(ev.P, n)
	case GCAssist:
		s.collect(ev.P, n)
		s.assists.set(assistant(ev), n > 0)
	}
}

// backdate takes a processor off all that has been.
func (s *goToolSource) backdate() {
	if s.PerProc {
		return
	}
	k := 0
	for i := range s.series[0] {
		step := &s.series[0][i]
		for k+1 < len(s.counts) && s.counts[k+1].t < step.t {
			k++
		}
		step.util = max(step.util-1/float64(s.counts[k].n), 0)
	}
	s.dirty = true
}

func (s *goToolSource) transition(ev *decode.Event) {
	g, from, to := ev.Of, ev.From.Executing(), ev.To.Executing()
	if from != to && (s.assists.has(g) || s.workers.has(g)) {
		n := 1
		if from {
			n = -1
		}
		s.collect(ev.P, n)
	}
	s.running.set(g, to)
	if ev.To == decode.NotExist { // its index is another one's soon
		s.assists.set(g, false)
		s.workers.set(g, false)
	}
}

// record notes what has changed. What could not be noted, because something
// else was at the same time, is with the next event.
func (s *goToolSource) record() {
	if !s.dirty {
		return
	}
	s.dirty = false
	busy := 0
	for _, p := range s.procs {
		util := 1.0
		if s.stops > 0 || p.collects > 0 {
			util = 0
			busy++
		}
		if s.PerProc {
			s.add(p.series, util)
		}
	}
	if !s.PerProc {
		s.add(0, 1-float64(busy)/float64(len(s.procs)))
	}
}

// add appends to a series. Of several utilizations at a time it keeps the least.
func (s *goToolSource) add(series int, util float64) {
	steps := s.series[series]
	last := &steps[len(steps)-1]
	switch {
	case last.util == util:
	case last.t != s.now:
		s.series[series] = append(steps, utilStep{s.now, util})
	default:
		last.util = min(last.util, util)
		s.dirty = s.dirty || last.util != util
	}
}

// goToolBands is bandsPerSeries in internal/trace/gc.go.
const goToolBands = 1000

// goToolBehind is the mean of a window that reaches behind the end, if the tool
// looks at one, else 1. The tool divides a series into bands of one length, and
// begins in each that a window may begin in with one that begins with the band,
// also if there is not enough left of the series. Behind the end it sees 0.
func (s utilSeries) goToolBehind(window exectrace.Time) float64 {
	bands := exectrace.Time(min(goToolBands, len(s)))
	band := max((s.end()-s.start()+bands-1)/bands, 1)
	spans := (window + 2*(band-1)) / band
	at := s.start() + (bands+1-spans)*band
	if window <= 0 || at < s.start() || at <= s.end()-window {
		return 1
	}
	left := s.at(0, at)
	return (s.until(s.at(left, at+window), at+window) - s.until(left, at)) / float64(window)
}
