package decode

// gc is the begin, the end or the going on of a collection, which are counted.
func (d *Decoder) gc(m *thread, e *Event) outcome {
	switch {
	case e.Type == GCActive && d.initial:
		if d.gcState != gcUndetermined {
			return d.fail("a collection goes on that has begun before")
		}
		d.gcState, d.gcSeq = gcRunning, e.Args[0]
		return done
	case e.Type == GCBegin && d.gcState == gcUndetermined:
		if !d.texts(e) {
			return failed
		}
		d.gcState, d.gcSeq = gcRunning, e.Args[0]
		return done
	case e.Args[0] != d.gcSeq+1:
		return waits
	case (e.Type == GCBegin) == (d.gcState == gcRunning):
		return d.fail("a collection begins that has begun, or ends that has not")
	case !m.has():
		return d.fail(noGoroutine)
	}
	if !d.texts(e) {
		return failed
	}
	d.gcSeq = e.Args[0]
	d.gcState = gcRunning
	if e.Type == GCEnd {
		d.gcState = gcNotRunning
	}
	return done
}

// sweep is of a processor.
func (d *Decoder) sweep(m *thread, e *Event) outcome {
	if e.Type == GCSweepActive {
		p := d.proc(procNumber(e.Args[0]))
		if p == nil || p.sweeps == d.initial {
			return d.fail("its processor is not known, or does not sweep")
		}
		p.sweeps = true
		return done
	}
	p := d.proc(m.p)
	if m.index == None || p == nil || p.sweeps != (e.Type == GCSweepEnd) {
		return d.fail("its processor is not known, sweeps already, or does not")
	}
	if !d.texts(e) {
		return failed
	}
	p.sweeps = !p.sweeps
	return done
}

// assist is of a goroutine, which may wait.
func (d *Decoder) assist(m *thread, e *Event) outcome {
	of := m.g
	if e.Type == GCMarkAssistActive {
		of = d.goroutines.find(int64(e.Args[0]))
	} else if !m.has() {
		return d.fail(noGoroutine)
	}
	if of < 0 || d.gs[of].status == goNone {
		return d.fail("the goroutine that it is about is not known")
	}
	g := &d.gs[of]
	begins := e.Type == GCMarkAssistBegin || e.Type == GCMarkAssistActive && d.initial
	if g.assists == begins {
		return d.fail("its goroutine assists already, or does not")
	}
	if !d.texts(e) {
		return failed
	}
	g.assists = e.Type != GCMarkAssistEnd
	if e.Type == GCMarkAssistActive {
		e.Of = of
	}
	return done
}

// stopTheWorld is of the goroutine that does it. The end does not say what for.
func (d *Decoder) stopTheWorld(m *thread, e *Event) outcome {
	if !m.has() || d.gs[m.g].status == goNone {
		return d.fail(noGoroutine)
	}
	if !d.texts(e) {
		return failed
	}
	reasons := d.stops[m.g]
	if e.Type == STWBegin {
		for _, r := range reasons {
			if r == e.Args[0] {
				return d.fail("its goroutine has stopped the world already")
			}
		}
		d.stops[m.g] = append(reasons, e.Args[0])
		return done
	}
	if len(reasons) == 0 {
		return d.fail("its goroutine has not stopped the world")
	}
	e.Args[0] = reasons[0] // the last takes its place, as in Go's decoder
	last := len(reasons) - 1
	reasons[0] = reasons[last]
	if last == 0 {
		delete(d.stops, m.g)
	} else {
		d.stops[m.g] = reasons[:last]
	}
	return done
}
