package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/why"
	"example.com/tracelab/internal/zipkinapi"
)

// Spans are reported a moment after they end.
const (
	spansWithin = 2 * time.Second        // after the request, if they come at all
	newWithin   = 600 * time.Millisecond // that a trace is waited for of which nobody has heard
)

// evidence is what a trace is explained from.
type evidence struct {
	id      zipkin.TraceID
	spans   []zipkin.Span
	flights []*kept       // the best of each process
	without []why.Process // those of which there is no execution trace, and why
}

// gather asks every process that may know something of a trace, and waits, within
// bounds, until they have answered and the trace's spans are there.
func (s *Server) gather(ctx context.Context, id zipkin.TraceID) (*evidence, error) {
	began := time.Now()
	within, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	tick := time.NewTicker(s.lookEvery())
	defer tick.Stop()
	for {
		changed := s.flights.change()
		e := &evidence{id: id, flights: s.flights.best(id)}
		if err := e.read(ctx, s.reader); err != nil {
			return nil, err
		}
		awaited := s.askFor(e)
		if !slices.Equal(s.flights.best(id), e.flights) {
			continue // one came meanwhile, and is awaited no more
		}
		if !awaited && e.settled(began, time.Now()) {
			return s.complete(e), nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-within.Done():
			e.flights = s.flights.best(id)
			return s.complete(e), nil
		case <-changed:
		case <-tick.C:
		}
	}
}

// lookEvery is how often it is worth to look whether spans have come.
func (s *Server) lookEvery() time.Duration {
	if s.zipkin != nil {
		return 100 * time.Millisecond
	}
	return 10 * time.Millisecond
}

func (e *evidence) read(ctx context.Context, reader zipkinapi.Reader) (err error) {
	e.spans, err = reader.Trace(ctx, e.id)
	if errors.Is(err, zipkinapi.ErrNotFound) {
		return nil
	}
	return err
}

// askFor asks the processes that have a recorder and have not told all yet, and
// returns whether an answer is awaited.
func (s *Server) askFor(e *evidence) (awaited bool) {
	for _, p := range s.hub.Processes() {
		if !p.Recorder {
			continue
		}
		_, answered, _ := s.asking.state(e.id, p.Instance)
		if k := e.flight(p.Instance); k == nil && !answered || k != nil && e.outgrew(k) {
			s.asking.ask(e.id, p.Instance)
		}
		pending, _, _ := s.asking.state(e.id, p.Instance)
		awaited = awaited || pending
	}
	return awaited
}

func (e *evidence) flight(instance string) *kept {
	i := slices.IndexFunc(e.flights, func(k *kept) bool { return k.Instance == instance })
	if i < 0 {
		return nil
	}
	return e.flights[i]
}

// outgrew tells whether a snapshot was taken before its service was through with
// the trace.
func (e *evidence) outgrew(k *kept) bool {
	return k.body != nil && slices.ContainsFunc(e.spans, func(sp zipkin.Span) bool {
		return strings.EqualFold(sp.Local.ServiceName, k.Service) && sp.Timestamp+sp.Duration > k.TakenAt.UnixMicro()
	})
}

// settled tells whether no more spans are to be expected: the root is there and
// some of each process that took part, or it is a while ago.
func (e *evidence) settled(began, now time.Time) bool {
	var latest time.Time
	whole := slices.ContainsFunc(e.spans, isRoot)
	for _, k := range e.flights {
		if k.body != nil {
			whole = whole && e.tellsOf(k.Service)
			latest = later(latest, k.TakenAt)
		}
	}
	for i := range e.spans {
		latest = later(latest, time.UnixMicro(e.spans[i].Timestamp+e.spans[i].Duration))
	}
	if latest.IsZero() {
		return now.Sub(began) > newWithin
	}
	return whole || now.Sub(latest) > spansWithin
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// isRoot leaves out pieces of spans that tell no duration.
func isRoot(sp zipkin.Span) bool { return sp.ParentID == 0 && sp.Duration > 0 }

// tellsOf tells whether there is a span of a service, calls whether there is one
// of a call to it.
func (e *evidence) tellsOf(service string) bool {
	return slices.ContainsFunc(e.spans, func(sp zipkin.Span) bool { return strings.EqualFold(sp.Local.ServiceName, service) })
}

func (e *evidence) calls(service string) bool {
	return slices.ContainsFunc(e.spans, func(sp zipkin.Span) bool { return strings.EqualFold(sp.Remote.ServiceName, service) })
}

// complete adds why others have handed in nothing. Of a process whose service
// has no part in the trace nothing is missing.
func (s *Server) complete(e *evidence) *evidence {
	var gone []*kept
	for _, k := range e.flights {
		if k.body == nil {
			gone = append(gone, k)
		}
	}
	add := func(service, instance, reason string) {
		if len(e.spans) == 0 || e.tellsOf(service) || e.calls(service) {
			e.without = append(e.without, why.Process{Service: service, Instance: instance, Refused: reason})
		}
	}
	for _, p := range s.hub.Processes() {
		if e.flight(p.Instance) == nil {
			add(p.Service, p.Instance, s.silence(e.id, p))
		}
	}
	for _, k := range gone {
		add(k.Service, k.Instance, k.Refused)
	}
	return e
}

// silence is why nothing is there from a process.
func (s *Server) silence(id zipkin.TraceID, p control.Process) string {
	if !p.Recorder {
		return "runs without a recorder"
	}
	_, answered, reason := s.asking.state(id, p.Instance)
	if answered {
		return "its snapshot has made room for newer ones"
	}
	s.asking.unanswered.Add(1)
	return reason
}

// fingerprint tells evidence from other evidence of the same trace. The tags
// that were made of an explanation are none.
func (e *evidence) fingerprint() string {
	var b strings.Builder
	reported := 0
	for i := range e.spans {
		if !isTags(&e.spans[i]) {
			reported++
		}
	}
	fmt.Fprint(&b, reported)
	for _, k := range e.flights {
		fmt.Fprint(&b, " ", k.ID)
	}
	for _, p := range e.without {
		fmt.Fprintf(&b, " %s=%s", p.Instance, p.Refused)
	}
	return b.String()
}
