package decode

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
)

// maxRepairs is for how many events of a generation a bit is looked for that is another.
const maxRepairs = 1000

// repairsOf is the same for a generation of its size: each costs about a millisecond, and
// a file may have many small ones.
func repairsOf(g *generation) int { return int(min(maxRepairs, 16+g.size/64)) }

// back is how many events before one that cannot be may be those that are damaged.
const back = 4

// placeOf is where an event of a batch begins, and when.
type placeOf struct {
	at   uint32
	time int64 // before it
}

// before returns the last events of a batch up to the one of a cursor, with it.
func (d *Decoder) before(c *cursor) (list []placeOf) {
	at, time := c.batch.at, d.gen.ns(c.batch.time)
	for at < c.began {
		list = append(list, placeOf{at, time})
		if len(list) > back {
			list = slices.Delete(list, 0, 1)
		}
		typ, ticks, args := c.seg.next(at)
		if shapes[typ].args == no {
			break
		}
		var v [4]uint64
		at = c.seg.numbers(&v, shapes[typ].args, args)
		time += d.gen.ns(ticks)
	}
	return append(list, placeOf{c.began, min(time, c.bound)})
}

// rewind moves a cursor to an event of its batch.
func (d *Decoder) rewind(c *cursor, p placeOf) {
	c.time = p.time
	d.nextEvent(c, p.at)
}

// flips is a bit of a batch, and the event from which on it is read with that.
type flip struct {
	at    uint32
	mask  byte
	from  placeOf
	fits  int  // how many events can follow on the thread: see alone
	often int  // how often its type is in the batch
	span  int  // how much time the events take that follow, as the number of bits
	done  bool // the event has come, with wrong arguments
}

func (f flip) do(s *segment) { s[f.at&segmentMask] ^= f.mask }

// repair has a batch go on that cannot be read from the event of a cursor on: with a bit
// that is another, or else behind what cannot be read.
func (d *Decoder) repair(c *cursor, err error) outcome {
	found := d.flips(c)
	if o := d.flipped(c, found, err); o != failed {
		return o
	}
	if len(found) > 0 {
		found[0].do(c.seg)
		d.rewind(c, found[0].from)
		if found[0].done {
			d.nextEvent(c, c.after())
		}
		if o := d.force(c, err); o != failed {
			return o
		}
		return d.skip(c, err)
	}
	return d.resync(c, err)
}

// flips are the bits with which the batch can be read, of those just before where it
// cannot. Those that make events of which there are many come first.
func (d *Decoder) flips(c *cursor) (list []flip) {
	if d.repairs <= 0 {
		return nil
	}
	often, places := types(c), d.before(c)
	for i := len(places) - 1; i >= 0; i-- {
		end := min(c.began+24, c.end)
		if i < len(places)-1 {
			end = places[i+1].at
		}
		list = append(list, d.flipsOf(c, places[i], end, often)...)
	}
	slices.SortStableFunc(list, likelier)
	return list
}

// flipsOf are those of one event, up to an offset.
func (d *Decoder) flipsOf(c *cursor, p placeOf, end uint32, often *[256]int) (list []flip) {
	was, _, _ := c.seg.next(p.at)
	for at := p.at; at < end; at++ {
		for bit := range 8 {
			f := flip{at: at, mask: 1 << bit, from: p}
			f.do(c.seg)
			if d.reads(c.seg, p.at, c.end) == enough {
				typ, _, _ := c.seg.next(p.at)
				f.often, f.span = often[typ], d.span(c.seg, p.at, c.end)
				f.done = p.at < c.began && typ == was && c.behind(p.at) < c.end
				f.fits = d.fits(c, f)
				list = append(list, f)
			}
			f.do(c.seg)
		}
	}
	return list
}

// fits is how many events can follow with a bit that is another. What an event before was
// taken for has changed what is known of the thread.
func (d *Decoder) fits(c *cursor, f flip) int {
	switch {
	case f.done:
		return d.alone(c.m).fits(c.seg, c.behind(f.from.at), c.end)
	case f.from.at < c.began:
		return alone{}.fits(c.seg, f.from.at, c.end)
	}
	return d.alone(c.m).fits(c.seg, f.from.at, c.end)
}

// types counts the types of the events of a batch, up to the one of a cursor.
func types(c *cursor) *[256]int {
	var often [256]int
	for at := c.batch.at; at < c.began; {
		typ, _, args := c.seg.next(at)
		if shapes[typ].args == no {
			break
		}
		often[typ]++
		var v [4]uint64
		at = c.seg.numbers(&v, shapes[typ].args, args)
	}
	return &often
}

// behind is the offset behind the event at an offset of the batch of a cursor.
func (c *cursor) behind(at uint32) uint32 {
	typ, _, args := c.seg.next(at)
	var v [4]uint64
	return c.seg.numbers(&v, shapes[typ].args, args)
}

// likelier orders by how many events can follow, by how often there are such events, and by
// how much time they take.
func likelier(a, b flip) int {
	return cmp.Or(b.fits-a.fits, bits.Len(uint(b.often))-bits.Len(uint(a.often)), a.span-b.span)
}

// span is how much time the events take from an offset on.
func (d *Decoder) span(s *segment, at, end uint32) int {
	sum := uint64(0)
	for range enough {
		if at >= end {
			break
		}
		typ, ticks, args := s.next(at)
		sum += ticks
		var v [4]uint64
		at = s.numbers(&v, shapes[typ].args, args)
	}
	return bits.Len64(sum)
}

// resync skips to where the batch can be read again.
func (d *Decoder) resync(c *cursor, err error) outcome {
	for at := c.began + 1; at < c.end; at++ {
		if d.reads(c.seg, at, c.end) == enough {
			d.lose(c, c.began, at-c.began, 1, err)
			d.nextEvent(c, at)
			return later
		}
	}
	return d.skip(c, err)
}

// flipped tries bits that are others.
func (d *Decoder) flipped(c *cursor, found []flip, err error) outcome {
	was := *c
	for _, f := range found {
		if f.fits < found[0].fits || f.often*100 < found[0].often {
			break
		}
		f.do(c.seg)
		d.rewind(c, f.from)
		if f.done {
			d.nextEvent(c, c.after())
		}
		run := d.try
		if f.from.at < was.began && !f.done {
			run = d.force
		}
		if o := run(c, fmt.Errorf("%w, but with another bit at byte %d", err, c.batch.offset+int64(f.at-c.batch.at))); o != failed {
			return o
		}
		f.do(c.seg)
		*c = was
	}
	return failed
}
