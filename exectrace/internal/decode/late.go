package decode

import (
	"fmt"
	"math"
)

// slack is by how much the times of a thread may be ahead of the clock: events of one tick
// are counted on.
const slackTime = 1e6

// lastSlack is the same at the end of a generation, whose last batches are written when no
// thread writes events of it any more.
const lastSlack = 1e8

// bound is the latest that the events of a batch can be, before those of its thread that
// follow.
func (g *generation) bound(following []batch) int64 {
	if len(following) > 0 {
		return g.ns(following[0].time) + slackTime
	}
	return g.latest
}

// tooLate sets right the time of an event that is later than what follows, and returns it.
// If one bit less makes a time that can be, that is it.
func (d *Decoder) tooLate(c *cursor) int64 {
	before := d.timeBefore(c)
	_, ticks, args := c.seg.next(c.began)
	best := uint64(0)
	for bit := range 64 {
		if less := ticks &^ (1 << bit); less != ticks && before+d.gen.ns(less) <= c.bound {
			best = max(best, less)
		}
	}
	d.lose(c, c.began, 0, 0, fmt.Errorf("generation %d, thread %d: an event is at %d, later than what follows", d.gen.Number, c.m.id, c.time))
	for at := c.began + 1; at < args; at++ { // as many bytes
		b := &c.seg[at&segmentMask]
		*b = *b&0x80 | byte(best&0x7f)
		best >>= 7
	}
	_, ticks, _ = c.seg.next(c.began)
	c.time = before + d.gen.ns(ticks)
	if c.time > c.bound {
		c.bound = math.MaxInt64
	}
	return c.time
}

// timeBefore is the time of the event before the one of a cursor, or of the batch.
func (d *Decoder) timeBefore(c *cursor) int64 {
	at := c.batch.at
	time := d.gen.ns(c.batch.time)
	for at < c.began {
		typ, ticks, next := c.seg.next(at)
		args := shapes[typ].args
		if args == no {
			break
		}
		time += d.gen.ns(ticks)
		var v [4]uint64
		at = c.seg.numbers(&v, args, next)
	}
	return min(time, c.bound)
}
