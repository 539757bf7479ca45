package exectrace

import (
	"cmp"
	"slices"
	"sync"

	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/events"
	"example.com/tracelab/exectrace/internal/table"
)

// indexer makes a Trace of events.
type indexer struct {
	t       *Trace
	started bool
	sync    Time                // when the generation began that is being read
	broken  Time                // when events were missing last; zero: never
	pending table.List[pending] // by the decoder's index of goroutines: see pendingOf
	long    table.List[longText]
	spare   []int32 // of long, plus one: not in use
	threads []int32 // by the decoder's index of threads, plus one
	// inSyscall are the goroutines in system calls, by the processor that they
	// hold meanwhile: when it is taken away, they are blocked.
	inSyscall [events.MaxProcs]int32
	open      [][]region // that go on, the innermost last, of a goroutine each
	openOf    []int32    // the index of those of a goroutine, plus one; 0: none
	notOpen   []int32    // indices of open, plus one, that are of no goroutine
	ranges    events.Ranges

	nameOf   []uint32       // the outermost functions of stacks, plus one; 0: not asked for
	tables   *decode.Tables // of the generation
	forever  uint8          // the reason of what never goes on
	textOf   []uint32       // by its strings, plus one; 0: not asked for
	reasonOf []uint16       // the same
	message  []byte         // room for one
}

func newIndexer(format string) *indexer {
	x := &indexer{
		t: &Trace{
			Format: format, stacks: newStackTable(), reasons: newNames(), text: newNames(),
			goroutineIDs: table.NewNumbering(), sameID: map[GoID][]int32{}, taskIDs: table.NewNumbering(),
		},
	}
	x.forgetSyscalls()
	x.forever = x.newReason("forever")
	return x
}

func (x *indexer) forgetSyscalls() {
	for i := range x.inSyscall {
		x.inSyscall[i] = none
	}
}

// Events is Event for several.
func (x *indexer) Events(t *decode.Tables, list []decode.Event) {
	if len(list) == 0 {
		return
	}
	x.reach(t, list[0].Time)
	x.reach(t, list[len(list)-1].Time)
	for i := range list {
		x.take(t, &list[i])
	}
}

// Event takes the next event.
func (x *indexer) Event(t *decode.Tables, ev *decode.Event) {
	x.reach(t, ev.Time)
	x.take(t, ev)
}

// reach is called before the events up to a time are taken.
func (x *indexer) reach(t *decode.Tables, time int64) {
	at := Time(time)
	if !x.started {
		x.started = true
		x.t.Start, x.t.steps.zero = at, at
	}
	x.t.End = max(x.t.End, at)
	if t != x.tables {
		x.generation(t)
	}
}

func (x *indexer) take(t *decode.Tables, ev *decode.Event) {
	at := Time(ev.Time)
	switch ev.Kind() {
	case decode.TransitionKind:
		x.transition(at, ev)
	case decode.TaskBeginKind, decode.TaskEndKind:
		x.task(at, ev)
	case decode.RegionBeginKind:
		x.beginRegion(at, ev)
	case decode.RegionEndKind:
		x.endRegion(at, ev)
	case decode.LogKind:
		x.log(at, ev)
	case decode.RangeBeginKind, decode.RangeActiveKind, decode.RangeEndKind:
		x.rangeEvent(at, ev)
	case decode.StackSampleKind:
		x.t.samples.Add(Sample{at, goID(ev.Goroutine), x.stack(ev.Stack())})
	case decode.SyncKind:
		x.sync = at
		x.ranges.Next(t, ev)
		if c := t.Clock; c != nil {
			x.t.clocks = append(x.t.clocks, container.Clock{Trace: c.Trace, Wall: c.Wall})
		}
	}
}

// generation is called when the strings and stacks are others.
func (x *indexer) generation(t *decode.Tables) {
	x.tables = t
	n, _ := t.Highest()
	x.textOf = append(x.textOf[:0], make([]uint32, n)...)
	x.reasonOf = append(x.reasonOf[:0], make([]uint16, n)...)
}

func (x *indexer) stack(id uint64) stackID { return x.t.stacks.ID(x.tables, id) }

// text is the number of a string.
func (x *indexer) text(id uint64) uint32 {
	if id >= uint64(len(x.textOf)) {
		return x.t.text.id(x.tables.Text(id))
	}
	if x.textOf[id] == 0 {
		x.textOf[id] = x.t.text.id(x.tables.Text(id)) + 1
	}
	return x.textOf[id] - 1
}

// gap ends all states: the next generation begins with new statuses.
func (x *indexer) Gap() {
	x.broken = x.t.End
	x.forgetSyscalls()
	x.settleAll(true)
	x.endAll()
	x.pending, x.long, x.spare = table.List[pending]{}, table.List[longText]{}, nil
}

// finish ends what is still open.
func (x *indexer) finish() *Trace {
	x.settleAll(false)
	x.endAll()
	t := x.t
	t.steps.trim()
	t.stacks.Done()
	t.spans, t.lookups, t.wakeups = sync.OnceValue(t.findSpans), sync.OnceValue(t.newLookups), sync.OnceValue(t.newWakeups)
	t.seeks, t.created, t.lived = sync.OnceValue(t.newSeeks), sync.OnceValue(t.newCreated), sync.OnceValue(t.newLifetimes)
	return t
}

// endAll ends the regions and ranges that have no end in the trace.
func (x *indexer) endAll() {
	left := x.ranges.Forget()
	slices.SortFunc(left, x.compareRanges)
	for _, r := range left {
		x.addRange(r, x.t.End)
	}
	for g, i := range x.openOf {
		if i == 0 {
			continue
		}
		for _, r := range x.open[i-1] {
			r.end = max(r.start, x.t.until(x.t.described(int32(g))))
			x.t.regions.add(&r)
		}
	}
	x.open, x.openOf, x.notOpen = nil, nil, nil
}

// compareRanges orders by the first event of their names.
func (x *indexer) compareRanges(a, b events.Range) int {
	return cmp.Or(cmp.Compare(x.t.text.id(a.Name), x.t.text.id(b.Name)), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.ID, b.ID))
}

func goID(id int64) GoID {
	if id == decode.None {
		return 0
	}
	return GoID(id)
}

// names holds each text once. Zero is the empty one.
type names struct {
	texts []string
	ids   map[string]uint32
}

func newNames() *names { return &names{[]string{""}, map[string]uint32{"": 0}} }

func (n *names) id(text string) uint32 {
	id, ok := n.ids[text]
	if !ok {
		id = uint32(len(n.texts))
		n.texts = append(n.texts, text)
		n.ids[text] = id
	}
	return id
}

func (n *names) text(id uint32) string { return n.texts[id] }
