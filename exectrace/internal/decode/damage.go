package decode

import (
	"fmt"
)

// loss is what is lost of the generation that is read.
type loss struct {
	Loss
	any bool
}

// drop leaves out the event of a cursor, which cannot be.
func (d *Decoder) drop(i int) {
	c := d.heap[i].c
	d.note(c)
	if d.skip(c) {
		d.moved(i)
	} else {
		d.heap = remove(d.heap, i)
	}
}

func (d *Decoder) note(c *cursor) {
	offset := c.batch.offset + int64(c.began-c.batch.at)
	d.fault(offset, 1, fmt.Errorf("generation %d, thread %d, an event of type %d: %s", d.gen.Number, c.m.id, c.typ, d.why))
}

// skip moves a cursor past its event, or to the next batch.
func (d *Decoder) skip(c *cursor) bool {
	args := shapes[c.typ].args
	if args == no {
		return d.nextBatch(c)
	}
	var v [4]uint64
	next := c.seg.numbers(&v, args, c.at)
	if next >= c.end {
		return d.nextBatch(c)
	}
	var ticks uint64
	c.began = next
	c.typ, ticks, c.at = c.seg.next(next)
	if !c.still {
		c.time += d.gen.ns(ticks)
	}
	return true
}

func (d *Decoder) missing(e *Event, i uint8, what string) {
	e.Args[i&3] = 0
}

func (d *Decoder) fault(offset, size int64, err error) {
	d.lost(Loss{Offset: offset, Size: size, Err: err})
}
