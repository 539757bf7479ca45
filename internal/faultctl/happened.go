package faultctl

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"sync"
	"time"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/costs"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// answerWithin is how long a process may take to answer a question.
const answerWithin = 4 * time.Second

// questions are those that processes have not answered yet.
type questions struct {
	mu   sync.Mutex
	open map[string]chan<- costs.Report // by number
}

// happened asks the processes of a mystery's service in which traces of its attendee the
// fault has happened since it began. Silent is how many processes do not say.
func (h *Handlers) happened(ctx context.Context, m mystery) (traces []zipkin.TraceID, silent int) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	const clocks = time.Minute // by which hosts may differ
	q := costs.Question{Number: rand.Text(), Fault: m.truth.Name, Attendee: m.Attendee, Since: m.Since.Add(-clocks)}
	reports, forget := h.questions.ask(q.Number)
	defer forget()
	asked := h.send(m.truth.Service, q)
	for ; asked > 0; asked-- {
		select {
		case r := <-reports:
			traces = appendTraces(traces, r)
		case <-ctx.Done():
			return traces, asked
		}
	}
	return traces, 0
}

// send asks each process of a service, and returns how many. One that has gone meanwhile
// can be asked no more.
func (h *Handlers) send(service string, q costs.Question) (asked int) {
	for _, p := range h.cfg.Processes() {
		if p.Service == service && h.cfg.Send(p.Instance, costs.Asked, q) == nil {
			asked++
		}
	}
	return asked
}

// maxAsked bounds the reports that wait to be read of one question.
const maxAsked = 64

func (q *questions) ask(number string) (reports <-chan costs.Report, forget func()) {
	all := make(chan costs.Report, maxAsked)
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.open == nil {
		q.open = map[string]chan<- costs.Report{}
	}
	q.open[number] = all
	return all, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		delete(q.open, number)
	}
}

// appendTraces adds those of a report, each once: a fault may happen to a request twice.
func appendTraces(traces []zipkin.TraceID, r costs.Report) []zipkin.TraceID {
	for _, c := range r.Costs {
		id, err := labapi.ParseTraceID(c.TraceID)
		if err == nil && !slices.Contains(traces, id) {
			traces = append(traces, id)
		}
	}
	return traces
}

// Receive takes the costs.Report of a process that was asked. The number is of one
// question, and known to those processes only; a server that has a token wants it, too.
func (h *Handlers) Receive(w http.ResponseWriter, r *http.Request) error {
	if h.cfg.Token != "" && !control.ShowsToken(r, h.cfg.Token) {
		return &httpapi.Error{Code: httpapi.Unauthorized, Detail: "the report needs the server's token: set TRACELAB_TOKEN to the same value on both sides"}
	}
	var report costs.Report
	if err := httpapi.ReadJSON(w, r, &report); err != nil {
		return err
	}
	h.questions.mu.Lock()
	defer h.questions.mu.Unlock()
	to, asked := h.questions.open[report.Number]
	if !asked {
		return &httpapi.Error{Code: httpapi.NotFound, Field: "number", Detail: "nobody waits for the answer to that question"}
	}
	select {
	case to <- report:
	default: // more than were asked
	}
	httpapi.WriteJSON(w, struct{}{})
	return nil
}
