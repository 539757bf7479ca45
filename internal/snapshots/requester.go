package snapshots

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// AnswerWithin is how long a process is waited for.
const AnswerWithin = 3 * time.Second

const (
	maxRequests  = 2    // of one process for one trace: a second time when it may know more by then
	maxRequested = 1024 // traces of which the requests are remembered
)

// requester requests snapshots of processes and remembers which answered.
type requester struct {
	send func(instance, kind string, body any) error

	mu       sync.Mutex
	requests map[zipkin.TraceID]map[string]*request // by instance
	order    []zipkin.TraceID                       // the oldest first

	unanswered int // requests

	sent atomic.Int64
}

// request is how far the requests to one process for one trace are.
type request struct {
	times    int
	since    time.Time // zero: nothing is awaited
	answered bool
	counted  bool // as unanswered, since then
}

func (k *request) pending(now time.Time) bool {
	return !k.since.IsZero() && now.Sub(k.since) < AnswerWithin
}

// request asks a process for its part in a trace, unless it is being asked, or has
// been too often.
func (r *requester) request(id zipkin.TraceID, instance string) {
	r.mu.Lock()
	k := r.of(id, instance)
	now := time.Now()
	if k.pending(now) || k.times >= maxRequests {
		r.mu.Unlock()
		return
	}
	r.count(k, now)
	k.times, k.since, k.counted = k.times+1, now, false
	r.mu.Unlock()
	r.sent.Add(1)
	if err := r.send(instance, labapi.SnapshotRequested, labapi.SnapshotRequest{TraceID: fmt.Sprintf("%016x%016x", id.High, id.Low)}); err != nil {
		r.gone(id, instance)
	}
}

// requestOnce asks a process that was not asked for this trace yet, and has not
// uploaded anything for it.
func (r *requester) requestOnce(id zipkin.TraceID, instance string) {
	r.mu.Lock()
	known := r.requests[id][instance] != nil
	r.mu.Unlock()
	if !known {
		r.request(id, instance)
	}
}

// of makes room for one more trace by forgetting the oldest; r.mu is held.
func (r *requester) of(id zipkin.TraceID, instance string) *request {
	if r.requests == nil {
		r.requests = map[zipkin.TraceID]map[string]*request{}
	}
	if r.requests[id] == nil {
		r.requests[id] = map[string]*request{}
		r.order = append(r.order, id)
		if len(r.order) > maxRequested {
			for _, k := range r.requests[r.order[0]] {
				r.count(k, time.Now())
			}
			delete(r.requests, r.order[0])
			r.order = r.order[1:]
		}
	}
	if r.requests[id][instance] == nil {
		r.requests[id][instance] = new(request)
	}
	return r.requests[id][instance]
}

// gone notes that nothing is to be awaited: the process cannot be reached.
func (r *requester) gone(id zipkin.TraceID, instance string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.of(id, instance).since = time.Time{}
	r.unanswered++
}

// count counts a request as unanswered, once, when its time is over; r.mu is held.
func (r *requester) count(k *request, now time.Time) {
	if !k.since.IsZero() && !k.pending(now) && !k.counted {
		k.counted = true
		r.unanswered++
	}
}

// countUnanswered is how many requests were not answered in time.
func (r *requester) countUnanswered() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, of := range r.requests {
		for _, k := range of {
			r.count(k, time.Now())
		}
	}
	return r.unanswered
}

// answered notes that a process uploaded something for a trace.
func (r *requester) answered(id zipkin.TraceID, instance string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.of(id, instance)
	k.since, k.answered = time.Time{}, true
}

// requestState is how far the requests to a process are: it may answer yet, or it
// has answered, or why it has not.
type requestState struct {
	pending, answered bool
	silent            string
}

func (r *requester) state(id zipkin.TraceID, instance string) requestState {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.requests[id][instance]
	switch {
	case k == nil:
		return requestState{silent: "was not asked"}
	case k.answered:
		return requestState{pending: k.pending(time.Now()), answered: true}
	case k.since.IsZero():
		return requestState{silent: "is not connected to the server any more"}
	}
	return requestState{pending: k.pending(time.Now()), silent: fmt.Sprintf("gave no answer within %.0f s", AnswerWithin.Seconds())}
}
