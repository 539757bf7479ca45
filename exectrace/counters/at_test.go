package counters

import (
	"testing"

	"example.com/tracelab/exectrace/internal/decode"
)

// TestAnIndexIsUsedAgain has a goroutine in a mark assist told after the moment, and then
// one that waits for something else with the index of the first, whose end does not count.
func TestAnIndexIsUsedAgain(t *testing.T) {
	m := moment{counting: newCounting(), late: newCounting(), at: 10}
	status := func(at int64) *decode.Event {
		return &decode.Event{Type: decode.GoStatus, Time: at, From: decode.Undetermined, To: decode.Waiting, Of: 3, G: decode.None}
	}
	for _, ev := range []*decode.Event{
		{Type: decode.Sync, Of: decode.None, G: decode.None},
		status(20), {Type: decode.GCMarkAssistActive, Time: 20, Of: 3, G: decode.None},
		{Type: decode.GoDestroy, Time: 30, From: decode.Running, To: decode.NotExist, Of: 3, G: 3},
		status(40),
	} {
		m.Event(nil, ev)
	}
	if got, want := m.values().Goroutines, (Goroutines{GCWaiting: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
