package decode

// parcel is what the decoding goroutine passes on: events, a loss, or that nothing will be
// asked of Tables any more.
type parcel struct {
	tables *Tables
	events []Event
	loss   *Loss
	done   bool
}

// How many events are handed over at a time, and how often before they are taken.
const (
	aheadChunk = 1 << 11
	ahead      = 4
)

// RunAhead is Run with a goroutine of its own for the decoding, so that what follows is
// decoded while sink takes events. Tables are used again.
func (d *Decoder) RunAhead(sink func(*Tables, []Event) bool, lost func(Loss) bool) error {
	q := &queue{parcels: make(chan parcel, ahead), free: make(chan []Event, ahead+2), stop: make(chan struct{})}
	for range ahead + 1 {
		q.free <- make([]Event, aheadChunk+slots)
	}
	var err error
	go func() {
		defer close(q.parcels)
		err = d.runInto(q)
	}()
	defer func() { // also if sink panics
		close(q.stop)
		for range q.parcels {
		}
	}()
	for p := range q.parcels {
		ok := true
		switch {
		case p.loss != nil:
			ok = lost(*p.loss)
		case p.done:
			d.src.recycle(p.tables)
		default:
			ok = sink(p.tables, p.events)
			q.free <- p.events[:cap(p.events)]
		}
		if !ok {
			return nil
		}
	}
	return err
}

// queue is between the decoding goroutine and who takes events.
type queue struct {
	parcels chan parcel
	free    chan []Event  // buffers
	stop    chan struct{} // closed when nothing is taken any more
}

// pass reports false if nothing is taken any more.
func (q *queue) pass(p parcel) bool {
	select {
	case q.parcels <- p:
		return true
	case <-q.stop:
		return false
	}
}

// runInto is Run into a queue.
func (d *Decoder) runInto(q *queue) error {
	d.out, d.chunk = make([]Event, aheadChunk+slots), aheadChunk
	d.recycle = func(t *Tables) { q.pass(parcel{tables: t, done: true}) }
	return d.Run(false, func(t *Tables, list []Event) bool {
		if !q.pass(parcel{tables: t, events: list}) {
			return false
		}
		select {
		case d.out = <-q.free:
			return true
		case <-q.stop:
			return false
		}
	}, func(l Loss) bool { return q.pass(parcel{loss: &l}) })
}
