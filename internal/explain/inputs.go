package explain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/snapshots"
	"example.com/tracelab/internal/why"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// inputs are what a trace is explained from.
type inputs struct {
	id        zipkin.TraceID
	spans     []zipkin.Span
	root      *zipkin.Span          // of the request that is explained; nil: there is none
	part      []zipkin.Span         // its spans, where the trace has several requests
	during    snapshots.Window      // its time then
	snapshots []*snapshots.Snapshot // the best of each process
	recorded  []why.Process         // their execution traces, once they are indexed
	absent    []why.Process         // those of which there is no execution trace, and why
	progress  snapshots.Progress
	bare      []string // services whose processes have no recorder
}

// read reads the spans; there may be none.
func (in *inputs) read(ctx context.Context, reader zipkinapi.Reader) (err error) {
	in.spans, err = reader.Trace(ctx, in.id)
	if errors.Is(err, zipkinapi.ErrNotFound) {
		err = nil
	}
	in.root = zipkin.LongestRoot(in.spans)
	return err
}

// ended is when the spans that were reported ended.
func (in *inputs) ended() snapshots.Ended {
	own := in.own()
	_, last := timeOf(own)
	return snapshots.Ended{All: last, Of: func(service string) (of time.Time) {
		for i := range own {
			if sp := &own[i]; strings.EqualFold(sp.Local.ServiceName, service) {
				of = later(of, endOf(sp))
			}
		}
		return of
	}}
}

// timeOf is when the first of the spans began and the last ended. Zero: none says.
func timeOf(spans []zipkin.Span) (began, ended time.Time) {
	for i := range spans {
		sp := &spans[i]
		if sp.Timestamp == 0 {
			continue
		}
		if at := time.UnixMicro(sp.Timestamp); began.IsZero() || at.Before(began) {
			began = at
		}
		ended = later(ended, endOf(sp))
	}
	return began, ended
}

// narrow finds the request that has a span, or the longest, where the trace has several.
// They may be minutes apart, so that for each others are the snapshots that have it. What
// may be a part of a request that goes on is not taken for all of one.
func (in *inputs) narrow(to zipkin.SpanAt) {
	root, of := zipkin.RequestOf(in.spans, to)
	roots := zipkin.LocalRoots(in.spans)
	if root == nil || len(zipkin.Requests(roots)) < 2 || slices.ContainsFunc(roots, func(s *zipkin.Span) bool { return mayContain(s, root) }) {
		return
	}
	in.root = root
	for _, sp := range of {
		in.part = append(in.part, *sp)
	}
	in.during.Start, in.during.End = timeOf(in.part)
}

// mayContain reports whether the request that a local root was done for, whose own span
// is not known, may have another local root, which began later.
func mayContain(work, root *zipkin.Span) bool {
	return work.ParentID != 0 && !takenIn(work) && root.ParentID != 0 && work.Timestamp <= root.Timestamp &&
		(!takenIn(root) || work.Local.ServiceName != root.Local.ServiceName)
}

func takenIn(s *zipkin.Span) bool { return s.Kind == zipkin.Server || s.Kind == zipkin.Consumer }

// own are the spans of the request that is explained.
func (in *inputs) own() []zipkin.Span {
	if in.part != nil {
		return in.part
	}
	return in.spans
}

// over is when the request had ended, as far as is known.
func (in *inputs) over() time.Time {
	if !in.during.End.IsZero() {
		return in.during.End
	}
	return in.progress.Ended
}

// began is when the request began, by spans or by what processes say.
func (in *inputs) began() time.Time {
	first, _ := timeOf(in.own())
	if in.part != nil {
		return first
	}
	for _, s := range in.snapshots {
		for id, w := range s.Parts() {
			if id == in.id && !w.Start.IsZero() && (first.IsZero() || w.Start.Before(first)) {
				first = w.Start
			}
		}
	}
	return first
}

// endOf is when a span ended, whatever was reported: the sum must fit.
func endOf(sp *zipkin.Span) time.Time { return time.UnixMicro(sp.End()) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// hasSpanOf reports whether there is a span of a service, hasCallOf whether there
// is one of a call to it.
func (in *inputs) hasSpanOf(service string) bool {
	return reportedBy(in.own(), service)
}

func reportedBy(spans []zipkin.Span, service string) bool {
	return slices.ContainsFunc(spans, func(sp zipkin.Span) bool { return strings.EqualFold(sp.Local.ServiceName, service) })
}

func (in *inputs) hasCallOf(service string) bool {
	return slices.ContainsFunc(in.own(), func(sp zipkin.Span) bool { return strings.EqualFold(sp.Remote.ServiceName, service) })
}

// mayHave reports whether a process of a service may have a part in the trace. Where
// the caller of the request is not among the spans, that may be any.
func (in *inputs) mayHave(service string) bool {
	return in.root == nil || in.root.ParentID != 0 || in.hasSpanOf(service) || in.hasCallOf(service) ||
		slices.ContainsFunc(in.snapshots, func(s *snapshots.Snapshot) bool { return s.Recorded() && s.Service == service })
}

// awaited are the services whose part may come yet: their recorders have it still.
func (in *inputs) awaited(now time.Time) (services []string) {
	if ended := in.over(); !ended.IsZero() && now.Sub(ended) > labapi.RecorderWindow {
		return nil
	}
	for _, service := range in.progress.Awaited {
		if in.mayHave(service) {
			services = append(services, service)
		}
	}
	return services
}

// addAbsent adds why others have uploaded nothing. Of a process whose service has
// no part in the trace nothing is missing.
func (in *inputs) addAbsent(c *snapshots.Collector) {
	in.absent = nil
	for _, a := range c.Absent(in.id, in.snapshots, in.began()) {
		if len(in.spans) == 0 || in.hasSpanOf(a.Service) || in.hasCallOf(a.Service) {
			in.absent = append(in.absent, why.Process{Service: a.Service, Instance: a.Instance, Refused: a.Reason, Idle: a.Idle})
		}
	}
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
