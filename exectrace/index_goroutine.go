package exectrace

import (
	"math"

	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/events"
)

func (x *indexer) transition(at Time, ev *decode.Event) {
	switch {
	case ev.From == ev.To: // a status, at the beginning of a generation
	case ev.OfProc():
		if ev.To == decode.Idle {
			x.procTaken(at, ev.Of)
		}
	default:
		c := ev.Change()
		if p := x.pendingOf(ev.Of, c.Goroutine); p != nil { // or it is of a damaged trace
			x.goroutine(p, at, ev, &c)
		}
	}
}

// goroutine adds the step that a transition of a goroutine is.
func (x *indexer) goroutine(p *pending, at Time, ev *decode.Event, c *decode.Change) {
	if ev.From == decode.NotExist && !p.fresh { // its end is lost
		before := p.of - 1
		x.settle(p, true)
		x.assign(p, ev.Of, x.again(before))
	}
	s := step{at: at, state: states[ev.To], who: none}
	if c.Stack != 0 {
		s.stack = x.stack(c.Stack)
		if !p.named {
			x.name(p, s.stack)
		}
	}
	if c.Reason != 0 {
		s.reason = x.reason(c.Reason)
	}
	switch ev.From {
	case decode.Undetermined:
		s.at = x.seen(p) // no event before this one: it was in this state since then
	case decode.Syscall:
		x.holds(ev.P, none)
	}
	p.ended = false
	switch ev.To {
	case decode.Running:
		s.who = x.thread(ev)
	case decode.Syscall:
		s.who = x.thread(ev)
		x.holds(ev.P, p.of-1)
	case decode.Runnable:
		s.cause = causeOf(ev.From)
	case decode.Waiting:
		if ev.From == decode.NotExist { // a coroutine begins so
			s.cause = CauseCreated
		}
		p.ended = s.reason != 0 && s.reason == x.forever
	case decode.NotExist:
		x.step(p, &s)
		p.gone, p.ended = true, true
		x.settle(p, false)
		return
	}
	if s.cause == CauseCreated || s.cause == CauseUnblocked {
		s.stack, s.who = x.stack(c.By), x.by(ev)
	}
	x.step(p, &s)
	if ev.To == decode.Syscall && ev.P == none { // it has lost its processor before the trace began
		x.step(p, &step{at: s.at, state: StateSyscallBlocked, who: none})
	}
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
	if i := int(ev.G); i >= 0 && i < x.pending.Len() {
		if p := x.pending.At(i); p.id == GoID(ev.Goroutine) && p.of != 0 {
			return p.of - 1
		}
	}
	return x.find(ev.Goroutine)
}

// find returns the index of a goroutine, which may be new; none for none.
func (x *indexer) find(id int64) int32 {
	if id == decode.None {
		return none
	}
	i, ok := x.t.goroutineIDs.Find(uint64(id))
	if !ok {
		i = x.t.goroutineIDs.Add(uint64(id))
		x.t.goroutines.Add(newGoroutine(id))
	}
	return i
}

// again returns the index of a new goroutine with the number of an earlier one, whose
// index is before. Threads of C that call Go have one number after another.
func (x *indexer) again(before int32) int32 {
	id := x.t.goroutine(before).id()
	all := x.t.sameID[id]
	if all == nil {
		all = []int32{before}
	}
	i := x.t.goroutineIDs.Add(uint64(id))
	x.t.goroutines.Add(newGoroutine(int64(id)))
	x.t.sameID[id] = append(all, i)
	return i
}

// seen is since when a goroutine has been in the state of its first status.
func (x *indexer) seen(p *pending) Time {
	if !p.fresh && x.broken != 0 {
		x.step(p, &step{at: x.broken, who: none})
	}
	return x.sync
}

// name takes the function that the goroutine was started with from its first
// stack: the outermost frame is the same in all.
func (x *indexer) name(p *pending, stack stackID) {
	for len(x.nameOf) <= int(stack) {
		x.nameOf = append(x.nameOf, 0)
	}
	if x.nameOf[stack] == 0 {
		f, _ := x.t.stacks.outermost(stack)
		x.nameOf[stack] = x.t.text.id(f) + 1
	}
	name := x.nameOf[stack] - 1
	p.named = name != 0
	x.t.goroutine(p.of - 1).name = name
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
	if g := x.t.goroutine(x.inSyscall[p]); g.pending > 0 {
		x.step(x.pending.At(int(g.pending)-1), &step{at: at, state: StateSyscallBlocked, who: none})
	}
	x.inSyscall[p] = none
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
