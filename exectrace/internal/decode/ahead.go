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
	parcels := make(chan parcel, ahead)
	free := make(chan []Event, ahead+2)
	for range ahead + 1 {
		free <- make([]Event, aheadChunk+slots)
	}
	stop := make(chan struct{})
	pass := func(p parcel) bool {
		select {
		case parcels <- p:
			return true
		case <-stop:
			return false
		}
	}
	d.out, d.chunk = make([]Event, aheadChunk+slots), aheadChunk
	d.recycle = func(t *Tables) { pass(parcel{tables: t, done: true}) }
	var err error
	go func() {
		defer close(parcels)
		err = d.Run(false, func(t *Tables, list []Event) bool {
			ok := pass(parcel{tables: t, events: list})
			if ok {
				d.out = <-free
			}
			return ok
		}, func(l Loss) bool { return pass(parcel{loss: &l}) })
	}()
	defer func() { // also if sink panics
		close(stop)
		for range parcels {
		}
	}()
	for p := range parcels {
		ok := true
		switch {
		case p.loss != nil:
			ok = lost(*p.loss)
		case p.done:
			d.src.recycle(p.tables)
		default:
			ok = sink(p.tables, p.events)
			free <- p.events[:cap(p.events)]
		}
		if !ok {
			return nil
		}
	}
	return err
}
