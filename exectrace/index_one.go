package exectrace

import (
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/events"
)

// ReadGoroutine is Read for one goroutine, or those that have the id one after the other. The
// index has their states and the ranges of all, and takes memory for what they did only. All
// of f is decoded: nothing in a trace says where a goroutine is.
func ReadGoroutine(f *File, id GoID) (*Trace, error) {
	x := newIndexer(f.Format())
	return x.read(f, &one{x, int64(id)})
}

// one passes on what an index of one goroutine is made of.
type one struct {
	*indexer
	id int64
}

// Events is Event for several. Most are of no interest, which is seen here.
func (o *one) Events(t *decode.Tables, list []decode.Event) {
	for i := range list {
		if ev := &list[i]; ev.Goroutine == o.id || int64(ev.Args[0]) == o.id || ofAll[ev.Type] {
			o.Event(t, ev)
		}
	}
}

// ofAll are the types of events that may be of interest for any goroutine.
var ofAll = func() (of [256]bool) {
	for i := range of {
		switch ev := (decode.Event{Type: decode.Type(i)}); ev.Kind() {
		case decode.SyncKind, decode.RangeBeginKind, decode.RangeActiveKind, decode.RangeEndKind:
			of[i] = true
		default:
			of[i] = ev.OfProc()
		}
	}
	return of
}()

func (o *one) Event(t *decode.Tables, ev *decode.Event) {
	switch ev.Kind() {
	case decode.TransitionKind:
		if id, ok := ev.OfGoroutine(); ok && id != o.id || !ok && ev.To != decode.Idle {
			return
		}
	case decode.SyncKind, decode.RangeBeginKind, decode.RangeActiveKind, decode.RangeEndKind:
	default:
		return
	}
	o.indexer.Event(t, ev)
}

var _ events.Consumer = (*one)(nil)
