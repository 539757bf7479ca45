package exectrace

import (
	"math"

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
	if from == to { // told again at the beginning of a generation
		return
	}
	i := x.find(st.Resource.Goroutine())
	g := &x.t.goroutines[i]
	x.name(g, st)
	if from == trace.GoUndetermined {
		at = x.seen(g) // it has been so since then, or it would have been told
	}
	if from == trace.GoSyscall {
		delete(x.inSyscall, ev.Proc())
	}
	how := HowUnknown
	stack := st.Stack
	who := int32(none)
	switch to {
	case trace.GoRunnable:
		how, stack, who = x.why(from, ev, st)
	case trace.GoRunning, trace.GoSyscall:
		who = x.thread(ev.Thread())
		if to == trace.GoSyscall && ev.Proc() != trace.NoProc {
			x.inSyscall[ev.Proc()] = i
		}
	}
	if from == trace.GoNotExist {
		g.Creator, g.createdAt, g.Created, g.Older = goID(ev.Goroutine()), x.t.stacks.id(ev.Stack()), at, false
	}
	s := x.step(i, at, state(to), how)
	s.who, s.stack, s.reason = who, x.t.stacks.id(stack), x.reason(st.Reason)
	g = &x.t.goroutines[i]
	switch {
	case to == trace.GoRunning && g.Ran == 0:
		g.Ran = Time(ev.Time())
	case to == trace.GoNotExist, to == trace.GoWaiting && st.Reason == "forever":
		g.Ended = at
	}
}

// why says how a goroutine became runnable, where who made it so was, and who
// that is.
func (x *indexer) why(from trace.GoState, ev *trace.Event, st *trace.StateTransition) (How, trace.Stack, int32) {
	switch from {
	case trace.GoNotExist:
		return Created, ev.Stack(), x.by(ev.Goroutine())
	case trace.GoWaiting:
		return Unblocked, ev.Stack(), x.by(ev.Goroutine())
	case trace.GoRunning:
		return Stopped, st.Stack, none
	case trace.GoSyscall:
		return SyscallEnded, st.Stack, none
	}
	return HowUnknown, st.Stack, none
}

func (x *indexer) by(id trace.GoID) int32 {
	if id == trace.NoGoroutine {
		return none
	}
	return x.find(id)
}

// find returns the index of a goroutine, which may be new.
func (x *indexer) find(id trace.GoID) int32 {
	i, ok := x.t.byID[GoID(id)]
	if !ok {
		i = int32(len(x.t.goroutines))
		x.t.goroutines = append(x.t.goroutines, Goroutine{ID: GoID(id), Created: x.sync, Older: true})
		x.t.byID[GoID(id)] = i
	}
	return i
}

// seen is since when a goroutine has been in the state that is told of it.
func (x *indexer) seen(g *Goroutine) Time {
	if g.first != 0 && x.broken != 0 {
		x.step(x.t.byID[g.ID], x.broken, Unknown, HowUnknown)
	}
	return x.sync
}

// name takes the first stack that tells what the goroutine was started with: the
// outermost frame is the same in all.
func (x *indexer) name(g *Goroutine, st *trace.StateTransition) {
	if g.Name == "" && st.Stack != trace.NoStack {
		if f, ok := x.t.stacks.outermost(x.t.stacks.id(st.Stack)); ok {
			g.Name = f.Func
		}
	}
}

// step adds one to goroutine i.
func (x *indexer) step(i int32, at Time, st State, how How) *step {
	id, s := x.t.steps.add(at, st, how)
	g := &x.t.goroutines[i]
	if g.first == 0 {
		g.first = id
	} else {
		x.t.steps.at(g.last).next = id
	}
	g.last = id
	return s
}

// procTaken tells that a processor idles: a goroutine that held it in a system
// call is blocked from now on.
func (x *indexer) procTaken(at Time, p trace.ProcID) {
	i, ok := x.inSyscall[p]
	if !ok {
		return
	}
	delete(x.inSyscall, p)
	was := *x.t.steps.at(x.t.goroutines[i].last)
	s := x.step(i, at, SyscallBlocked, HowUnknown)
	s.who, s.stack, s.reason = was.who, was.stack, was.reason
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
		return Runnable
	case trace.GoRunning:
		return Running
	case trace.GoWaiting:
		return Waiting
	case trace.GoSyscall:
		return Syscall
	case trace.GoNotExist:
		return gone
	}
	return Unknown
}
