package mmu

import (
	"slices"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/events"
)

// mutatorSource counts a processor as collecting while what runs on it collects.
type mutatorSource struct {
	Options
	now     exectrace.Time
	syncs   int // generations begun since the last gap
	count   int // GOMAXPROCS; 0 until its metric is read
	procs   []collectingProc
	busy    int // processors that collect
	stops   int // stops of the world that go on
	assists goroutines
	open    []*busySeries // of all processors together, or of each
	closed  [][]utilStep
}

// collectingProc is what happens on a processor.
type collectingProc struct {
	runs int32 // the index of the goroutine, plus one; 0: none
	work GCWork
}

// busySeries says from when on how many of a number of processors collect.
type busySeries []busyStep

type busyStep struct {
	t           exectrace.Time
	busy, procs int
}

func newMutatorSource(o Options) *mutatorSource { return &mutatorSource{Options: o} }

func (s *mutatorSource) Event(t *decode.Tables, ev *decode.Event) {
	s.now = max(s.now, exectrace.Time(ev.Time))
	switch ev.Kind() {
	case decode.SyncKind:
		s.syncs++
	case decode.MetricKind:
		if n, ok := events.ProcsOf(ev); ok {
			s.resize(n)
		}
	case decode.RangeBeginKind, decode.RangeActiveKind, decode.RangeEndKind:
		s.ranged(t, ev)
	case decode.TransitionKind:
		if !ev.OfProc() {
			s.transition(ev)
		}
	case decode.LabelKind:
		if p := s.proc(ev.P); p != nil && s.marks(t.Text(ev.Label())) {
			s.set(ev.P, p, p.work|GCBackground)
		}
	}
}

// Gap ends the windows here: what comes next begins without knowledge.
func (s *mutatorSource) Gap() {
	s.resize(0)
	*s = mutatorSource{Options: s.Options, now: s.now, closed: s.closed}
}

func (s *mutatorSource) finish() [][]utilStep {
	s.resize(0)
	return s.closed
}

// proc returns what is known of a processor, nil if there is none.
func (s *mutatorSource) proc(id int32) *collectingProc {
	if id < 0 || id >= events.MaxProcs {
		return nil
	}
	for int(id) >= len(s.procs) {
		s.procs = append(s.procs, collectingProc{})
	}
	return &s.procs[id]
}

// transition follows who runs on a processor. A label follows each time
// that a worker starts to run, and it is no worker any more once it stops.
func (s *mutatorSource) transition(ev *decode.Event) {
	if ev.To == decode.NotExist {
		s.assists.set(ev.Of, false) // its index is another one's soon
	}
	p := s.proc(ev.P)
	if p == nil || ev.From.Executing() == ev.To.Executing() {
		return
	}
	work := p.work & GCSweep
	p.runs = 0
	if ev.To.Executing() {
		p.runs = ev.Of + 1
		if s.assists.has(ev.Of) {
			work |= GCAssist
		}
	}
	s.set(ev.P, p, work)
}

// ranged follows stops, assists and sweeps.
func (s *mutatorSource) ranged(t *decode.Tables, ev *decode.Event) {
	work, on := workOf(t, ev), ev.Kind() != decode.RangeEndKind
	if work == GCAssist {
		g := assistant(ev)
		if ev.Kind() == decode.RangeActiveKind && s.assists.has(g) {
			return // a generation repeats what goes on
		}
		s.assists.set(g, on)
	}
	switch work &= s.Work; work {
	case GCStopTheWorld:
		if on {
			s.stops++
		} else {
			s.stops = max(s.stops-1, 0)
		}
		s.record(-1)
	case GCSweep:
		_, id := ev.Range()
		s.during(int32(id), work, ev.Kind())
	case GCAssist:
		s.during(s.runner(ev), work, ev.Kind())
	}
}

// runner is the processor on which who assists runs; there is none if that waits.
func (s *mutatorSource) runner(ev *decode.Event) int32 {
	if ev.Kind() != decode.RangeActiveKind {
		return ev.P
	}
	g := assistant(ev)
	return int32(slices.IndexFunc(s.procs, func(p collectingProc) bool { return p.runs == g+1 }))
}

// during begins or ends work on a processor. If it is found in progress in the
// first generation, it has been since the beginning: a processor's status is
// written when it next does something else.
func (s *mutatorSource) during(id int32, work GCWork, kind decode.Kind) {
	p := s.proc(id)
	switch {
	case p == nil:
	case kind == decode.RangeEndKind:
		s.set(id, p, p.work&^work)
	default:
		if kind == decode.RangeActiveKind && s.syncs <= 1 && p.work&s.Work == 0 {
			s.backdate(id)
		}
		s.set(id, p, p.work|work)
	}
}

func (s *mutatorSource) backdate(id int32) {
	series := s.seriesOf(id)
	for i := range series {
		steps := *series[i]
		for j := range steps {
			steps[j].busy = min(steps[j].busy+1, steps[j].procs)
		}
	}
}

// set says what happens on a processor from now on.
func (s *mutatorSource) set(id int32, p *collectingProc, work GCWork) {
	was, is := p.work&s.collecting() != 0, work&s.collecting() != 0
	p.work = work
	switch {
	case was == is:
		return
	case is:
		s.busy++
	default:
		s.busy--
	}
	s.record(id)
}

// collecting is the work that counts by processor.
func (s *mutatorSource) collecting() GCWork { return s.Work &^ GCStopTheWorld }

// resize begins and ends series as GOMAXPROCS changes; 0 ends all.
func (s *mutatorSource) resize(n int) {
	for id := n; id < len(s.procs); id++ {
		s.set(int32(id), &s.procs[id], 0)
	}
	s.procs = s.procs[:min(n, len(s.procs))]
	series := min(n, 1)
	if s.PerProc {
		series = n
	}
	for len(s.open) > series {
		last := len(s.open) - 1
		s.closed = append(s.closed, s.open[last].close(s.now))
		s.open = s.open[:last]
	}
	for len(s.open) < series {
		s.open = append(s.open, &busySeries{})
	}
	s.count = n
	s.record(-1)
}

// seriesOf are those to which a processor belongs; -1 is all processors.
func (s *mutatorSource) seriesOf(id int32) []*busySeries {
	switch {
	case !s.PerProc || id < 0:
		return s.open
	case int(id) < len(s.open):
		return s.open[id : id+1]
	}
	return nil
}

// record notes how many processors collect now.
func (s *mutatorSource) record(id int32) {
	for i, series := range s.seriesOf(id) {
		step := busyStep{s.now, s.busy, s.count}
		if s.PerProc {
			step = busyStep{s.now, 0, 1}
			if p := s.proc(max(id, int32(i))); p.work&s.collecting() != 0 {
				step.busy = 1
			}
		}
		if s.stops > 0 {
			step.busy = step.procs
		}
		series.add(step)
	}
}

func (b *busySeries) add(step busyStep) {
	steps := *b
	if n := len(steps); n > 0 && steps[n-1].t == step.t {
		steps = steps[:n-1]
	}
	if n := len(steps); n == 0 || steps[n-1].busy != step.busy || steps[n-1].procs != step.procs {
		steps = append(steps, step)
	}
	*b = steps
}

// close returns what is left of the processors, to the end.
func (b *busySeries) close(end exectrace.Time) []utilStep {
	steps := make([]utilStep, 0, len(*b)+1)
	for _, s := range *b {
		steps = append(steps, utilStep{s.t, 1 - float64(s.busy)/float64(s.procs)})
	}
	return append(steps, utilStep{end, 0})
}
