package decode

// The states of goroutines in the file.
const (
	goNone uint8 = iota // it does not exist; no file has it
	goRunnable
	goRunning
	goSyscall
	goWaiting
)

var goStates = [...]State{Undetermined, Runnable, Running, Syscall, Waiting}

// texts reports whether there is all that an event names. A string or a stack that the
// tables lack, where they are damaged, is none.
func (d *Decoder) texts(e *Event) bool {
	s := &shapes[e.Type]
	g := d.gen
	for _, i := range [...]uint8{s.text, s.text2} {
		if i != no && !g.strings.valid(e.Args[i&3]) && !d.unknown(e, i, "a string") {
			return false
		}
	}
	for _, i := range [...]uint8{s.stack, s.of} {
		if i != no && !g.stacks.valid(e.Args[i&3]) && !d.unknown(e, i, "a stack") {
			return false
		}
	}
	return true
}

func (d *Decoder) goStart(m *thread, e *Event) outcome {
	of := d.goroutines.find(int64(e.Args[0]))
	if of < 0 {
		return waits
	}
	g := &d.gs[of]
	if g.status != goRunnable || g.gen != d.now || e.Args[1] != g.seq+1 {
		return waits
	}
	if m.p < 0 || m.g >= 0 {
		return d.fail("a goroutine cannot start where it is")
	}
	g.status, g.seq = goRunning, e.Args[1]
	e.Of, e.From, e.To = of, Runnable, Running
	m.g, m.goroutine = of, g.id
	return done
}

// goStop has the goroutine stop running, for a reason.
func (d *Decoder) goStop(m *thread, e *Event, status uint8, to State) outcome {
	if !d.runs(m) {
		return d.fail(noGoroutine)
	}
	if (e.Args[1] > d.gen.stacks.all || e.Args[0] > d.gen.strings.all) && !d.texts(e) {
		return failed
	}
	d.gs[m.g].status = status
	e.Of, e.From, e.To = m.g, Running, to
	m.g, m.goroutine = None, None
	return done
}

func (d *Decoder) goUnblock(e *Event) outcome {
	of := d.goroutines.find(int64(e.Args[0]))
	if of < 0 {
		return waits
	}
	g := &d.gs[of]
	if g.status != goWaiting || g.gen != d.now || e.Args[1] != g.seq+1 {
		return waits
	}
	if e.Args[2] > d.gen.stacks.all && !d.texts(e) {
		return failed
	}
	g.status, g.seq = goRunnable, e.Args[1]
	e.Of, e.From, e.To = of, Waiting, Runnable
	return done
}

func (d *Decoder) goCreate(m *thread, e *Event, status uint8, to State) outcome {
	if m.index == None || m.p < 0 || m.g >= 0 && d.gs[m.g].status != goRunning && d.gs[m.g].status != goNone {
		return d.fail("a goroutine cannot be created where it is")
	}
	of := d.goroutine(int64(e.Args[0]))
	if d.gs[of].status != goNone {
		return d.fail("the goroutine that it creates exists")
	}
	if (e.Args[1] > d.gen.stacks.all || e.Args[2] > d.gen.stacks.all) && !d.texts(e) {
		return failed
	}
	d.gs[of] = goroutine{id: int64(e.Args[0]), gen: d.now, status: status}
	e.Of, e.From, e.To = of, NotExist, to
	return done
}

func (d *Decoder) goDestroy(m *thread, e *Event) outcome {
	if !d.runs(m) {
		return d.fail(noGoroutine)
	}
	d.forget(m.g)
	e.Of, e.From, e.To = m.g, Running, NotExist
	m.g, m.goroutine = None, None
	return done
}

// forget forgets a goroutine that ends.
func (d *Decoder) forget(i int32) {
	g := &d.gs[i]
	if g.regions != 0 {
		d.regions[g.regions-1] = d.regions[g.regions-1][:0]
		d.spare = append(d.spare, g.regions)
	}
	if len(d.stops) > 0 {
		delete(d.stops, i)
	}
	*g = goroutine{}
	d.dead = append(d.dead, i)
}

func (d *Decoder) syscallBegin(m *thread, e *Event) outcome {
	if !d.runs(m) {
		return d.fail(noGoroutine)
	}
	p := &d.ps[m.p]
	if p.gen != d.now || e.Args[0] != p.seq+1 {
		return d.fail("the events of its processor are out of sequence")
	}
	if e.Args[1] > d.gen.stacks.all && !d.texts(e) {
		return failed
	}
	d.gs[m.g].status = goSyscall
	p.status, p.seq = procSyscall, e.Args[0]
	e.Of, e.From, e.To = m.g, Running, Syscall
	return done
}

func (d *Decoder) syscallEnd(m *thread, e *Event) outcome {
	if !m.has() || d.gs[m.g].status != goSyscall || d.ps[m.p].status != procSyscall {
		return d.fail("no goroutine is in a system call where it is")
	}
	d.gs[m.g].status = goRunning
	d.ps[m.p].status = procRunning
	e.Of, e.From, e.To = m.g, Syscall, Running
	return done
}

func (d *Decoder) syscallEndBlocked(m *thread, e *Event) outcome {
	if m.p >= 0 && d.ps[m.p].status == procSyscall { // it is going to be lost
		return waits
	}
	if m.index == None || m.g < 0 || d.gs[m.g].status != goSyscall {
		return d.fail("no goroutine is in a system call where it is")
	}
	d.gs[m.g].status = goRunnable
	e.Of, e.From, e.To = m.g, Syscall, Runnable
	m.g, m.goroutine = None, None
	return done
}

// goStatus is the state of a goroutine in this generation, before its first event.
func (d *Decoder) goStatus(m *thread, e *Event) outcome {
	status := uint8(min(e.Args[2], 255))
	if status == goNone || status > goWaiting {
		return d.fail("there is no such state of a goroutine")
	}
	if !d.texts(e) {
		return failed
	}
	of := d.goroutine(int64(e.Args[0]))
	g := &d.gs[of]
	from := goStates[g.status] // Undetermined if it is not known
	if g.status != status && !d.initial {
		d.contradicts("goroutine", e.Args[0])
		d.unbind(of)
	}
	g.id, g.gen, g.seq, g.status = int64(e.Args[0]), d.now, 0, status
	switch status {
	case goRunning:
		m.g, m.goroutine = of, g.id
	case goSyscall:
		if o := d.inSyscall(m, e, of); o != done {
			return o
		}
	}
	e.Of, e.From, e.To = of, from, goStates[status]
	return done
}

// inSyscall is the status of a goroutine in a system call: on this thread, or on another
// one that did nothing since it began.
func (d *Decoder) inSyscall(m *thread, e *Event, of int32) outcome {
	if int64(e.Args[1]) == None {
		return d.fail("a goroutine is in a system call without a thread")
	}
	t := d.thread(int64(e.Args[1]))
	if t.seen && !d.initial && t.g != of {
		d.contradicts("thread", e.Args[1])
		t.seen = false
	}
	if t.index == m.index {
		m.g, m.goroutine, m.seen = of, d.gs[of].id, true
		return done
	}
	if t.seen {
		e.G, e.Goroutine = t.g, t.goroutine
	} else {
		t.seen, t.g, t.goroutine = true, of, d.gs[of].id
	}
	e.Thread, e.M = t.id, t.index
	return done
}
