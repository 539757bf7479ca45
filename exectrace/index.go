package exectrace

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/events"
	"example.com/tracelab/exectrace/internal/table"
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
	inSyscall [events.MaxProcs]int32
	open      map[int32][]region // of each goroutine, the innermost last
	ranges    events.Ranges
}

func newIndexer(format string) *indexer {
	x := &indexer{
		t: &Trace{
			Format: format, stacks: newStackTable(), reasons: newNames(), text: newNames(),
			goroutineIDs: table.NewNumbering(), sameID: map[GoID][]int32{}, taskIDs: table.NewNumbering(),
		},
		threads: map[trace.ThreadID]int32{},
		open:    map[int32][]region{},
	}
	x.forgetSyscalls()
	return x
}

func (x *indexer) forgetSyscalls() {
	for i := range x.inSyscall {
		x.inSyscall[i] = none
	}
}

func (x *indexer) Event(ev *trace.Event) {
	at := Time(ev.Time())
	if !x.started {
		x.started = true
		x.t.Start = at
	}
	x.t.End = max(x.t.End, at)
	switch ev.Kind() {
	case trace.EventSync:
		x.ranges.Next(ev)
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
		x.log(at, ev)
	case trace.EventRangeBegin, trace.EventRangeActive, trace.EventRangeEnd:
		x.rangeEvent(at, ev)
	case trace.EventStackSample:
		x.t.samples.Add(Sample{at, goID(ev.Goroutine()), x.t.stacks.ID(ev.Stack())})
	}
}

func (x *indexer) generation(at Time, ev *trace.Event) {
	x.sync = at
	x.t.stacks.Next()
	if c := ev.Sync().ClockSnapshot; c != nil {
		x.t.clocks = append(x.t.clocks, container.Clock{Trace: int64(c.Trace), Wall: c.Wall})
	}
}

// gap ends all states: the next generation begins with new statuses.
func (x *indexer) Gap() {
	x.broken = x.t.End
	x.forgetSyscalls()
	x.endAll()
}

// finish ends what is still open.
func (x *indexer) finish() *Trace {
	x.endAll()
	t := x.t
	t.spans, t.lookups, t.wakeups = sync.OnceValue(t.findSpans), sync.OnceValue(t.newLookups), sync.OnceValue(t.newWakeups)
	return t
}

// endAll ends the regions and ranges that have no end in the trace.
func (x *indexer) endAll() {
	left := x.ranges.Forget()
	slices.SortFunc(left, x.compareRanges)
	for _, r := range left {
		x.addRange(r, x.t.End)
	}
	for _, g := range slices.Sorted(maps.Keys(x.open)) {
		for _, r := range x.open[g] {
			r.end = max(r.start, x.t.until(x.t.described(g)))
			x.t.regions.Add(r)
		}
	}
	clear(x.open)
}

// compareRanges orders by the first event of their names.
func (x *indexer) compareRanges(a, b events.Range) int {
	return cmp.Or(cmp.Compare(x.t.text.id(a.Name), x.t.text.id(b.Name)), cmp.Compare(a.Scope.String(), b.Scope.String()))
}

func goID(id trace.GoID) GoID {
	if id == trace.NoGoroutine {
		return 0
	}
	return GoID(id)
}
