// Package why explains where a span's time went, over all processes that took
// part: from the spans of its trace and the execution traces of its processes.
package why

import (
	"errors"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/labapi"
)

// Process is what one process knows of a trace.
type Process struct {
	ID                string // of its snapshot; empty: it has none
	Service, Instance string
	Trace             *exectrace.Trace // nil: there is none
	Refused           string           // why there is none
	Idle              bool             // there is none because the process took no part, for sure
	Bytes             int64
	Reason            string // why it was taken
}

// Input is what an explanation is made of.
type Input struct {
	TraceID   zipkin.TraceID
	Span      zipkin.SpanAt // of which it is; zero: the longest request
	Spans     []zipkin.Span // of the trace, partial ones and all
	Processes []Process
	// Awaited are services whose part in the trace may come yet. Nothing is concluded
	// then.
	Awaited []string
	// Forgotten says in a sentence that the recorders have forgotten the trace. Empty: they
	// have not.
	Forgotten string
	// Baseline is asked for the time that a quarter of the requests like a span stay
	// below, which is a local root or not; zero: it is not known. Without it none is.
	Baseline func(of *zipkin.Span, root bool) time.Duration
}

// ErrNothing says that neither spans nor execution traces know what is asked
// for.
var ErrNothing = errors.New("neither the spans nor the execution traces know it")

// Explain says where the time of a span went.
func Explain(in Input) (*labapi.Explanation, error) {
	tr := newTrace(in)
	asked, err := tr.asked(in.Span)
	if err != nil {
		return nil, err
	}
	underWay := tr.underWay(asked)
	var segments []segment
	if !underWay {
		segments = tr.segments(asked)
	}
	a := &labapi.Explanation{
		TraceID: in.TraceID.String(), SpanID: asked.id.String(), Reported: asked.reported, Service: asked.service, Operation: asked.name,
		StartUS: asked.start / 1000, States: sum(segments), Missing: tr.missing(segments), Snapshots: tr.sources(),
	}
	for _, t := range a.States {
		a.TotalUS += t.US
		if t.State == stateUnknown {
			a.UnknownUS += t.US
		}
		a.DoubtfulUS += t.DoubtfulUS
	}
	a.Waits, a.Stacks = waits(segments), stacks(segments)
	a.Execution = in.execution(segments, a.Missing)
	baseline := in.baseline(asked)
	if a.Execution.Final() {
		tr.conclude(a, asked, segments, baseline)
	}
	a.Requests, a.Others = tr.others(asked)
	a.Sentences = summary{a, baseline, underWay}.sentences()
	return a, nil
}

// conclude names the cause, or else a pattern of spans.
func (tr *trace) conclude(a *labapi.Explanation, asked *span, segments []segment, baseline time.Duration) {
	p := tr.findPattern(asked)
	a.Cause = cause(segments, baseline, p)
	if a.Cause == nil && p != nil {
		a.Pattern = &p.Pattern
	}
}

// baseline is that of a span. It is not known of one that was not reported.
func (in Input) baseline(s *span) time.Duration {
	if in.Baseline == nil || s.reported == nil {
		return 0
	}
	return in.Baseline(s.reported, s.up == nil)
}
