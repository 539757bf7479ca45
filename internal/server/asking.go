package server

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/labapi"
)

const (
	answerWithin = 3 * time.Second // that a process is waited for
	maxAsks      = 2               // of one process for one trace: a second time when it may know more by then
	maxAsked     = 1024            // traces of which it is remembered who was asked
)

// asking asks processes for snapshots and remembers who answered.
type asking struct {
	tell func(instance, kind string, body any) error

	mu    sync.Mutex
	asked map[zipkin.TraceID]asked
	order []zipkin.TraceID // the oldest first

	sent, unanswered atomic.Int64
}

// asked is, by instance, how far the asking of each process is.
type asked map[string]*ask

type ask struct {
	times    int
	since    time.Time // zero: nothing is awaited
	answered bool
}

func (k *ask) pending(now time.Time) bool {
	return !k.since.IsZero() && now.Sub(k.since) < answerWithin
}

// ask asks a process for its part in a trace, unless it is being asked, or has
// been too often.
func (a *asking) ask(id zipkin.TraceID, instance string) {
	a.mu.Lock()
	k := a.of(id, instance)
	now := time.Now()
	if k.pending(now) || k.times >= maxAsks {
		a.mu.Unlock()
		return
	}
	k.times, k.since = k.times+1, now
	a.mu.Unlock()
	a.sent.Add(1)
	if err := a.tell(instance, labapi.SnapshotRequested, labapi.SnapshotRequest{Trace: fmt.Sprintf("%016x%016x", id.High, id.Low)}); err != nil {
		a.gone(id, instance)
	}
}

// askOnce asks a process that was not asked yet for this trace, and has not handed
// in anything for it.
func (a *asking) askOnce(id zipkin.TraceID, instance string) {
	a.mu.Lock()
	known := a.asked[id][instance] != nil
	a.mu.Unlock()
	if !known {
		a.ask(id, instance)
	}
}

// of makes room for one more trace by forgetting the oldest.
func (a *asking) of(id zipkin.TraceID, instance string) *ask {
	if a.asked == nil {
		a.asked = map[zipkin.TraceID]asked{}
	}
	if a.asked[id] == nil {
		a.asked[id] = asked{}
		a.order = append(a.order, id)
		if len(a.order) > maxAsked {
			delete(a.asked, a.order[0])
			a.order = a.order[1:]
		}
	}
	if a.asked[id][instance] == nil {
		a.asked[id][instance] = new(ask)
	}
	return a.asked[id][instance]
}

// gone notes that nothing is to be awaited: there is no line any more.
func (a *asking) gone(id zipkin.TraceID, instance string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.of(id, instance).since = time.Time{}
}

// answered notes that a process handed something in for a trace.
func (a *asking) answered(id zipkin.TraceID, instance string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k := a.of(id, instance)
	k.since, k.answered = time.Time{}, true
}

// state is how far it is with a process: it may answer yet, or it has answered,
// or why it has not.
func (a *asking) state(id zipkin.TraceID, instance string) (pending, answered bool, silent string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k := a.asked[id][instance]
	switch {
	case k == nil:
		return false, false, "was not asked"
	case k.answered:
		return k.pending(time.Now()), true, ""
	case k.since.IsZero():
		return false, false, "keeps no line to the server any more"
	}
	return k.pending(time.Now()), false, fmt.Sprintf("gave no answer within %.0f s", answerWithin.Seconds())
}

func (a *asking) writeMetrics(w io.Writer) {
	fmt.Fprintf(w, "tracelab_flight_asks_total %d\n", a.sent.Load())
	fmt.Fprintf(w, "tracelab_flight_asks_unanswered_total %d\n", a.unanswered.Load())
}
