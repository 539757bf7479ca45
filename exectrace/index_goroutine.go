package exectrace

import (
	"math"

	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/events"
)

func (x *indexer) transition(at Time, ev *decode.Event) {
	if ev.From == ev.To { // a status, at the beginning of a generation
		return
	}
	if id, ok := ev.OfGoroutine(); ok {
		x.goroutine(at, ev, id)
	} else if ev.To == decode.Idle {
		x.procTaken(at, ev.Of)
	}
}

// goroutine adds the step that a transition of goroutine id is.
func (x *indexer) goroutine(at Time, ev *decode.Event, id int64) {
	i := x.of(ev.Of, id)
	if i == none { // of a damaged trace
		return
	}
	g := x.t.goroutine(i)
	if ev.From == decode.NotExist && g.first != 0 {
		i = x.again(id, i)
		x.current[ev.Of] = i + 1
		g = x.t.goroutine(i)
	}
	stack := x.stack(ev.TransitionStack())
	x.name(g, stack)
	switch ev.From {
	case decode.Undetermined:
		at = x.seen(g) // no event before this one: it was in this state since then
	case decode.Syscall:
		x.holds(ev.P, none)
	}
	s := step{at: at, state: states[ev.To], reason: x.reason(ev.Reason()), stack: stack, who: none}
	switch {
	case ev.To == decode.Running:
		s.who = x.thread(ev)
	case ev.To == decode.Syscall:
		s.who = x.thread(ev)
		x.holds(ev.P, i)
	case ev.To == decode.Runnable:
		s.cause = causeOf(ev.From)
	case ev.To == decode.Waiting && ev.From == decode.NotExist: // a coroutine begins so
		s.cause = CauseCreated
	}
	if s.cause == CauseCreated || s.cause == CauseUnblocked {
		s.stack, s.who = x.stack(ev.Stack()), x.by(ev)
	}
	x.t.steps.add(&g.chain, s)
	if ev.To == decode.Syscall && ev.P == none { // it has lost its processor before the trace began
		x.t.steps.add(&g.chain, step{at: at, state: StateSyscallBlocked, who: none})
	}
	g.ended = ev.To == decode.NotExist || ev.To == decode.Waiting && s.reason != 0 && s.reason == x.forever
}

// causeOf says why a goroutine became runnable.
func causeOf(from decode.State) Cause {
	switch from {
	case decode.NotExist:
		return CauseCreated
	case decode.Waiting:
		return CauseUnblocked
	case decode.Running:
		return CauseStopped
	case decode.Syscall:
		return CauseSyscallEnded
	}
	return CauseUnknown
}

// states are those of a goroutine, by the decoder's.
var states = [...]State{
	decode.Undetermined: StateUnknown, decode.NotExist: stateGone, decode.Runnable: StateRunnable, decode.Running: StateRunning,
	decode.Waiting: StateWaiting, decode.Syscall: StateSyscall, decode.Idle: StateUnknown,
}

// by is the index of the goroutine that an event happened on, or none.
func (x *indexer) by(ev *decode.Event) int32 {
	if ev.Goroutine == decode.None {
		return none
	}
	return x.of(ev.G, ev.Goroutine)
}

// of returns the index of a goroutine, which may be new. The decoder gives its own index
// to another goroutine some time after the one that had it has ended.
func (x *indexer) of(index int32, id int64) int32 {
	if index < 0 {
		return x.find(id)
	}
	for int(index) >= len(x.current) {
		x.current = append(x.current, 0)
	}
	if i := x.current[index] - 1; i >= 0 && x.t.goroutine(i).id == GoID(id) {
		return i
	}
	i := x.find(id)
	x.current[index] = i + 1
	return i
}

// find returns the index of a goroutine, which may be new; none for none.
func (x *indexer) find(id int64) int32 {
	if id == decode.None {
		return none
	}
	i, ok := x.t.goroutineIDs.Find(uint64(id))
	if !ok {
		i = x.t.goroutineIDs.Add(uint64(id))
		x.t.goroutines.Add(goroutine{id: GoID(id)})
	}
	return i
}

// again returns the index of a new goroutine with the number of an earlier one, whose
// index is before. Threads of C that call Go have one number after another.
func (x *indexer) again(id int64, before int32) int32 {
	all := x.t.sameID[GoID(id)]
	if all == nil {
		all = []int32{before}
	}
	i := x.t.goroutineIDs.Add(uint64(id))
	x.t.goroutines.Add(goroutine{id: GoID(id)})
	x.t.sameID[GoID(id)] = append(all, i)
	return i
}

// seen is since when a goroutine has been in the state of its first status.
func (x *indexer) seen(g *goroutine) Time {
	if g.first != 0 && x.broken != 0 {
		x.t.steps.add(&g.chain, step{at: x.broken, who: none})
	}
	return x.sync
}

// name takes the function that the goroutine was started with from its first
// stack: the outermost frame is the same in all.
func (x *indexer) name(g *goroutine, stack stackID) {
	if g.name == 0 && stack != 0 {
		if f, ok := x.t.stacks.outermost(stack); ok {
			g.name = x.t.text.id(f)
		}
	}
}

// holds records that goroutine i, or none, is in a system call with processor p.
func (x *indexer) holds(p, i int32) {
	if p >= 0 && p < events.MaxProcs {
		x.inSyscall[p] = i
	}
}

// procTaken is called when processor p becomes idle: a goroutine that held it in
// a system call is blocked from now on.
func (x *indexer) procTaken(at Time, p int32) {
	if p < 0 || p >= events.MaxProcs || x.inSyscall[p] == none {
		return
	}
	g := x.t.goroutine(x.inSyscall[p])
	x.inSyscall[p] = none
	x.t.steps.add(&g.chain, step{at: at, state: StateSyscallBlocked, who: none})
}

// thread is the index of the thread that an event happened on, or none.
func (x *indexer) thread(ev *decode.Event) int32 {
	if ev.M < 0 {
		return none
	}
	for int(ev.M) >= len(x.threads) {
		x.threads = append(x.threads, 0)
	}
	if x.threads[ev.M] == 0 {
		x.t.threads = append(x.t.threads, ThreadID(ev.Thread))
		x.threads[ev.M] = int32(len(x.t.threads))
	}
	return x.threads[ev.M] - 1
}

// reason is the number of a reason. There are some thirty; a file that says
// otherwise gets no more than a byte names.
func (x *indexer) reason(id uint64) uint8 {
	if id == 0 {
		return 0
	}
	if id >= uint64(len(x.reasonOf)) {
		return x.newReason(x.tables.Text(id))
	}
	if x.reasonOf[id] == 0 {
		x.reasonOf[id] = uint16(x.newReason(x.tables.Text(id))) + 1
	}
	return uint8(x.reasonOf[id] - 1)
}

func (x *indexer) newReason(text string) uint8 {
	if id, ok := x.t.reasons.ids[text]; ok {
		return uint8(id)
	}
	if len(x.t.reasons.texts) == math.MaxUint8 {
		text = "other"
	}
	return uint8(x.t.reasons.id(text))
}
