package exectrace

import (
	"golang.org/x/exp/trace"
)

// indexer makes a Trace of events.
type indexer struct {
	t       *Trace
	started bool
	sync    Time // when the generation began that is being read
	broken  Time // when events were missing last; zero: never
	threads map[trace.ThreadID]int32
	// inSyscall are the goroutines in system calls, by the processor that they
	// hold meanwhile: when it is taken away, they are blocked.
	inSyscall map[trace.ProcID]int32
	open      map[int32][]Region // of each goroutine, the innermost last
	ranges    map[rangeKey]Range
}

type rangeKey struct {
	name  string
	scope trace.ResourceID
}

func newIndexer(f *File) *indexer {
	return &indexer{
		t: &Trace{
			Format: f.Format(), stacks: newStackTable(), reasons: newNames(), text: newNames(),
			byID: map[GoID]int32{}, taskByID: map[TaskID]int32{},
		},
		threads:   map[trace.ThreadID]int32{},
		inSyscall: map[trace.ProcID]int32{},
		open:      map[int32][]Region{},
		ranges:    map[rangeKey]Range{},
	}
}

func (x *indexer) event(ev *trace.Event) {
	at := Time(ev.Time())
	if !x.started {
		x.started = true
		x.t.Start, x.t.steps.origin = at, at
	}
	x.t.End = max(x.t.End, at)
	switch ev.Kind() {
	case trace.EventSync:
		x.generation(at, ev)
	case trace.EventStateTransition:
		x.transition(at, ev)
	case trace.EventTaskBegin, trace.EventTaskEnd:
		x.task(at, ev)
	case trace.EventRegionBegin:
		x.beginRegion(at, ev)
	case trace.EventRegionEnd:
		x.endRegion(at, ev)
	case trace.EventLog:
		l := ev.Log()
		x.t.logs = append(x.t.logs, Log{at, taskID(l.Task), goID(ev.Goroutine()), x.intern(l.Category), l.Message})
	case trace.EventRangeBegin, trace.EventRangeActive, trace.EventRangeEnd:
		x.rangeEvent(at, ev)
	case trace.EventStackSample:
		x.t.samples = append(x.t.samples, Sample{at, goID(ev.Goroutine()), x.t.stacks.id(ev.Stack())})
	}
}

func (x *indexer) generation(at Time, ev *trace.Event) {
	x.sync = at
	x.t.stacks.next()
	if c := ev.Sync().ClockSnapshot; c != nil {
		x.t.clocks = append(x.t.clocks, Clock{Time(c.Trace), c.Wall})
	}
}

// gap ends what was known: the next generation tells anew what there is.
func (x *indexer) gap() {
	x.broken = x.t.End
	clear(x.inSyscall)
	clear(x.ranges)
	for g, regions := range x.open {
		for _, r := range regions {
			x.close(g, r, x.t.End, false)
		}
	}
	clear(x.open)
}

// finish ends what is still open.
func (x *indexer) finish() *Trace {
	for key, r := range x.ranges {
		_ = key
		r.End = x.t.End
		x.t.ranges = append(x.t.ranges, r)
	}
	for g, regions := range x.open {
		for _, r := range regions {
			x.close(g, r, x.t.until(&x.t.goroutines[g]), false)
		}
	}
	for i := range x.t.tasks {
		if task := &x.t.tasks[i]; !task.Ended {
			task.End = x.t.End
		}
	}
	x.sort()
	return x.t
}

// intern keeps one of equal texts. Those that a generation's table holds would
// keep the table.
func (x *indexer) intern(text string) string { return x.t.text.text(x.t.text.id(text)) }

func goID(id trace.GoID) GoID {
	if id == trace.NoGoroutine {
		return 0
	}
	return GoID(id)
}

func taskID(id trace.TaskID) TaskID {
	if id == trace.NoTask {
		return 0
	}
	return TaskID(id)
}
