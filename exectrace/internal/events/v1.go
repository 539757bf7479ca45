package events

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace/internal/container"
)

// walkV1 reads a trace of before Go 1.22, which is decoded as a whole or not at all. One
// that is cut behind its events has all of them, and lacks stacks. One that is cut before
// lacks all events of some processors, and so those of the others have no order.
func (w *walker) walkV1() error {
	err := w.runV1(w.f)
	if err == nil {
		return nil
	}
	if end, events := w.f.V1Whole(); w.events == 0 && events && end < w.f.Hi {
		if w.runV1(w.f.Part(w.f.Lo, end)) == nil {
			w.lose(Loss{Offset: end, Size: w.f.Hi - end, Err: errors.New("the trace ends within its table of stacks")})
			return nil
		}
	} else if !events {
		err = fmt.Errorf("the trace ends, or is damaged, before its last event; before Go 1.22 events have no order unless all are there (%w)", err)
	}
	w.lose(Loss{Offset: w.f.Lo, Size: w.f.Hi - w.f.Lo, Events: w.events, Err: err})
	if w.events == 0 {
		return fmt.Errorf("no event can be read: %w", err)
	}
	return nil
}

// runV1 hands over the events of a trace, in an order that is the same each time: the
// decoder has goroutines that did nothing until the trace began in that of a map.
func (w *walker) runV1(f *container.File) error {
	var still []trace.Event
	stopped := false
	flush := func() bool {
		for _, ev := range ordered(still) {
			stopped = stopped || !w.event(&ev)
		}
		still = still[:0]
		return !stopped
	}
	r := run{decoding: w.decoding, event: func(ev *trace.Event) bool {
		if isStill(ev) {
			still = append(still, *ev)
			return true
		}
		return flush() && w.event(ev)
	}}
	err := r.run(f)
	w.events += r.events
	if r.stopped || !flush() {
		return nil
	}
	return err
}

// ordered gives the goroutines of events that say nothing else the times of these in the
// order of their numbers.
func ordered(still []trace.Event) []trace.Event {
	var ids []trace.GoID
	for i := range still {
		ids = append(ids, still[i].StateTransition().Resource.Goroutine())
	}
	slices.Sort(ids)
	for i, id := range ids {
		ev, err := trace.MakeEvent(trace.EventConfig[trace.StateTransition]{
			Time: still[i].Time(), Kind: trace.EventStateTransition, Goroutine: trace.NoGoroutine, Proc: trace.NoProc, Thread: trace.NoThread,
			Details: trace.MakeGoStateTransition(id, trace.GoUndetermined, trace.GoRunnable),
		})
		if err == nil {
			still[i] = ev
		}
	}
	return still
}

// isStill reports whether the event is the status of a goroutine that was ready to run
// when the trace began.
func isStill(ev *trace.Event) bool {
	if ev.Kind() != trace.EventStateTransition || ev.Thread() != trace.NoThread || ev.Proc() != trace.NoProc {
		return false
	}
	st := ev.StateTransition()
	if st.Resource.Kind != trace.ResourceGoroutine {
		return false
	}
	from, to := st.Goroutine()
	return from == trace.GoUndetermined && to == trace.GoRunnable
}
