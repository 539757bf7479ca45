package events

import (
	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/decode"
)

// Each passes all events to all consumers, in one pass, and returns the losses. The
// error is nil unless nothing could be read.
//
// Of a trace of before Go 1.22 they get one event more: how many processors there are at
// the beginning.
func Each(f *container.File, consumers ...Consumer) (lost []Loss, err error) {
	first, known := uint64(0), false
	if f.Minor < container.Generational {
		first, known = f.FirstProcs()
	}
	var alone Lister
	if len(consumers) == 1 {
		alone, _ = consumers[0].(Lister)
	}
	err = Read(f, func(t *decode.Tables, list []decode.Event) bool {
		if alone != nil && !known {
			alone.Events(t, list)
			return true
		}
		for i := range list {
			ev := &list[i]
			if known && ev.Kind() != decode.SyncKind {
				// x/exp's converter takes it out: it is how the program's initial state ends.
				procs := made(decode.ProcsChange, ev.Time)
				procs.Args[0] = first
				all(consumers, t, &procs)
				known = false
			}
			all(consumers, t, ev)
		}
		return true
	}, func(l Loss) bool {
		lost = append(lost, l)
		if l.Gap {
			for _, c := range consumers {
				c.Gap()
			}
		}
		return true
	})
	return lost, err
}

func all(consumers []Consumer, t *decode.Tables, ev *decode.Event) {
	for _, c := range consumers {
		c.Event(t, ev)
	}
}

// made is an event that nobody did.
func made(typ decode.Type, at int64) decode.Event {
	const none = decode.None
	return decode.Event{Type: typ, Time: at, Goroutine: none, Thread: none, G: none, M: none, Of: none, P: none}
}
