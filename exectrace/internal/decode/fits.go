package decode

// alone is what is known of a thread, without the others: as much as its own events tell
// what can follow.
type alone struct {
	proc, goroutine known
	syscall         known // its goroutine is in a system call
	sweeps, assists known
}

// known is whether something is so, as far as that is known.
type known uint8

const (
	maybe known = iota
	yes
	not
)

func is(b bool) known {
	if b {
		return yes
	}
	return not
}

// needs reports whether something can be as it must be, and takes it to be so.
func (k *known) needs(b bool) bool {
	if *k == maybe {
		*k = is(b)
	}
	return *k == is(b)
}

// alone is what is known of a thread now.
func (d *Decoder) alone(m *thread) (a alone) {
	a.proc, a.goroutine = is(m.p >= 0), is(m.g >= 0)
	a.syscall, a.sweeps, a.assists = not, not, not
	if m.p >= 0 {
		a.sweeps = is(d.ps[m.p].sweeps)
	}
	if m.g >= 0 {
		a.syscall, a.assists = is(d.gs[m.g].status == goSyscall), is(d.gs[m.g].assists)
	}
	return a
}

// fits returns how many events from an offset of a batch on can follow each other on a
// thread, of which so much is known; enough, if there are so many or the batch ends with
// them.
func (a alone) fits(s *segment, at, end uint32) int {
	for n := range enough {
		if at >= end {
			break
		}
		typ, _, args := s.next(at)
		if shapes[typ].args == no || !a.follows(typ) {
			return n
		}
		var v [4]uint64
		at = s.numbers(&v, shapes[typ].args, args)
	}
	return enough
}

// follows reports whether an event can be the next, and takes it to be.
func (a *alone) follows(typ Type) bool {
	switch typ {
	case GoStart, GoStop, GoBlock, GoDestroy, GoSwitch, GoSwitchDestroy, GoCreate, GoCreateBlocked:
		return a.runsOrNot(typ)
	case GoSyscallBegin, GoSyscallEnd, GoSyscallEndBlocked, GoCreateSyscall, GoDestroySyscall:
		return a.calls(typ)
	case ProcStart: // another one may be taken away before, of a system call
		if a.syscall != yes && !a.proc.needs(false) {
			return false
		}
		a.proc, a.sweeps = yes, maybe
	case ProcStop:
		ok := a.proc.needs(true)
		a.proc, a.sweeps = not, not
		return ok
	case ProcStatus, GoStatus, GoStatusStack, ProcSteal: // they may be about others
		*a = alone{}
	case GCSweepBegin, GCSweepEnd:
		ok := a.proc.needs(true) && a.sweeps.needs(typ == GCSweepEnd)
		a.sweeps = is(typ == GCSweepBegin)
		return ok
	case GCMarkAssistBegin, GCMarkAssistEnd:
		ok := a.has() && a.assists.needs(typ == GCMarkAssistEnd)
		a.assists = is(typ == GCMarkAssistBegin)
		return ok
	case HeapAlloc, HeapGoal:
		return a.proc.needs(true)
	case UserTaskBegin, UserTaskEnd, UserRegionBegin, UserRegionEnd, UserLog, GoLabel, ProcsChange, STWBegin, STWEnd:
		return a.has()
	}
	return true
}

// runsOrNot is follows for events of who runs.
func (a *alone) runsOrNot(typ Type) (ok bool) {
	switch typ {
	case GoStart:
		ok = a.proc.needs(true) && a.goroutine.needs(false)
		a.goroutine, a.syscall, a.assists = yes, not, maybe
	case GoCreate, GoCreateBlocked:
		ok = a.proc.needs(true)
	case GoSwitch, GoSwitchDestroy:
		ok = a.runs()
		a.assists = maybe
	default:
		ok = a.runs()
		a.goroutine = not
	}
	return ok
}

// calls is follows for events of system calls, and of calls of C.
func (a *alone) calls(typ Type) (ok bool) {
	switch typ {
	case GoSyscallBegin:
		ok = a.runs()
		a.syscall = yes
	case GoSyscallEnd:
		ok = a.proc.needs(true) && a.goroutine.needs(true) && a.syscall.needs(true)
		a.syscall = not
	case GoCreateSyscall:
		ok = a.goroutine.needs(false)
		a.goroutine, a.syscall, a.assists = yes, yes, not
	default: // its processor is taken away before, and it may have another
		ok = a.goroutine.needs(true) && a.syscall.needs(true)
		*a = alone{goroutine: not, syscall: not}
	}
	return ok
}

func (a *alone) has() bool { return a.proc.needs(true) && a.goroutine.needs(true) }

func (a *alone) runs() bool { return a.has() && a.syscall.needs(false) }
