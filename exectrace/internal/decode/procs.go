package decode

// The states of processors in the file.
const (
	procUnknown uint8 = iota // no file has it
	procRunning
	procIdle
	procSyscall
	procAbandoned // it was in a system call, and of which thread is not known
)

var procStates = [...]State{Undetermined, Running, Idle, Running, Idle}

// maxProcs is more than GOMAXPROCS can be.
const maxProcs = 1 << 16

// proc returns a processor, or nil if it is not known.
func (d *Decoder) proc(p int32) *proc {
	if uint32(p) < uint32(len(d.ps)) && d.ps[p].status != procUnknown {
		return &d.ps[p]
	}
	return nil
}

func procNumber(arg uint64) int32 { return int32(min(arg, maxProcs)) }

func (d *Decoder) procStart(m *thread, e *Event) outcome {
	p := d.proc(procNumber(e.Args[0]))
	if p == nil || p.status != procIdle || p.gen != d.now || e.Args[1] != p.seq+1 || m.p >= 0 {
		return waits
	}
	if m.index == None {
		return d.fail("there is no thread where it is")
	}
	p.status, p.seq = procRunning, e.Args[1]
	m.p = int32(e.Args[0])
	e.Of, e.From, e.To = m.p, Idle, Running
	return done
}

func (d *Decoder) procStop(m *thread, e *Event) outcome {
	if m.p < 0 || d.ps[m.p].status != procRunning && d.ps[m.p].status != procSyscall {
		return d.fail("there is no processor to stop where it is")
	}
	d.ps[m.p].status = procIdle
	e.Of, e.From, e.To = m.p, Running, Idle
	m.p = None
	return done
}

// procSteal takes a processor away from a thread that is in a system call.
func (d *Decoder) procSteal(m *thread, e *Event) outcome {
	p := d.proc(procNumber(e.Args[0]))
	if p == nil || p.status != procSyscall && p.status != procAbandoned || p.gen != d.now || e.Args[1] != p.seq+1 {
		return waits
	}
	if m.index == None {
		return d.fail("there is no thread where it is")
	}
	e.Of, e.From, e.To = int32(e.Args[0]), Running, Idle
	if p.status == procAbandoned {
		e.From = Idle
	} else if why := d.robbed(e); why != "" {
		return d.fail(why)
	}
	p.status, p.seq = procIdle, e.Args[1]
	return done
}

// robbed takes the processor from the thread that had it.
func (d *Decoder) robbed(e *Event) (why string) {
	from := d.threads.find(int64(e.Args[2]))
	switch {
	case from < 0 || !d.ms[from].seen:
		return "the thread that it takes a processor from is not known"
	case d.ms[from].p != e.Of:
		return "the thread that it takes a processor from does not have it"
	}
	d.ms[from].p = None
	return ""
}

// procStatus is the state of a processor in this generation, before its first event.
func (d *Decoder) procStatus(m *thread, e *Event) outcome {
	number, status := procNumber(e.Args[0]), uint8(min(e.Args[1], 255))
	if number == maxProcs || status == procUnknown || status > procAbandoned {
		return d.fail("there is no such processor, or no such state of one")
	}
	for int(number) >= len(d.ps) {
		d.ps = append(d.ps, proc{})
	}
	p := &d.ps[number]
	e.From, e.To = procStates[status], procStates[status]
	switch {
	case p.status == procUnknown:
		p.status = status
		e.From = NotExist
		if d.initial {
			e.From = Undetermined
		}
	case status == procAbandoned && p.status == procSyscall:
		if !d.holder(number, e) {
			return d.fail("no thread has the processor that is about to be taken away")
		}
		status = procUnknown // it binds nothing: it is told in the place of its thread
		e.Args[1], e.From, e.To = uint64(procSyscall), Running, Running
	case p.status != status:
		d.contradicts("processor", e.Args[0])
		d.release(number)
		e.From = procStates[p.status]
		p.status = status
	}
	p.gen, p.seq = d.now, 0
	e.Of = number
	if status == procRunning || status == procSyscall {
		m.p, m.seen = number, true
	}
	return done
}

// holder has the event tell of the thread that has a processor.
func (d *Decoder) holder(number int32, e *Event) bool {
	found := false
	for _, m := range d.ms {
		if m.p == number {
			e.G, e.Goroutine, e.M, e.Thread, e.P = m.g, m.goroutine, m.index, m.id, number
			found = true
		}
	}
	return found
}

// untold makes the state of a processor known that starts for the first time in its
// generation. Go 1.22 does not always tell it, when it has made more processors or fewer.
func (d *Decoder) untold(c *cursor) bool {
	var v [4]uint64
	if d.src.f.Minor != 22 || c.typ != ProcStart || c.seg.numbers(&v, 2, c.at) > c.end || v[0] >= maxProcs || v[1] != 1 {
		return false
	}
	if p := d.proc(int32(v[0])); p != nil && p.gen == d.now {
		return false
	}
	d.believeProc(ProcStart, c.m, v)
	return true
}
