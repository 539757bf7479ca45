package flight

import (
	"slices"
	"sync"
	"time"

	"example.com/tracelab/internal/labapi"
)

// Bounds of what one snapshot is taken for.
const (
	maxTraces  = 64
	maxReaders = 16
)

// maxSlow is how many requests an automaticPause are wanted because they were slow:
// the server asks all other processes for each, and explains it.
const maxSlow = 4

// first returns the reason that is said of two, of which one may be empty.
func first(a, b string) string {
	for _, reason := range []string{labapi.ReasonDebug, labapi.ReasonSlow, labapi.ReasonAsked} {
		if a == reason || b == reason {
			return reason
		}
	}
	return ""
}

// batch is what one snapshot is taken for.
type batch struct {
	parts   []labapi.Part
	reason  string // of all parts
	readers []chan<- taken
}

// taken is an execution trace, or why there is none.
type taken struct {
	body []byte
	err  error
}

// wants gathers what the next snapshot is taken for. Whoever comes before it is
// time shares it.
type wants struct {
	mu      sync.Mutex
	next    batch
	slow    int           // that were wanted since slowAt because they were slow
	slowAt  time.Time     // the beginning of an automaticPause
	urgent  bool          // somebody waits, or will ask no second time
	closed  bool          // there will be no snapshots any more
	changed chan struct{} // holds a token after a change
}

func newWants() *wants { return &wants{changed: make(chan struct{}, 1)} }

// add wants a process's part in a trace, or says why it is refused.
func (w *wants) add(part labapi.Part, reason string) *refusal {
	w.mu.Lock()
	defer w.mu.Unlock()
	same := slices.IndexFunc(w.next.parts, func(p labapi.Part) bool { return p.Trace == part.Trace })
	switch {
	case w.closed:
		return refusedEnding
	case same >= 0 && part.StartUS != 0:
		w.next.parts[same] = part
	case same >= 0:
	case len(w.next.parts) >= maxTraces, reason == labapi.ReasonSlow && !w.oneMoreSlow():
		return refusedBusy
	default:
		w.next.parts = append(w.next.parts, part)
	}
	w.next.reason = first(w.next.reason, reason)
	w.urgent = w.urgent || reason != labapi.ReasonSlow
	w.tell()
	return nil
}

// oneMoreSlow tells whether one more may be wanted because it was slow, and counts
// it. w.mu is held.
func (w *wants) oneMoreSlow() bool {
	if time.Since(w.slowAt) >= automaticPause {
		w.slow, w.slowAt = 0, time.Now()
	}
	if w.slow >= maxSlow {
		return false
	}
	w.slow++
	return true
}

// read wants a snapshot for reader, which must have room for it.
func (w *wants) read(reader chan<- taken) *refusal {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed:
		return refusedEnding
	case len(w.next.readers) >= maxReaders:
		return refusedBusy
	}
	w.next.readers = append(w.next.readers, reader)
	w.urgent = true
	w.tell()
	return nil
}

func (w *wants) tell() {
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// due is how long to wait before the next snapshot; false: nobody wants one.
func (w *wants) due(p pace) (time.Duration, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.urgent:
		return time.Until(p.next), true
	case len(w.next.parts) > 0:
		return time.Until(p.automatic), true
	}
	return 0, false
}

// take returns what is wanted, and wants nothing.
func (w *wants) take() batch {
	w.mu.Lock()
	defer w.mu.Unlock()
	b := w.next
	w.next, w.urgent = batch{}, false
	return b
}

// close refuses all that comes later.
func (w *wants) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
}

// pace is when the next snapshot may be taken.
type pace struct {
	next      time.Time // if somebody asks
	automatic time.Time // because requests are slow
}

// Snapshots have a price, which grows with the number of goroutines: beside
// these pauses, at most half of the time goes by taking those that are asked for,
// and a fiftieth by automatic ones. Later than lateAfter, the window would be over.
const (
	pause          = time.Second / 5
	automaticPause = time.Second
	lateAfter      = window / 2
)

// paceAfter is the pace after a snapshot.
func paceAfter(began time.Time, took time.Duration) pace {
	return pace{
		next:      began.Add(min(max(pause, 2*took), lateAfter)),
		automatic: began.Add(min(max(automaticPause, 50*took), lateAfter)),
	}
}
