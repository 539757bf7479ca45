package decode

// goCreateSyscall is how a thread of C calls Go.
func (d *Decoder) goCreateSyscall(m *thread, e *Event) outcome {
	if m.index == None || m.g >= 0 {
		return d.fail("a goroutine cannot be created where it is")
	}
	of := d.goroutine(int64(e.Args[0]))
	if d.gs[of].status != goNone {
		return d.fail("the goroutine that it creates exists")
	}
	d.gs[of] = goroutine{id: int64(e.Args[0]), gen: d.now, status: goSyscall}
	e.Of, e.From, e.To = of, NotExist, Syscall
	m.g, m.goroutine = of, int64(e.Args[0])
	return done
}

// goDestroySyscall is how that call ends. Who still has a processor then loses it: the
// number of the thread may be another's soon.
func (d *Decoder) goDestroySyscall(c *cursor, m *thread, e *Event) outcome {
	if m.index == None || m.g < 0 || d.gs[m.g].status != goSyscall {
		return d.fail("no goroutine is in a system call where it is")
	}
	if m.p >= 0 {
		p := d.proc(m.p)
		if p == nil || p.status != procSyscall {
			return d.fail("its processor is not in a system call")
		}
		p.status = procAbandoned
		was := *e
		e.Type, e.Of, e.From, e.To = ProcSteal, m.p, Running, Idle
		e.Args = [4]uint64{uint64(m.p)}
		d.commit(e, c.time)
		e = d.slot()
		*e = was
		m.p = None
	}
	d.forget(m.g)
	e.Of, e.From, e.To = m.g, Syscall, NotExist
	m.g, m.goroutine = None, None
	return done
}
