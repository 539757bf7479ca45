package events

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/decode"
)

// v1 reads a trace of before Go 1.22 with golang.org/x/exp/trace.
type v1 struct {
	converter
	take   func(*decode.Tables, []decode.Event) bool
	events int // but for those that begin and end the trace
}

// readV1 reads a trace that is decoded as a whole or not at all. One that is cut behind its
// events has all of them, and lacks stacks. One that is cut before lacks all events of some
// processors, and so those of the others have no order.
func readV1(f *container.File, take func(*decode.Tables, []decode.Event) bool, lost func(Loss) bool) error {
	r := &v1{converter: newConverter(), take: take}
	err := r.read(f)
	if err == nil {
		return nil
	}
	if end, events := f.V1Whole(); r.events == 0 && events && end < f.Hi {
		if r.read(f.Part(f.Lo, end)) == nil {
			lost(Loss{Offset: end, Size: f.Hi - end, Bytes: f.Hi - end, Err: errors.New("the trace ends within its table of stacks")})
			return nil
		}
	} else if !events {
		err = fmt.Errorf("the trace ends, or is damaged, before its last event; before Go 1.22 events have no order unless all are there (%w)", err)
	}
	lost(Loss{Offset: f.Lo, Size: f.Hi - f.Lo, Bytes: f.Hi - f.Lo, Gap: true, Err: err})
	if r.events == 0 {
		return fmt.Errorf("no event can be read: %w", err)
	}
	return nil
}

// errStopped is returned when the consumer wants no more.
var errStopped = errors.New("stopped")

// read hands over the events of a trace, in an order that is the same each time: the
// decoder has goroutines that did nothing until the trace began in that of a map.
func (r *v1) read(f *container.File) error {
	var still []decode.Event
	flush := func() bool {
		sorted := ordered(still)
		still = still[:0]
		return len(sorted) == 0 || r.take(r.tables, sorted)
	}
	err := r.decode(f, func(ev *decode.Event) bool {
		if ev.Kind() != decode.SyncKind {
			r.events++
		}
		if isStill(ev) {
			still = append(still, *ev)
			return true
		}
		return flush() && r.take(r.tables, []decode.Event{*ev})
	})
	if err == errStopped || !flush() {
		return nil
	}
	return err
}

// decode hands over the events as they are decoded. What damage makes the decoder panic
// with is an error.
func (r *v1) decode(f *container.File, event func(*decode.Event) bool) (err error) {
	decoding := true
	defer func() {
		if !decoding {
			return
		}
		if p := recover(); p != nil {
			err = fmt.Errorf("it cannot be decoded: %v", p)
		}
	}()
	rd, err := trace.NewReader(f.Stream())
	if err != nil {
		return firstLine(err)
	}
	for {
		ev, err := rd.ReadEvent()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return firstLine(err)
		}
		one := r.convert(&ev)
		decoding = false
		if !event(&one) {
			return errStopped
		}
		decoding = true
	}
}

// firstLine leaves out the state of the decoder, which follows.
func firstLine(err error) error {
	text, _, more := strings.Cut(err.Error(), "\n")
	if !more {
		return err
	}
	return errors.New(text)
}

// ordered gives the goroutines of events that say nothing else the times of these in the
// order of their numbers.
func ordered(still []decode.Event) []decode.Event {
	sorted := slices.Clone(still)
	slices.SortFunc(sorted, func(a, b decode.Event) int { return int(min(max(int64(a.Args[0])-int64(b.Args[0]), -1), 1)) })
	for i := range sorted {
		sorted[i].Time = still[i].Time
	}
	return sorted
}

// isStill reports whether the event is the status of a goroutine that was ready to run
// when the trace began.
func isStill(ev *decode.Event) bool {
	return ev.Type == decode.GoTransition && ev.Thread == decode.None && ev.P == decode.None && ev.From == decode.Undetermined && ev.To == decode.Runnable
}
