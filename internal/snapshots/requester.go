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
	maxRequests  = 8    // of one process for one trace: again when it may know more by then
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
	times   int
	since   time.Time // zero: nothing is awaited
	counted bool      // as unanswered, since then
	ended   time.Time // when the trace had ended, as was known when it was asked last

	arriving int // uploads that are on their way in

	answered bool
	takenAt  time.Time // of the latest answer
	open     bool      // it said that there would be more
	heard    time.Time // ended of the latest request that was answered
	end      time.Time // of the process's part, so far
}

func (k *request) pending(now time.Time) bool {
	return !k.since.IsZero() && now.Sub(k.since) < AnswerWithin
}

// final reports whether a process answered after a trace had ended: by its own
// clock or, where that is another, since the server knew of the end.
func (r *requester) final(id zipkin.TraceID, instance string, ended time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.requests[id][instance]
	return k != nil && k.answered && !k.open && (!k.takenAt.Before(ended) || !k.heard.Before(ended))
}

// lastEnd is when the work of the processes that have answered ended.
func (r *requester) lastEnd(id zipkin.TraceID) (last time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range r.requests[id] {
		last = later(last, k.end)
	}
	return last
}

// request asks a process for its part in a trace that ended, as is known, then, unless
// it is being asked, or has been too often. What it had done by a time is there already.
func (r *requester) request(id zipkin.TraceID, instance string, ended, have time.Time) {
	r.mu.Lock()
	k := r.of(id, instance)
	now := time.Now()
	if k.pending(now) || k.arriving > 0 || k.times >= maxRequests {
		r.mu.Unlock()
		return
	}
	r.count(k, now)
	k.times, k.since, k.counted, k.ended = k.times+1, now, false, ended
	r.mu.Unlock()
	r.sent.Add(1)
	ask := labapi.SnapshotRequest{TraceID: fmt.Sprintf("%016x%016x", id.High, id.Low)}
	if !have.IsZero() {
		ask.KnownUS = have.UnixMicro()
	}
	if err := r.send(instance, labapi.SnapshotRequested, ask); err != nil {
		r.gone(id, instance)
	}
}

// requestOnce asks a process that was not asked for this trace yet, and has not
// uploaded anything for it.
func (r *requester) requestOnce(id zipkin.TraceID, instance string, ended time.Time) {
	r.mu.Lock()
	known := r.requests[id][instance] != nil
	r.mu.Unlock()
	if !known {
		r.request(id, instance, ended, time.Time{})
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

// arrives notes that an upload of a process begins to arrive, or, by -1, that it has
// been stored or has failed.
func (r *requester) arrives(u *upload, by int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range u.parts {
		k := r.of(p.trace, u.Instance)
		k.arriving = max(0, k.arriving+by) // it may have been forgotten meanwhile
	}
}

// answered notes that a process uploaded something for a trace, as it was asked to
// or by itself.
func (r *requester) answered(p part, u *upload) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.of(p.trace, u.Instance)
	if p.asked && !k.since.IsZero() {
		k.since, k.heard = time.Time{}, k.ended
	}
	if !u.TakenAt.Before(k.takenAt) {
		k.takenAt, k.open = u.TakenAt, p.open
	}
	k.answered = true
	if !p.open {
		k.end = later(k.end, p.End)
	}
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
	case k == nil || k.times+k.arriving == 0 && !k.answered:
		return requestState{silent: "was not asked"}
	case k.answered || k.arriving > 0:
		return requestState{pending: k.arriving > 0 || k.pending(time.Now()), answered: k.answered}
	case k.since.IsZero():
		return requestState{silent: "is not connected to the server any more"}
	}
	return requestState{pending: k.pending(time.Now()), silent: fmt.Sprintf("gave no answer within %.0f s", AnswerWithin.Seconds())}
}
