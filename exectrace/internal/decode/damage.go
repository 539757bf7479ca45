package decode

import (
	"errors"
	"fmt"
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
	switch c.typ {
	case ProcStatus, GoStatus, GoStatusStack: // what they tell is so since then
		from = d.gen.ns(d.gen.first)
	}
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
		d.loss.lose(f.offset, f.size, f.events, at, f.err)
	}
	if g.cut {
		d.loss.lose(g.offset+g.size, 0, 0, at, errors.New("the trace ends within a generation"))
	}
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
func (g *generation) whole() bool {
	return len(g.faults) == 0 && len(g.damage) == 0 && !g.cut && g.strings.all == g.strings.highest && g.stacks.all == g.stacks.highest
}

// contradicts notes that a status tells another state than the events before.
func (d *Decoder) contradicts(what string, id uint64) {
	if !d.damaged && !d.loss.doubt {
		d.loss.lose(d.gen.offset, 0, 0, d.earlier, fmt.Errorf("generation %d tells another state of %s %d than the one before", d.gen.Number, what, id))
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

// ghosts says of goroutines that the states of a generation do not tell that they have
// ended: their end was lost. Of a generation that is damaged itself it is not known.
func (d *Decoder) ghosts(g *generation) {
	if !d.damaged || !g.whole() || d.loss.doubt {
		return
	}
	for i := range d.gs {
		if x := &d.gs[i]; x.status == goNone || x.gen == d.now {
			continue
		}
		e := d.slot()
		x := d.gs[i]
		*e = Event{Type: GoTransition, Goroutine: None, Thread: None, G: None, M: None, P: None, Of: int32(i), From: goStates[x.status], To: NotExist}
		e.Args[0] = uint64(x.id)
		d.unbind(int32(i))
		d.forget(int32(i))
		e.Time = d.last // it takes no time
		d.n++
		if d.n >= d.chunk && !d.flush() {
			return
		}
	}
}
