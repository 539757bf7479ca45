package delay

import (
	"fmt"
	"slices"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/table"
)

// delays is the consumer that sums up delays by the stacks that they began at.
type delays struct {
	order  []Kind
	wanted [noKind + 1]bool
	scope  *scope
	stacks *stackTable
	open   []delay // by the index of the goroutine
	waits  waitKinds
	books  [noKind]book
	seen   bool // a goroutine that counts
	extent window
	any    bool           // extent begins with an event
	sync   exectrace.Time // when the generation began
	asTool bool           // as the tool, which does not look at sync
	to     exectrace.Time // when the time that counts ends; zero: with the trace
}

// delay is a state that a goroutine is in. It stays when the goroutine is gone, until
// another one has its index.
type delay struct {
	start exectrace.Time
	id    int64
	stack table.StackID
	state decode.State
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
	d := &delays{order: o.Kinds, stacks: &stackTable{table.NewStacks()}, asTool: o.AsGoTool, to: o.To}
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

func (d *delays) Event(t *decode.Tables, ev *decode.Event) {
	now := exectrace.Time(ev.Time)
	if !d.any {
		d.extent.Start, d.any = now, true
	}
	d.extent.End = now
	if ev.Kind() == decode.SyncKind {
		d.sync = now
	}
	if id, ok := ev.OfGoroutine(); ok && id != decode.None && d.scope.has(id) {
		d.seen = true
		d.transition(t, ev, d.find(id, ev.Of))
	}
}

func (d *delays) transition(t *decode.Tables, ev *decode.Event, was *delay) {
	if ev.To == was.state {
		return // each generation repeats what goroutines are in
	}
	now := exectrace.Time(ev.Time)
	if was.kind != noKind {
		d.count(was, now)
	}
	was.start, was.state, was.kind = now, ev.To, noKind
	if ev.From == decode.Undetermined && !d.asTool {
		was.start = d.sync // it is named when something happens to it, and was so all along
	}
	if kind := d.waits.kindOf(t, ev); d.wanted[kind] {
		was.kind, was.stack = kind, d.stacks.ID(t, ev.Stack())
	}
}

// find returns the delay of a goroutine. Who had its index before has ended, and has
// something dropped only if the end is not in the trace.
func (d *delays) find(id int64, index int32) *delay {
	for int(index) >= len(d.open) {
		d.open = append(d.open, delay{id: decode.None, kind: noKind})
	}
	g := &d.open[index]
	if g.id != id {
		d.drop(g)
		*g = delay{id: id, kind: noKind}
	}
	return g
}

func (d *delays) count(was *delay, now exectrace.Time) {
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
	for i := range d.open {
		d.drop(&d.open[i])
	}
	d.open = d.open[:0]
}

func (d *delays) drop(was *delay) {
	if d.goesOn(was) {
		d.books[was.kind].dropped++
	}
}

// finish counts what goes on at the end: delays that go on when the time ends that was asked
// for, and the number of those that do when the trace does.
func (d *delays) finish() {
	cut := d.to != 0 && d.extent.End >= d.to
	for i := range d.open {
		if was := &d.open[i]; cut && was.kind != noKind {
			d.count(was, d.to)
			continue
		}
		if was := &d.open[i]; d.goesOn(was) {
			d.books[was.kind].unfinished++
		}
	}
}

// goesOn reports whether it is a delay of which a part counts.
func (d *delays) goesOn(was *delay) bool {
	return was.kind != noKind && d.scope.overlap(was.id, window{Start: was.start, End: d.extent.End}) > 0
}
