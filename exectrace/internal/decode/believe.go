package decode

// believe makes the state one in which the event of a cursor can come next. It reports
// false if there is no such state.
func (d *Decoder) believe(c *cursor) bool {
	var v [4]uint64
	m := c.m
	if args := shapes[c.typ].args; args == no || m.index == None || c.seg.numbers(&v, args, c.at) > c.end {
		return false
	}
	switch c.typ {
	case GoStart, GoUnblock, GoSwitch, GoSwitchDestroy:
		d.believeGoroutine(c.typ, m, v)
	case GoBlock, GoStop, GoDestroy, GoSyscallBegin, GoSyscallEnd:
		if d.lend(m); m.p < 0 || m.g < 0 && !d.lastOn(c) {
			return false
		}
		d.gs[m.g].status = goRunning
		p := &d.ps[m.p]
		switch c.typ {
		case GoSyscallBegin:
			p.gen, p.seq = d.now, v[0]-1
		case GoSyscallEnd:
			d.gs[m.g].status, p.status = goSyscall, procSyscall
		}
	case GoSyscallEndBlocked:
		if m.g < 0 && !d.lastOn(c) {
			return false
		}
		d.gs[m.g].status = goSyscall
		if m.p >= 0 && d.ps[m.p].status == procSyscall {
			m.p = None
		}
	case ProcStart, ProcSteal:
		if procNumber(v[0]) == maxProcs {
			return false
		}
		d.believeProc(c.typ, m, v)
	case GCActive, GCBegin, GCEnd:
		d.gcSeq, d.gcState = v[0]-1, gcRunning
		if c.typ == GCBegin {
			d.gcState = gcNotRunning
		}
	default:
		return d.believeHas(c, v)
	}
	return true
}

// believeHas gives a thread the processor and the goroutine that an event needs.
func (d *Decoder) believeHas(c *cursor, v [4]uint64) bool {
	m := c.m
	if m.p < 0 {
		d.lend(m)
	}
	switch c.typ {
	case HeapAlloc, HeapGoal:
	case GCSweepBegin, GCSweepEnd:
		if m.p >= 0 {
			d.ps[m.p].sweeps = c.typ == GCSweepEnd
		}
	case GCMarkAssistBegin, GCMarkAssistEnd:
		if m.g < 0 && !d.lastOn(c) {
			return false
		}
		d.gs[m.g].assists = c.typ == GCMarkAssistEnd
	case GoCreate, GoCreateBlocked:
		if of := d.goroutines.find(int64(v[0])); of >= 0 && d.gs[of].status != goNone {
			d.unbind(of)
			d.gs[of].status = goNone
		}
		if m.g >= 0 && d.gs[m.g].status != goNone {
			d.gs[m.g].status = goRunning
		}
	case UserTaskBegin, UserTaskEnd, UserRegionBegin, UserRegionEnd, UserLog, GoLabel, ProcsChange:
		return m.has() || m.p >= 0 && d.lastOn(c)
	default:
		return false
	}
	return m.p >= 0
}

func (d *Decoder) believeGoroutine(typ Type, m *thread, v [4]uint64) {
	of := d.goroutine(int64(v[0]))
	g := &d.gs[of]
	g.id, g.gen, g.seq, g.status = int64(v[0]), d.now, v[1]-1, goWaiting
	if typ == GoStart {
		g.status = goRunnable
		m.g, m.goroutine = None, None
		d.lend(m)
	}
	d.unbind(of)
}

// lend gives a thread that has no processor one that is idle.
func (d *Decoder) lend(m *thread) {
	if m.p >= 0 {
		return
	}
	for i := range d.ps {
		if p := &d.ps[i]; p.status == procIdle {
			p.status = procRunning
			m.p = int32(i)
			return
		}
	}
}

// unbind has no thread run a goroutine.
func (d *Decoder) unbind(g int32) {
	for _, m := range d.ms {
		if m.g == g {
			m.g, m.goroutine = None, None
		}
	}
}

func (d *Decoder) believeProc(typ Type, m *thread, v [4]uint64) {
	number := int32(v[0])
	for int(number) >= len(d.ps) {
		d.ps = append(d.ps, proc{})
	}
	p := &d.ps[number]
	p.gen, p.seq, p.status = d.now, v[1]-1, procIdle
	if typ == ProcSteal {
		p.status = procAbandoned
	} else {
		m.p = None
	}
	d.release(number)
}

// release has no thread have a processor.
func (d *Decoder) release(p int32) {
	for _, m := range d.ms {
		if m.p == p {
			m.p = None
		}
	}
}

// lastOn has a thread run the goroutine that its batch has it start last, if no other
// thread does.
func (d *Decoder) lastOn(c *cursor) bool {
	id := int64(None)
	for at := c.batch.at; at < c.began; {
		typ, _, args := c.seg.next(at)
		if shapes[typ].args == no {
			break
		}
		var v [4]uint64
		at = c.seg.numbers(&v, shapes[typ].args, args)
		switch typ {
		case GoStart, GoSwitch, GoSwitchDestroy:
			id = int64(v[0])
		}
	}
	if id == None {
		return false
	}
	of := d.goroutine(id)
	if d.gs[of].status == goNone { // it has ended by an event that is another
		d.gs[of] = goroutine{id: id, gen: d.now, status: goRunning}
	}
	for _, m := range d.ms {
		if m.g == of && m != c.m {
			return false
		}
	}
	c.m.g, c.m.goroutine = of, id
	return true
}
