package decode

// run puts out events of a thread: the next one in any case, and those after it up to a
// time.
func (d *Decoder) run(c *cursor, limit int64) outcome {
	m := c.m
	m.seen = true
	for {
		e := &d.out[d.n]
		next := c.at
		switch args := argsOf[c.typ]; args {
		case 0:
		case 2:
			next = c.seg.two(&e.Args, next)
		case 3:
			next = c.seg.three(&e.Args, next)
		case no:
			return d.fail("it is of a type that no event has")
		default:
			next = c.seg.numbers(&e.Args, args, next)
		}
		if next > c.end {
			return d.fail("it is cut")
		}
		e.Goroutine, e.Thread = m.goroutine, m.id
		e.G, e.M, e.Of, e.P = m.g, m.index, None, m.p
		e.Type, e.From, e.To = c.typ, 0, 0
		if o := d.apply(c, m, e); o != done {
			return o
		}
		d.put(c)
		if m.index == None {
			m.g, m.p, m.goroutine = None, None, None
		}
		if next < c.end { // as nextEvent, which is not inlined
			var ticks uint64
			c.began = next
			c.typ, ticks, c.at = c.seg.next(next)
			if !c.still {
				c.time += d.gen.ns(ticks)
			}
		} else if !d.nextBatch(c) {
			return d.full(ended)
		}
		if d.n >= d.chunk && !d.flush() {
			return stopped
		}
		if c.time > limit {
			return later
		}
	}
}

// put has the event in the slot be the next one.
func (d *Decoder) put(c *cursor) {
	if c.still {
		d.out[d.n].Time = d.last
		d.n++
	} else {
		d.commit(&d.out[d.n], c.time)
	}
}

// full hands over what there is, if that is enough, before o.
func (d *Decoder) full(o outcome) outcome {
	if d.n >= d.chunk && !d.flush() {
		return stopped
	}
	return o
}

// apply does what an event says, of which the arguments have been read. It returns waits
// if other events must come before it, and failed if it cannot be.
func (d *Decoder) apply(c *cursor, m *thread, e *Event) outcome {
	switch c.typ {
	case GoStart:
		return d.goStart(m, e)
	case GoBlock:
		return d.goStop(m, e, goWaiting, Waiting)
	case GoUnblock:
		return d.goUnblock(e)
	case GoSyscallBegin:
		return d.syscallBegin(m, e)
	case GoSyscallEnd:
		return d.syscallEnd(m, e)
	case ProcStart:
		return d.procStart(m, e)
	case ProcStop:
		return d.procStop(m, e)
	case GoStop:
		return d.goStop(m, e, goRunnable, Runnable)
	case GoCreate:
		return d.goCreate(m, e, goRunnable, Runnable)
	case GoDestroy:
		return d.goDestroy(m, e)
	case HeapAlloc, HeapGoal:
		if m.p < 0 {
			return d.fail("there is no processor where it is")
		}
		return done
	}
	return d.applyRare(c, m, e)
}

func (d *Decoder) applyRare(c *cursor, m *thread, e *Event) outcome {
	switch c.typ {
	case GoSyscallEndBlocked:
		return d.syscallEndBlocked(m, e)
	case ProcSteal:
		return d.procSteal(m, e)
	case ProcStatus:
		return d.procStatus(m, e)
	case GoStatus, GoStatusStack:
		return d.goStatus(m, e)
	case GoSwitch, GoSwitchDestroy:
		return d.goSwitch(c, m, e)
	case GoCreateBlocked:
		return d.goCreate(m, e, goWaiting, Waiting)
	case GoCreateSyscall:
		return d.goCreateSyscall(m, e)
	case GoDestroySyscall:
		return d.goDestroySyscall(c, m, e)
	case UserTaskBegin, UserTaskEnd:
		return d.userTask(m, e)
	case UserRegionBegin, UserRegionEnd:
		return d.userRegion(m, e)
	case UserLog, GoLabel, ProcsChange:
		return d.annotation(m, e)
	case GCActive, GCBegin, GCEnd:
		return d.gc(m, e)
	case GCSweepActive, GCSweepBegin, GCSweepEnd:
		return d.sweep(m, e)
	case GCMarkAssistActive, GCMarkAssistBegin, GCMarkAssistEnd:
		return d.assist(m, e)
	case STWBegin, STWEnd:
		return d.stopTheWorld(m, e)
	}
	if c.typ < Span || m.index == None {
		return d.fail("it has no place where it is")
	}
	return done
}

// fail says why an event cannot be.
func (d *Decoder) fail(why string) outcome {
	d.why = why
	return failed
}

// runs reports whether a goroutine runs on a thread, with a processor.
func (d *Decoder) runs(m *thread) bool {
	return m.p >= 0 && m.g >= 0 && d.gs[m.g].status == goRunning
}

// has reports whether a thread has a goroutine and a processor.
func (m *thread) has() bool { return m.p >= 0 && m.g >= 0 }

const noGoroutine = "no goroutine runs where it is"
