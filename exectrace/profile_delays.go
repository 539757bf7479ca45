package exectrace

import (
	"fmt"
	"slices"
	"time"

	"golang.org/x/exp/trace"
)

// kinds gives the kinds of profiles their numbers.
var kinds = [...]ProfileKind{ProfileNet, ProfileSync, ProfileSyscall, ProfileSched}

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
		switch WaitFor(reason) {
		case WaitNetwork:
			return kindNet
		case WaitSync:
			return kindSync
		}
	}
	return noKind
}

// delays is the consumer that sums up delays by the stacks that they began at.
type delays struct {
	order  []ProfileKind
	wanted [noKind + 1]bool
	scope  *profileScope
	stacks *stackTable
	open   map[trace.GoID]delay
	books  [noKind]delayBook
	seen   bool // a goroutine that counts
	extent window
	any    bool // extent begins with an event
	sync   Time // when the generation began
	asTool bool // as the tool, which does not look at sync
}

// delay is a state that a goroutine is in.
type delay struct {
	start Time
	stack stackID
	state trace.GoState
	kind  uint8 // noKind if it does not count
}

// delayBook holds the sums of one kind.
type delayBook struct {
	sums                []delaySum // by stackID
	counted             int
	unfinished, dropped int
}

type delaySum struct {
	count int64
	time  time.Duration
	last  int // when it was last added to, in counted
}

func newDelays(o ProfileOptions) (*delays, error) {
	d := &delays{order: o.Kinds, stacks: newStackTable(), open: map[trace.GoID]delay{}, asTool: o.AsGoTool}
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

func (d *delays) event(ev *trace.Event) {
	now := Time(ev.Time())
	if !d.any {
		d.extent.start, d.any = now, true
	}
	d.extent.end = now
	switch ev.Kind() {
	case trace.EventSync:
		d.stacks.next()
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
	now := Time(ev.Time())
	from, to := st.Goroutine()
	was, ok := d.open[id]
	switch {
	case ok && to == was.state:
		return // each generation repeats what goroutines are in
	case ok && was.kind != noKind:
		d.count(id, was, now)
	}
	if to == trace.GoNotExist {
		delete(d.open, id)
		return
	}
	next := delay{start: now, state: to, kind: noKind}
	if from == trace.GoUndetermined && !d.asTool {
		next.start = d.sync // it is named when something happens to it, and was so all along
	}
	if kind := kindOf(to, st.Reason); d.wanted[kind] {
		next.kind, next.stack = uint8(kind), d.stacks.id(ev.Stack())
	}
	d.open[id] = next // kept even if it is no delay: to delete and insert costs more
}

func (d *delays) count(id trace.GoID, was delay, now Time) {
	took := d.scope.overlap(id, window{was.start, now})
	if took == 0 {
		return
	}
	b := &d.books[was.kind]
	if missing := int(was.stack) + 1 - len(b.sums); missing > 0 {
		b.sums = append(b.sums, make([]delaySum, missing)...)
	}
	s := &b.sums[was.stack]
	b.counted++
	s.count++
	s.time += took
	s.last = b.counted
}

// gap gives up what has a beginning and no end.
func (d *delays) gap() {
	d.abandon(func(b *delayBook) { b.dropped++ })
}

// finish counts what goes on at the end.
func (d *delays) finish() {
	d.abandon(func(b *delayBook) { b.unfinished++ })
}

func (d *delays) abandon(count func(*delayBook)) {
	for id, was := range d.open {
		if was.kind != noKind && d.scope.overlap(id, window{was.start, d.extent.end}) > 0 {
			count(&d.books[was.kind])
		}
	}
	clear(d.open)
}
