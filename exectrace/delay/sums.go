package delay

import (
	"fmt"
	"slices"
	"time"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/table"
	"example.com/tracelab/exectrace/stats"
)

// kinds gives the kinds of profiles their numbers.
var kinds = [...]Kind{Net, Sync, Syscall, Sched}

const (
	kindNet = iota
	kindSync
	kindSyscall
	kindSched
	noKind
)

// kindOf says which profile a state counts in.
func kindOf(state trace.GoState, reason string) int {
	switch state {
	case trace.GoSyscall:
		return kindSyscall
	case trace.GoRunnable:
		return kindSched
	case trace.GoWaiting:
		switch stats.WaitFor(reason) {
		case stats.WaitNetwork:
			return kindNet
		case stats.WaitSync:
			return kindSync
		}
	}
	return noKind
}

// delays is the consumer that sums up delays by the stacks that they began at.
type delays struct {
	order  []Kind
	wanted [noKind + 1]bool
	scope  *scope
	stacks *stackTable
	open   table.List[delay]
	ids    *table.Numbering // of open
	books  [noKind]book
	seen   bool // a goroutine that counts
	extent window
	any    bool           // extent begins with an event
	sync   exectrace.Time // when the generation began
	asTool bool           // as the tool, which does not look at sync
}

// delay is a state that a goroutine is in. It stays when the goroutine is gone, since
// a map to delete it from would take longer than all else that is done here.
type delay struct {
	start exectrace.Time
	id    trace.GoID
	stack table.StackID
	state trace.GoState
	kind  uint8 // noKind if it does not count
}

// book holds the sums of one kind.
type book struct {
	sums                []sum // by the id of their stack
	counted             int
	unfinished, dropped int
}

type sum struct {
	count int64
	time  time.Duration
	last  int // when it was last added to, in counted
}

func newDelays(o Options) (*delays, error) {
	d := &delays{order: o.Kinds, stacks: &stackTable{table.NewStacks[trace.Stack]()}, ids: table.NewNumbering(), asTool: o.AsGoTool}
	if len(d.order) == 0 {
		d.order = kinds[:]
	}
	for _, k := range d.order {
		i := slices.Index(kinds[:], k)
		if i < 0 {
			return nil, fmt.Errorf("there is no profile %q: want one of %v", k, kinds)
		}
		d.wanted[i] = true
	}
	return d, nil
}

func (d *delays) Event(ev *trace.Event) {
	now := exectrace.Time(ev.Time())
	if !d.any {
		d.extent.Start, d.any = now, true
	}
	d.extent.End = now
	switch ev.Kind() {
	case trace.EventSync:
		d.stacks.Next()
		d.sync = now
	case trace.EventStateTransition:
		st := ev.StateTransition()
		if st.Resource.Kind == trace.ResourceGoroutine {
			d.transition(ev, &st)
		}
	}
}

func (d *delays) transition(ev *trace.Event, st *trace.StateTransition) {
	id := st.Resource.Goroutine()
	if !d.scope.has(id) {
		return
	}
	d.seen = true
	now := exectrace.Time(ev.Time())
	from, to := st.Goroutine()
	was := d.find(id)
	if to == was.state {
		return // each generation repeats what goroutines are in
	}
	if was.kind != noKind {
		d.count(*was, now)
	}
	was.start, was.state, was.kind = now, to, noKind
	if from == trace.GoUndetermined && !d.asTool {
		was.start = d.sync // it is named when something happens to it, and was so all along
	}
	if kind := kindOf(to, st.Reason); d.wanted[kind] {
		was.kind, was.stack = uint8(kind), d.stacks.ID(ev.Stack())
	}
}

func (d *delays) find(id trace.GoID) *delay {
	if i, ok := d.ids.Find(uint64(id)); ok {
		return d.open.At(int(i))
	}
	d.ids.Add(uint64(id))
	_, g := d.open.Add(delay{id: id, kind: noKind})
	return g
}

func (d *delays) count(was delay, now exectrace.Time) {
	took := d.scope.overlap(was.id, window{Start: was.start, End: now})
	if took == 0 {
		return
	}
	b := &d.books[was.kind]
	if missing := int(was.stack) + 1 - len(b.sums); missing > 0 {
		b.sums = append(b.sums, make([]sum, missing)...)
	}
	s := &b.sums[was.stack]
	b.counted++
	s.count++
	s.time += took
	s.last = b.counted
}

// Gap gives up what has a beginning and no end.
func (d *delays) Gap() {
	d.abandon(func(b *book) { b.dropped++ })
}

// finish counts what goes on at the end.
func (d *delays) finish() {
	d.abandon(func(b *book) { b.unfinished++ })
}

func (d *delays) abandon(count func(*book)) {
	for _, was := range d.open.All() {
		if was.kind != noKind && d.scope.overlap(was.id, window{Start: was.start, End: d.extent.End}) > 0 {
			count(&d.books[was.kind])
		}
	}
	d.open, d.ids = table.List[delay]{}, table.NewNumbering()
}
