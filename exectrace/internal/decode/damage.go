package decode

import (
	"errors"
	"fmt"
	"math"
)

// losses is what is lost of the generation that is read.
type losses struct {
	Loss
	any   bool
	doubt bool  // states may be wrong
	end   int64 // offset of what follows the last byte that is lost
}

// lose notes for the event of a cursor.
func (d *Decoder) lose(c *cursor, at, size uint32, events int, err error) {
	from := min(d.last, c.time, d.gen.ns(c.batch.time))
	d.loss.lose(c.batch.offset+int64(at-c.batch.at), int64(size), events, from, err)
}

// lose notes bytes that are lost, or that a part of the trace contradicts itself.
func (l *losses) lose(offset, size int64, events int, at int64, err error) {
	if !l.doubt {
		l.doubt, l.From = true, at
	}
	l.From = min(l.From, at)
	l.add(offset, size, events, err)
}

// leave notes an event that is left out without doubt about others.
func (l *losses) leave(offset, size int64, err error) { l.add(offset, size, 1, err) }

func (l *losses) add(offset, size int64, events int, err error) {
	if !l.any {
		l.any, l.Err, l.Offset, l.end = true, err, offset, offset
	}
	l.Offset, l.end = min(l.Offset, offset), max(l.end, offset+size)
	l.Bytes += size
	l.Events += events
}

// report says what is lost of a generation that has been read, and begins anew. It
// reports false to stop.
func (d *Decoder) report() bool {
	l := d.loss
	d.loss = losses{}
	d.damaged = l.doubt
	if !l.any {
		return true
	}
	l.Size = l.end - l.Offset
	if l.doubt {
		l.To = d.last
	} else {
		l.From, l.To = d.last, d.last
	}
	return d.flush() && d.lost(l.Loss)
}

// damage notes what is lost of the bytes of a generation, and of its tables.
func (d *Decoder) damage(g *generation, at int64) {
	for _, b := range g.damage {
		d.loss.lose(b.Offset, b.Size, 0, at, b.Err)
	}
	for _, f := range g.faults {
		d.loss.lose(f.offset, f.size, 0, at, f.err)
	}
	if g.cut {
		d.loss.lose(g.offset+g.size, 0, 0, at, errors.New("the trace ends within a generation"))
	}
}

// unread is a generation that cannot be read at all.
func (d *Decoder) unread(g *generation, err error) bool {
	d.loss.lose(g.offset, g.size, 0, d.last, err)
	return d.report()
}

// missing begins anew where generations are missing.
func (d *Decoder) missing(g *generation) bool {
	err := fmt.Errorf("generation %d follows %d", g.Number, d.number)
	d.goroutines, d.gs, d.dead = newIDs(), nil, nil
	d.ps, d.ms, d.threads = nil, nil, newIDs()
	d.taskIDs, d.tasks, d.regions, d.spare, d.stops = newIDs(), nil, nil, nil, map[int32][]uint64{}
	d.gcSeq, d.gcState, d.initial = 0, gcUndetermined, true
	at := g.offset
	if len(g.damage) > 0 {
		at = min(at, g.damage[0].Offset)
	}
	return d.lost(Loss{Offset: at, Gap: true, From: d.last, To: d.last, Err: err})
}

// mend has the event of a cursor, which cannot come next as far as is known, come next
// all the same, if no more than a bit, or states that were lost, speak against it.
// Otherwise it is left out.
func (d *Decoder) mend(i int) outcome {
	c := d.heap[i].c
	if err := d.misuse; err != nil {
		d.misuse = nil
		return d.leave(c, err)
	}
	if d.untold(c) {
		if o := d.run(c, math.MinInt64); o != waits && o != failed {
			return o
		}
	}
	err := d.wrong(c)
	first := !d.loss.doubt
	d.repairs--
	if d.reads(c.seg, c.began, c.end) < enough {
		if o := d.repair(c, err); o != failed {
			return o
		}
		return d.skip(c, err)
	}
	if first && d.repairs > 0 {
		if o := d.reread(c, err); o != failed {
			return o
		}
	}
	if o := d.force(c, err); o != failed {
		return o
	}
	return d.skip(c, err)
}

// force has the event of a cursor come next by believing that states are such that it can.
// It returns failed if there are none such.
func (d *Decoder) force(c *cursor, err error) outcome {
	if !d.believe(c) {
		return failed
	}
	d.lenient = true
	o := d.try(c, err)
	d.lenient = false
	return o
}

// try runs the event of a cursor. It returns failed if it cannot come next.
func (d *Decoder) try(c *cursor, err error) outcome {
	was := *c
	switch o := d.run(c, math.MinInt64); o {
	case later, ended, stopped:
		d.lose(&was, was.began, 0, 0, err)
		return o
	}
	return failed
}

func (d *Decoder) wrong(c *cursor) error {
	return fmt.Errorf("generation %d, thread %d, an event of type %d: %s", d.gen.Number, c.m.id, c.typ, d.why)
}

// skip moves a cursor past its event, or to the next batch if it is not known how long
// the event is.
func (d *Decoder) skip(c *cursor, err error) outcome {
	next := c.after()
	d.lose(c, c.began, next-c.began, 1, err)
	return d.pass(c, next)
}

// leave is skip where no doubt about others arises.
func (d *Decoder) leave(c *cursor, err error) outcome {
	next := c.after()
	d.loss.leave(c.batch.offset+int64(c.began-c.batch.at), int64(next-c.began), err)
	return d.pass(c, next)
}

// after is the offset behind an event; the end of its batch, if it is not known how long
// the event is.
func (c *cursor) after() uint32 {
	args := shapes[c.typ].args
	if args == no {
		return c.end
	}
	var v [4]uint64
	return min(c.seg.numbers(&v, args, c.at), c.end)
}

// pass goes to the event at an offset, or to the next batch.
func (d *Decoder) pass(c *cursor, next uint32) outcome {
	if next == c.end {
		if !d.nextBatch(c) {
			return ended
		}
		return later
	}
	d.nextEvent(c, next)
	return later
}

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
		if !m.has() {
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
		m.p = None
		return m.g >= 0
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
		return false
	}
	return true
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

// unknown reports whether a string or a stack that an event names and the tables lack may
// be missing: it is none then.
func (d *Decoder) unknown(e *Event, i uint8, what string) bool {
	d.why = fmt.Sprintf("the generation lacks %s with the number %d, which it names", what, e.Args[i&3])
	if !d.lenient && d.gen.whole() {
		return false
	}
	if !d.gen.cut {
		d.loss.lose(d.gen.offset, 0, 0, d.last, fmt.Errorf("generation %d lacks %s with the number %d, which events name", d.gen.Number, what, e.Args[i&3]))
	}
	e.Args[i&3] = 0
	return true
}

// whole reports whether the tables of a generation are.
func (g *generation) whole() bool { return len(g.faults) == 0 && len(g.damage) == 0 && !g.cut }

// contradicts notes that a status tells another state than the events before.
func (d *Decoder) contradicts(what string, id uint64) {
	if !d.damaged && !d.loss.doubt {
		d.loss.lose(d.gen.offset, 0, 0, d.last, fmt.Errorf("generation %d tells another state of %s %d than the one before", d.gen.Number, what, id))
	}
}

// rest notes the damage behind the last generation.
func (d *Decoder) rest() {
	for _, b := range d.src.batches.Broken[d.src.damage:] {
		d.loss.lose(b.Offset, b.Size, 0, d.last, b.Err)
	}
	d.src.damage = len(d.src.batches.Broken)
	d.report()
}
