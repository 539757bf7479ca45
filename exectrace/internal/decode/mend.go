package decode

import (
	"fmt"
	"math"
	"slices"
)

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

// few is how many events at least can follow each other by chance, hardly more.
const few = 8

// reread has the event of a cursor come next with a bit that is another, if with that more
// of the events behind it can follow than if it is states that are wrong. Where few can in
// any state, it may be an event before from which on the batch is read wrongly.
func (d *Decoder) reread(c *cursor, err error) outcome {
	follow := alone{}.fits(c.seg, c.began, c.end)
	var found []flip
	if follow < few {
		found = d.flips(c)
	} else {
		next := d.readable(c.seg, c.began, c.end)
		found = d.flipsOf(c, placeOf{c.began, d.timeBefore(c)}, min(next, c.end), types(c))
		slices.SortStableFunc(found, likelier)
	}
	if len(found) == 0 || found[0].fits < follow {
		return failed
	}
	return d.flipped(c, found, err)
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
