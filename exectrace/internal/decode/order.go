package decode

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// cursor is a place in the events of a thread. The type and the time of the next event are
// read, its arguments are not.
type cursor struct {
	seg   *segment
	at    uint32 // of the arguments
	began uint32 // where the event is
	end   uint32 // of the batch
	typ   Type
	still bool // all of its events are at the time at which the generation begins
	time  int64
	bound int64 // no event of the batch is later
	asked int64 // up to when it was looked up whether what its event waits for comes
	m     *thread

	batches []batch // those that follow
	batch   *batch
}

// front is a cursor and the time of its event.
type front struct {
	time int64
	c    *cursor
}

// nextBatch goes to the first event of a thread's next batch. It returns false if there is
// none.
func (d *Decoder) nextBatch(c *cursor) bool {
	if len(c.batches) == 0 {
		return false
	}
	b := &c.batches[0]
	c.batch, c.batches = b, c.batches[1:]
	c.seg, c.began, c.end = d.gen.segments[b.segment], b.at, b.end
	var ticks uint64
	c.typ, ticks, c.at = c.seg.next(b.at)
	if !c.still {
		c.time = d.gen.ns(b.time) + d.gen.ns(ticks)
	}
	c.bound = d.gen.bound(c.batches)
	return true
}

// nextEvent goes to the event that is at an offset of its batch.
func (d *Decoder) nextEvent(c *cursor, at uint32) {
	var ticks uint64
	c.began = at
	c.typ, ticks, c.at = c.seg.next(at)
	if !c.still {
		c.time += d.gen.ns(ticks)
	}
}

// outcome is why the events of a thread are not gone on with.
type outcome uint8

const (
	done    outcome = iota
	later           // the next one is not the earliest any more
	waits           // the next one has to wait for one of another thread
	ended           // there is none
	failed          // the next one cannot be
	stopped         // the sink wants no more
)

// merge takes the earliest event of all threads, again and again. If that cannot come
// next, the one after it is tried.
func (d *Decoder) merge() error {
	for {
		if !d.takeSamples() {
			return errStopped
		}
		if len(d.heap) == 0 || d.last > d.Until {
			return nil
		}
		c := d.heap[0].c
		if c.time > c.bound {
			d.heap[0].time = d.tooLate(c)
			down(d.heap, 0)
			continue
		}
		switch d.run(c, min(d.limit(), c.bound)) { // as long as it stays the earliest, nothing need be sorted
		case later:
			d.heap[0].time = c.time
			down(d.heap, 0)
		case ended:
			d.heap = remove(d.heap, 0)
		case waits:
			d.heap[0].time = c.time
			if !d.others() {
				return errStopped
			}
		case failed:
			if !d.settle(0, d.mend(0)) {
				return errStopped
			}
		case stopped:
			return errStopped
		}
	}
}

// limit is up to when the events of the earliest thread are the earliest.
func (d *Decoder) limit() int64 {
	limit := d.Until
	for i := 1; i < min(len(d.heap), 3); i++ {
		limit = min(limit, d.heap[i].time)
	}
	if len(d.samples) > 0 {
		limit = min(limit, d.samples[0].time)
	}
	return limit
}

// takeSamples puts samples of the CPU profile to where their time is.
func (d *Decoder) takeSamples() bool {
	for len(d.samples) > 0 && (len(d.heap) == 0 || d.samples[0].time < d.heap[0].time) {
		s := &d.samples[0]
		d.samples = d.samples[1:]
		if !d.gen.stacks.valid(s.stackID) {
			d.loss.leave(d.gen.offset, 0, fmt.Errorf("generation %d lacks a stack with the number %d, which a sample of the CPU profile names", d.gen.Number, s.stackID))
			continue
		}
		e := d.slot()
		*e = Event{Type: CPUSample, Goroutine: s.g, Thread: s.thread, G: None, M: None, Of: None, P: int32(s.proc)}
		e.Args[0] = s.stackID
		if s.g != None {
			e.G = d.goroutine(s.g)
		}
		if s.thread != None {
			e.M = d.thread(s.thread).index
		}
		d.commit(e, s.time)
		if d.n >= d.chunk && !d.flush() {
			return false
		}
	}
	return true
}

// others is tried when the earliest event has to wait: the others are, by time. It
// reports false to stop.
func (d *Decoder) others() bool {
	slices.SortFunc(d.heap, func(a, b front) int { return cmp.Compare(a.time, b.time) })
	for i := 1; i < len(d.heap); i++ {
		if h := d.hopeless(i); h >= 0 {
			return d.settle(h, d.mendWaiting(h))
		}
		o := d.run(d.heap[i].c, math.MinInt64)
		if o == failed {
			o = d.mend(i)
		}
		if o != waits {
			return d.settle(i, o)
		}
	}
	i := d.culprit()
	return d.settle(i, d.mendWaiting(i))
}

// settle puts a cursor to where it belongs now. It reports false to stop.
func (d *Decoder) settle(i int, o outcome) bool {
	switch o {
	case ended:
		d.heap = remove(d.heap, i)
	case later:
		d.heap[i].time = d.heap[i].c.time
		if up(d.heap, i) == i {
			down(d.heap, i)
		}
	}
	return o != stopped
}

// The heap is one like in any book; where times are equal its order is that of Go's
// decoder, which has the same.

func up(h []front, i int) int {
	for i > 0 && h[(i-1)/2].time > h[i].time {
		h[(i-1)/2], h[i] = h[i], h[(i-1)/2]
		i = (i - 1) / 2
	}
	return i
}

func down(h []front, i int) {
	for {
		least, t := i, h[i].time
		if l := 2*i + 1; l < len(h) && h[l].time < t {
			least, t = l, h[l].time
		}
		if r := 2*i + 2; r < len(h) && h[r].time < t {
			least = r
		}
		if least == i {
			return
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
}

func remove(h []front, i int) []front {
	for i > 0 {
		h[(i-1)/2], h[i] = h[i], h[(i-1)/2]
		i = (i - 1) / 2
	}
	last := len(h) - 1
	h[0] = h[last]
	h = h[:last]
	if last > 0 {
		down(h, 0)
	}
	return h
}
