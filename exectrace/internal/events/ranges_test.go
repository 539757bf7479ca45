package events_test

import (
	"testing"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/events"
	"example.com/tracelab/exectrace/internal/eventstest"
)

func TestRanges(t *testing.T) {
	const sweep = "GC incremental sweep"
	s := &eventstest.Script{T: t}
	eventstest.Made(s, 10, 0, 0, trace.EventSync, trace.Sync{})
	s.During(20, 1, 0, trace.EventRangeBegin, decode.AssistRange)
	s.During(25, 2, 0, trace.EventRangeActive, decode.AssistRange) // another goroutine's
	s.During(30, 1, 1, trace.EventRangeBegin, sweep)
	eventstest.Made(s, 40, 0, 0, trace.EventSync, trace.Sync{})
	s.During(50, 1, 0, trace.EventRangeActive, decode.AssistRange) // still active, in the next generation
	s.During(60, 1, 1, trace.EventRangeEnd, sweep)
	s.During(70, 1, 0, trace.EventRangeEnd, decode.AssistRange)
	s.During(80, 1, 0, trace.EventRangeEnd, decode.AssistRange) // which is none
	want := []struct {
		began, ended bool
		start        int64
	}{{}, {true, false, 20}, {true, false, 10}, {true, false, 30}, {}, {false, false, 50}, {false, true, 30}, {false, true, 20}, {}}
	var r events.Ranges
	tables, list := s.All()
	for i := range list {
		x, began, ended := r.Next(tables, &list[i])
		if began != want[i].began || ended != want[i].ended || x.Start != want[i].start {
			t.Errorf("event %d: %+v, %t, %t, want %+v", i, x, began, ended, want[i])
		}
	}
	if !r.On(events.AssistOf(2)) || r.On(events.AssistOf(1)) {
		t.Error("it does not know who is in an assist")
	}
	if left := r.Forget(); len(left) != 1 || left[0].RangeID != events.AssistOf(2) || !left[0].Found || r.On(events.AssistOf(2)) {
		t.Errorf("left are %+v", left)
	}
}
