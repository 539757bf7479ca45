package explain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/snapshots"
	"example.com/tracelab/internal/why"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// Spans are reported a moment after they end.
const (
	spansWithin = 2 * time.Second        // after the request, if they come at all
	newWithin   = 600 * time.Millisecond // that an unknown trace is waited for
)

// inputs are what a trace is explained from.
type inputs struct {
	id        zipkin.TraceID
	spans     []zipkin.Span
	snapshots []*snapshots.Snapshot // the best of each process
	absent    []why.Process         // those of which there is no execution trace, and why
}

// gather requests a snapshot of every process that may know something of a trace,
// and waits, within bounds, until they have answered and the trace's spans are
// there.
func (x *Explainer) gather(ctx context.Context, id zipkin.TraceID) (*inputs, error) {
	began := time.Now()
	within, cancel := context.WithTimeout(ctx, snapshots.AnswerWithin)
	defer cancel()
	tick := time.NewTicker(x.cfg.PollEvery)
	defer tick.Stop()
	for {
		changed := x.cfg.Snapshots.Changed()
		in := &inputs{id: id, snapshots: x.cfg.Snapshots.Best(id)}
		if err := in.read(ctx, x.cfg.Reader); err != nil {
			return nil, err
		}
		pending := x.cfg.Snapshots.Request(id, in.snapshots, in.complete)
		if !slices.Equal(x.cfg.Snapshots.Best(id), in.snapshots) {
			continue // one has arrived since Best was read
		}
		if !pending && in.settled(began, time.Now()) {
			return x.addAbsent(in), nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-within.Done():
			in.snapshots = x.cfg.Snapshots.Best(id)
			return x.addAbsent(in), nil
		case <-changed:
		case <-tick.C:
		}
	}
}

// read reads the spans; there may be none.
func (in *inputs) read(ctx context.Context, reader zipkinapi.Reader) (err error) {
	in.spans, err = reader.Trace(ctx, in.id)
	if errors.Is(err, zipkinapi.ErrNotFound) {
		return nil
	}
	return err
}

// complete reports whether a snapshot was taken, or refused, after its service was
// through with the trace. A process that is asked before its part of the request
// begins says that it has none.
func (in *inputs) complete(s *snapshots.Snapshot) bool {
	return !slices.ContainsFunc(in.spans, func(sp zipkin.Span) bool {
		return strings.EqualFold(sp.Local.ServiceName, s.Service) && sp.Timestamp+sp.Duration > s.TakenAt.UnixMicro()
	})
}

// settled reports whether no more spans are to be expected: the root is there and
// some of each process that took part, or the trace is old enough.
func (in *inputs) settled(began, now time.Time) bool {
	var latest time.Time
	whole := rootDuration(in.spans) > 0
	for _, s := range in.snapshots {
		if s.Recorded() {
			latest = later(latest, s.TakenAt)
		}
		if s.Recorded() || in.hasCallOf(s.Service) {
			whole = whole && in.hasSpanOf(s.Service)
		}
	}
	for i := range in.spans {
		latest = later(latest, time.UnixMicro(in.spans[i].Timestamp+in.spans[i].Duration))
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

// hasSpanOf reports whether there is a span of a service, hasCallOf whether there
// is one of a call to it.
func (in *inputs) hasSpanOf(service string) bool {
	return slices.ContainsFunc(in.spans, func(sp zipkin.Span) bool { return strings.EqualFold(sp.Local.ServiceName, service) })
}

func (in *inputs) hasCallOf(service string) bool {
	return slices.ContainsFunc(in.spans, func(sp zipkin.Span) bool { return strings.EqualFold(sp.Remote.ServiceName, service) })
}

// addAbsent adds why others have uploaded nothing. Of a process whose service has
// no part in the trace nothing is missing.
func (x *Explainer) addAbsent(in *inputs) *inputs {
	for _, a := range x.cfg.Snapshots.Absent(in.id, in.snapshots) {
		if len(in.spans) == 0 || in.hasSpanOf(a.Service) || in.hasCallOf(a.Service) {
			in.absent = append(in.absent, why.Process{Service: a.Service, Instance: a.Instance, Refused: a.Reason})
		}
	}
	return in
}

// fingerprint distinguishes inputs from other inputs of the same trace. The tags
// that were made of an explanation are none.
func (in *inputs) fingerprint() string {
	var b strings.Builder
	reported := 0
	for i := range in.spans {
		if !isTags(&in.spans[i]) {
			reported++
		}
	}
	fmt.Fprint(&b, reported)
	for _, s := range in.snapshots {
		fmt.Fprint(&b, " ", s.ID)
	}
	for _, p := range in.absent {
		fmt.Fprintf(&b, " %s=%s", p.Instance, p.Refused)
	}
	return b.String()
}
