package exectrace

import (
	"math"

	"example.com/tracelab/exectrace/internal/events"
	"golang.org/x/exp/trace"
)

func (x *indexer) transition(at Time, ev *trace.Event) {
	st := ev.StateTransition()
	switch st.Resource.Kind {
	case trace.ResourceGoroutine:
		x.goroutine(at, ev, &st)
	case trace.ResourceProc:
		if from, to := st.Proc(); from != to && to == trace.ProcIdle {
			x.procTaken(at, st.Resource.Proc())
		}
	}
}

// goroutine adds the step that a transition is.
func (x *indexer) goroutine(at Time, ev *trace.Event, st *trace.StateTransition) {
	from, to := st.Goroutine()
	if from == to { // a status, at the beginning of a generation
		return
	}
	i := x.find(st.Resource.Goroutine())
	if from == trace.GoNotExist && x.t.goroutine(i).first != 0 {
		i = x.again(st.Resource.Goroutine(), i)
	}
	g := x.t.goroutine(i)
	stack := x.t.stacks.ID(st.Stack)
	x.name(g, stack)
	switch from {
	case trace.GoUndetermined:
		at = x.seen(g) // no event before this one: it was in this state since then
	case trace.GoSyscall:
		x.holds(ev.Proc(), none)
	}
	cause := CauseUnknown
	who := int32(none)
	switch to {
	case trace.GoRunnable:
		cause = causeOf(from)
		if cause == CauseCreated || cause == CauseUnblocked {
			stack, who = x.t.stacks.ID(ev.Stack()), x.by(ev.Goroutine())
		}
	case trace.GoWaiting:
		if from == trace.GoNotExist { // a coroutine begins so
			cause, stack, who = CauseCreated, x.t.stacks.ID(ev.Stack()), x.by(ev.Goroutine())
		}
	case trace.GoRunning:
		who = x.thread(ev.Thread())
	case trace.GoSyscall:
		who = x.thread(ev.Thread())
		x.holds(ev.Proc(), i)
	}
	x.t.steps.add(&g.chain, step{at, state(to), cause, x.reason(st.Reason), stack, who})
	if to == trace.GoSyscall && ev.Proc() == trace.NoProc { // it has lost its processor before the trace began
		x.t.steps.add(&g.chain, step{at: at, state: StateSyscallBlocked, who: none})
	}
	g.ended = to == trace.GoNotExist || to == trace.GoWaiting && st.Reason == "forever"
}

// causeOf says why a goroutine became runnable.
func causeOf(from trace.GoState) Cause {
	switch from {
	case trace.GoNotExist:
		return CauseCreated
	case trace.GoWaiting:
		return CauseUnblocked
	case trace.GoRunning:
		return CauseStopped
	case trace.GoSyscall:
		return CauseSyscallEnded
	}
	return CauseUnknown
}

func (x *indexer) by(id trace.GoID) int32 {
	if id == trace.NoGoroutine {
		return none
	}
	return x.find(id)
}

// find returns the index of a goroutine, which may be new.
func (x *indexer) find(id trace.GoID) int32 {
	i, ok := x.t.goroutineIDs.Find(uint64(id))
	if !ok {
		i = x.t.goroutineIDs.Add(uint64(id))
		x.t.goroutines.Add(goroutine{id: GoID(id)})
	}
	return i
}

// again returns the index of a new goroutine with the number of an earlier one, whose
// index is before. Threads of C that call Go have one number after another.
func (x *indexer) again(id trace.GoID, before int32) int32 {
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
func (x *indexer) holds(p trace.ProcID, i int32) {
	if p >= 0 && p < events.MaxProcs {
		x.inSyscall[p] = i
	}
}

// procTaken is called when processor p becomes idle: a goroutine that held it in
// a system call is blocked from now on.
func (x *indexer) procTaken(at Time, p trace.ProcID) {
	if p < 0 || p >= events.MaxProcs || x.inSyscall[p] == none {
		return
	}
	g := x.t.goroutine(x.inSyscall[p])
	x.inSyscall[p] = none
	x.t.steps.add(&g.chain, step{at: at, state: StateSyscallBlocked, who: none})
}

func (x *indexer) thread(id trace.ThreadID) int32 {
	if id == trace.NoThread {
		return none
	}
	i, ok := x.threads[id]
	if !ok {
		i = int32(len(x.t.threads))
		x.t.threads = append(x.t.threads, ThreadID(id))
		x.threads[id] = i
	}
	return i
}

// reason is the number of a reason. There are some thirty; a file that says
// otherwise gets no more than a byte names.
func (x *indexer) reason(text string) uint8 {
	if text == "" {
		return 0
	}
	if id, ok := x.t.reasons.ids[text]; ok {
		return uint8(id)
	}
	if len(x.t.reasons.texts) == math.MaxUint8 {
		text = "other"
	}
	return uint8(x.t.reasons.id(text))
}

func state(s trace.GoState) State {
	switch s {
	case trace.GoRunnable:
		return StateRunnable
	case trace.GoRunning:
		return StateRunning
	case trace.GoWaiting:
		return StateWaiting
	case trace.GoSyscall:
		return StateSyscall
	case trace.GoNotExist:
		return stateGone
	}
	return StateUnknown
}
