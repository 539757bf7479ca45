package decode

// goSwitch is three events in one: a coroutine is unblocked, the goroutine that runs
// blocks or ends, and the coroutine starts in its place.
func (d *Decoder) goSwitch(c *cursor, m *thread, e *Event) outcome {
	if !d.runs(m) {
		return d.fail(noGoroutine)
	}
	of := d.goroutines.find(int64(e.Args[0]))
	if of < 0 {
		return waits
	}
	next := &d.gs[of]
	if next.status != goWaiting || next.gen != d.now || e.Args[1] != next.seq+1 {
		return waits
	}
	was := *e
	e.Of, e.From, e.To = of, Waiting, Runnable
	d.commit(e, c.time)

	e = d.slot()
	*e = was
	e.Args = [4]uint64{}
	e.Of, e.From = m.g, Running
	if c.typ == GoSwitch {
		d.gs[m.g].status = goWaiting
		e.Type, e.To = GoBlock, Waiting
	} else {
		d.forget(m.g)
		e.Type, e.To = GoDestroy, NotExist
	}
	d.commit(e, c.time)

	e = d.slot()
	*e = was
	e.G, e.Goroutine = None, None
	e.Of, e.Type, e.From, e.To = of, GoStart, Runnable, Running
	next.status, next.seq = goRunning, was.Args[1]
	m.g, m.goroutine = of, next.id
	return done
}
