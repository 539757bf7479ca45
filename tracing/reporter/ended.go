package reporter

import (
	"github.com/openzipkin/zipkin-go/model"
	zipkin "github.com/openzipkin/zipkin-go/reporter"
)

// Ended is a span that has ended, and has no model yet.
type Ended interface {
	// SendTo makes the model of the span and hands it to the reporter's Send, once.
	SendTo(zipkin.Reporter)
}

// An Appender is an Ended that can do without a model. The Reporter calls AppendTo in the
// place of SendTo, once.
type Appender interface {
	Ended
	// AppendTo appends the span as AppendSpan does, or returns the error of that.
	AppendTo(b []byte) ([]byte, error)
}

// Spans that wait without a model, at most, and how many are worth waking the sender.
const (
	maxEnded    = 128
	enoughEnded = 64
)

// SendEnded is Send for a span whose model the Reporter makes later, at the latest when
// it sends or flushes. Many in a row, in a goroutine of their own, take a fraction of the
// processor time that each takes between two requests, whose code and data have left the
// caches. When as many wait as the Reporter keeps, the span is sent at once.
//
// Spans that wait in this form are bounded by their number and not by
// Config.MaxBytes: use Send for a large one.
func (r *Reporter) SendEnded(e Ended) {
	kept, work := r.keep(e)
	if !kept {
		e.SendTo(r)
	}
	if work {
		r.wakeSender()
	}
}

// keep reports whether e waits, and whether the sender may have to be woken.
func (r *Reporter) keep(e Ended) (kept, work bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || len(r.ended) >= maxEnded || r.spans+r.unencoded >= r.cfg.MaxSpans {
		return false, false
	}
	r.stats.Accepted++
	r.unencoded++
	r.ended = append(r.ended, e)
	first := len(r.ended) == 1 && r.open.len() == 0
	return true, first || len(r.ended) == enoughEnded || r.fills()
}

// encodeEnded moves the spans without a model into batches. When it returns, all that
// waited at the call have been moved, by whomever.
func (r *Reporter) encodeEnded() {
	r.encoding.Lock()
	defer r.encoding.Unlock()
	r.mu.Lock()
	some := r.ended
	r.ended = r.noneEnded[:0]
	r.mu.Unlock()
	for i, e := range some {
		if a, ok := e.(Appender); ok {
			r.encodeAs(a.AppendTo, r.enqueueAccepted)
		} else {
			e.SendTo(accepted{r})
		}
		some[i] = nil
	}
	r.noneEnded = some
}

// enqueueAccepted is enqueue for a span that was counted as accepted when it came.
func (r *Reporter) enqueueAccepted(span []byte, err error) (work bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unencoded--
	return r.enqueue(span, err)
}

// accepted is a Reporter that takes the spans that it has counted as accepted.
type accepted struct{ *Reporter }

func (a accepted) Send(s model.SpanModel) {
	a.encode(&s, a.enqueueAccepted)
}
