package exectrace

import (
	"cmp"
	"errors"
	"fmt"
	"io"

	"golang.org/x/exp/trace"
)

// Loss is a part of a file that could not be read.
type Loss struct {
	Offset int64 // of its first byte
	Size   int64 // in bytes
	Events int   // of it that were read before the damage showed, and are kept
	Err    error
}

func (l Loss) String() string {
	if l.Events > 0 {
		return fmt.Sprintf("%d bytes from byte %d on, but for their first %d events: %v", l.Size, l.Offset, l.Events, l.Err)
	}
	return fmt.Sprintf("%d bytes from byte %d on: %v", l.Size, l.Offset, l.Err)
}

// consumer takes the events of a trace, in their order.
type consumer interface {
	event(ev *trace.Event)
	// gap tells that events are missing here. What is known of goroutines and
	// processors does not hold any more, and is told anew.
	gap()
}

// each hands all events to all consumers, in one pass. Damage costs the
// generation that it is in: reading goes on with the next one. What was lost is
// returned; the error is nil unless nothing could be read.
func (f *File) each(consumers ...consumer) ([]Loss, error) {
	found, err := f.Generations()
	if f.minor < generations {
		found = []Generation{{Offset: f.lo, Size: f.hi - f.lo}}
	}
	if n := len(found); n > 0 && found[n-1].Cut {
		err = cmp.Or(err, errors.New("the trace ends within a generation"))
		if f.minor >= 26 { // without its end none can be read
			found = found[:n-1]
		}
	}
	end := f.lo
	if n := len(found); n > 0 {
		end = found[n-1].Offset + found[n-1].Size
	}
	var lost []Loss
	if end < f.hi {
		lost = append(lost, Loss{Offset: end, Size: f.hi - end, Err: err})
	}
	if len(found) == 0 {
		return lost, fmt.Errorf("no event can be read: %w", cmp.Or(err, errors.New("the trace ends after its header")))
	}
	events := 0
	for at := 0; at < len(found); {
		r := run{f: f, consumers: consumers}
		err := r.run(found[at].Offset, end)
		events += r.events
		if err == nil {
			break
		}
		if at += max(r.syncs-1, 0); at >= len(found) {
			at = len(found) - 1 // it was the last one's end that is wrong
		}
		g := found[at]
		lost = append(lost, Loss{g.Offset, g.Size, r.inGeneration, err})
		for _, c := range consumers {
			c.gap()
		}
		at++
	}
	if events == 0 && len(lost) > 0 {
		return lost, fmt.Errorf("no event can be read: %w", lost[0].Err)
	}
	return lost, nil
}

// run is the reading of generations up to the first that is damaged.
type run struct {
	f            *File
	consumers    []consumer
	syncs        int // generations begun; one more when the last has ended
	events       int // but for those that begin and end generations
	inGeneration int // events since the last sync
}

func (r *run) run(lo, hi int64) (err error) {
	decoding := true
	defer func() {
		// Damage may take the decoder to where it has never been.
		if decoding {
			if p := recover(); p != nil {
				err = fmt.Errorf("it cannot be decoded: %v", p)
			}
		}
	}()
	rd, err := trace.NewReader(r.f.stream(lo, hi))
	if err != nil {
		return firstLine(err)
	}
	var ev trace.Event // one for all: consumers do not keep it
	for {
		decoding = true
		ev, err = rd.ReadEvent()
		decoding = false
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return firstLine(err)
		}
		if ev.Kind() == trace.EventSync {
			r.syncs++
			r.inGeneration = 0
		} else {
			r.events++
			r.inGeneration++
		}
		for _, c := range r.consumers {
			c.event(&ev)
		}
	}
}

// firstLine leaves out the state of the decoder, which follows.
func firstLine(err error) error {
	text := err.Error()
	for i := range text {
		if text[i] == '\n' {
			return errors.New(text[:i])
		}
	}
	return err
}
