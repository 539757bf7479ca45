package mmu

import (
	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/events"
	"golang.org/x/exp/trace"
)

// mutatorSource counts a processor as collecting while what runs on it collects.
type mutatorSource struct {
	Options
	now    exectrace.Time
	syncs  int // generations begun since the last gap
	count  int // GOMAXPROCS; 0 until its metric is read
	procs  map[trace.ProcID]*collectingProc
	busy   int // processors that collect
	stops  int // stops of the world that go on
	ranges events.Ranges
	open   []*busySeries // of all processors together, or of each
	closed [][]utilStep
}

// collectingProc is what happens on a processor.
type collectingProc struct {
	runs trace.GoID
	work GCWork
}

// busySeries says from when on how many of a number of processors collect.
type busySeries []busyStep

type busyStep struct {
	t           exectrace.Time
	busy, procs int
}

func newMutatorSource(o Options) *mutatorSource {
	s := &mutatorSource{Options: o}
	s.forget()
	return s
}

func (s *mutatorSource) forget() {
	s.syncs, s.count, s.busy, s.stops = 0, 0, 0, 0
	s.procs = map[trace.ProcID]*collectingProc{}
	s.ranges = events.Ranges{}
	s.open = nil
}

func (s *mutatorSource) Event(ev *trace.Event) {
	s.now = max(s.now, exectrace.Time(ev.Time()))
	switch ev.Kind() {
	case trace.EventSync:
		s.syncs++
		s.ranges.Next(ev)
	case trace.EventMetric:
		if n, ok := events.ProcsOf(ev); ok {
			s.resize(n)
		}
	case trace.EventRangeBegin, trace.EventRangeActive, trace.EventRangeEnd:
		s.ranged(ev)
	case trace.EventStateTransition:
		if st := ev.StateTransition(); st.Resource.Kind == trace.ResourceGoroutine {
			s.transition(ev.Proc(), st)
		}
	case trace.EventLabel:
		if p := s.proc(ev.Proc()); p != nil && s.marks(ev.Label().Label) {
			s.set(ev.Proc(), p, p.work|GCBackground)
		}
	}
}

// gap ends the windows here: what comes next begins without knowledge.
func (s *mutatorSource) Gap() {
	s.resize(0)
	s.forget()
}

func (s *mutatorSource) finish() [][]utilStep {
	s.resize(0)
	return s.closed
}

// proc returns what is known of a processor, nil if there is none.
func (s *mutatorSource) proc(id trace.ProcID) *collectingProc {
	if id < 0 || id >= events.MaxProcs {
		return nil
	}
	p := s.procs[id]
	if p == nil {
		p = &collectingProc{runs: trace.NoGoroutine}
		s.procs[id] = p
	}
	return p
}

// transition follows who runs on a processor. A label follows each time
// that a worker starts to run, and it is no worker any more once it stops.
func (s *mutatorSource) transition(id trace.ProcID, st trace.StateTransition) {
	from, to := st.Goroutine()
	p := s.proc(id)
	if p == nil || from.Executing() == to.Executing() {
		return
	}
	g, work := st.Resource.Goroutine(), p.work&GCSweep
	if !to.Executing() {
		g = trace.NoGoroutine
	} else if s.ranges.On(events.AssistOf(g)) {
		work |= GCAssist
	}
	p.runs = g
	s.set(id, p, work)
}

// ranged follows stops, assists and sweeps.
func (s *mutatorSource) ranged(ev *trace.Event) {
	x, began, ended := s.ranges.Next(ev)
	if !began && !ended {
		return
	}
	switch work := workOf(x.Name) & s.Work; work {
	case GCStopTheWorld:
		if began {
			s.stops++
		} else {
			s.stops--
		}
		s.record(-1)
	case GCSweep:
		s.during(x.Scope.Proc(), work, ev.Kind())
	case GCAssist:
		s.during(s.runner(ev, x.Scope.Goroutine()), work, ev.Kind())
	}
}

// runner is the processor on which g runs; it has none if it waits.
func (s *mutatorSource) runner(ev *trace.Event, g trace.GoID) trace.ProcID {
	if ev.Kind() != trace.EventRangeActive {
		return ev.Proc()
	}
	for id, p := range s.procs {
		if p.runs == g {
			return id
		}
	}
	return trace.NoProc
}

// during begins or ends work on a processor. If it is found in progress in the
// first generation, it has been since the beginning: a processor's status is
// written when it next does something else.
func (s *mutatorSource) during(id trace.ProcID, work GCWork, kind trace.EventKind) {
	p := s.proc(id)
	switch {
	case p == nil:
	case kind == trace.EventRangeEnd:
		s.set(id, p, p.work&^work)
	default:
		if kind == trace.EventRangeActive && s.syncs <= 1 && p.work&s.Work == 0 {
			s.backdate(id)
		}
		s.set(id, p, p.work|work)
	}
}

func (s *mutatorSource) backdate(id trace.ProcID) {
	series := s.seriesOf(id)
	for i := range series {
		steps := *series[i]
		for j := range steps {
			steps[j].busy = min(steps[j].busy+1, steps[j].procs)
		}
	}
}

// set says what happens on a processor from now on.
func (s *mutatorSource) set(id trace.ProcID, p *collectingProc, work GCWork) {
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
	for id, p := range s.procs {
		if int(id) >= n {
			s.set(id, p, 0)
			delete(s.procs, id)
		}
	}
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
func (s *mutatorSource) seriesOf(id trace.ProcID) []*busySeries {
	switch {
	case !s.PerProc || id < 0:
		return s.open
	case int(id) < len(s.open):
		return s.open[id : id+1]
	}
	return nil
}

// record notes how many processors collect now.
func (s *mutatorSource) record(id trace.ProcID) {
	for i, series := range s.seriesOf(id) {
		step := busyStep{s.now, s.busy, s.count}
		if s.PerProc {
			step = busyStep{s.now, 0, 1}
			if p := s.procs[trace.ProcID(max(int(id), i))]; p != nil && p.work&s.collecting() != 0 {
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
