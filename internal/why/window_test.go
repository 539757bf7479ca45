package why_test

import (
	"context"
	"testing"
	"time"

	octrace "go.opencensus.io/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/why"
	"example.com/tracelab/internal/zipkin"
)

const ms = time.Millisecond

// underWay records the first part of a span that a call began, in which it slept.
func (c call) underWay(t *testing.T, slept time.Duration) (pay *exectrace.Trace) {
	t.Run("callee", func(t *testing.T) {
		var span *octrace.Span
		pay = record(t, func(ctx context.Context) {
			_, span = octrace.StartSpanWithRemoteParent(ctx, "pay", c.ask)
			time.Sleep(slept) // what is recorded
		})
		span.End()
	})
	return pay
}

// TestTheRestIsUnknown: of a call whose other end is known in part, or by nobody, the
// time is unknown, and no cause of it is named.
func TestTheRestIsUnknown(t *testing.T) {
	var c call
	t.Run("caller", func(t *testing.T) { c = recordCall(t, 200*ms) })
	report := c.answer(t, "77 CLIENT shop | ask", 0, c.waited)
	report.ID, report.ParentID, report.Remote.ServiceName = zipkin.SpanID(spanID(c.ask)), 0, "bank"
	shop := why.Process{Service: "shop", Instance: "1", Trace: c.trace}
	for name, test := range map[string]struct {
		spans   []zipkin.Span
		bank    why.Process
		network bool // the wait is one for the network
		state   string
	}{
		"it is known until the middle": {nil, why.Process{Trace: c.underWay(t, 20*ms)}, false, labapi.ExecutionPartial},
		"nothing was handed in":        {[]zipkin.Span{report}, why.Process{Refused: "gave no answer"}, false, labapi.ExecutionPartial},
		"it took no part":              {[]zipkin.Span{report}, why.Process{Refused: "no span ran there", Idle: true}, true, labapi.ExecutionPartial},
	} {
		t.Run(name, func(t *testing.T) {
			test.bank.Service, test.bank.Instance = "bank", "2"
			a, err := why.Explain(why.Input{TraceID: c.id(), Spans: test.spans, Span: zipkin.SpanAt{ID: zipkin.SpanID(spanID(c.ask))}, Processes: []why.Process{shop, test.bank}})
			if err != nil {
				t.Fatal(err)
			}
			unknown := time.Duration(a.UnknownUS) * time.Microsecond
			if test.network && (unknown > 20*ms || a.Cause == nil || a.Cause.State != "network") || !test.network && (unknown < 80*ms || a.Cause != nil) {
				t.Errorf("%s of %d µs are unknown, and the cause is %+v: %+v", unknown, a.TotalUS, a.Cause, a.States)
			}
			if a.Execution.State != test.state {
				t.Errorf("its execution is %+v", a.Execution)
			}
		})
	}
}

// TestAWaitThatGoesOn after the execution trace has ended: what a select was for is
// not known.
func TestAWaitThatGoesOn(t *testing.T) {
	var span *octrace.Span
	begun, done, waited := make(chan struct{}), make(chan struct{}), make(chan struct{})
	tr := record(t, func(ctx context.Context) {
		go func() {
			defer close(waited)
			_, span = octrace.StartSpan(ctx, "buy")
			close(begun)
			select {
			case <-done:
			case <-ctx.Done():
			}
			span.End()
		}()
		<-begun
		time.Sleep(50 * ms) // what is recorded
	})
	close(done)
	<-waited
	report := spantext.Span(t, "1 SERVER shop buy |")
	report.TraceID, report.ID = traceID(span), zipkin.SpanID(spanID(span.SpanContext()))
	recorded := tr.Wall(tr.End).Sub(tr.Wall(tr.Start)) // longer than it slept, on a busy machine
	report.Timestamp, report.Duration = tr.Wall(tr.Start).UnixMicro(), (recorded + 250*ms).Microseconds()
	a, err := why.Explain(why.Input{TraceID: report.TraceID, Spans: []zipkin.Span{report}, Processes: []why.Process{{Service: "shop", Instance: "1", Trace: tr}}})
	if err != nil {
		t.Fatal(err)
	}
	if buy, _ := timesOf(a, "buy"); buy["select"] > 20_000 || a.UnknownUS < 200_000 || a.Cause != nil {
		t.Errorf("%v, %d µs are unknown, and the cause is %+v", buy, a.UnknownUS, a.Cause)
	}
	if s := a.Snapshots[0]; s.StartUS != tr.Wall(tr.Start).UnixMicro() {
		t.Errorf("its window begins at %d", s.StartUS)
	}
}

// TestNothingIsConcludedTooEarly: while a service is awaited, no cause and no pattern is
// named, and when all is forgotten, no cause.
func TestNothingIsConcludedTooEarly(t *testing.T) {
	c := recordCall(t, 100*ms)
	shop := []why.Process{{Service: "shop", Instance: "1", Trace: c.trace}}
	for name, test := range map[string]struct {
		in    why.Input
		state string
		cause bool
	}{
		"all is there":        {why.Input{Processes: shop}, labapi.ExecutionKnown, true},
		"one is awaited":      {why.Input{Processes: shop, Awaited: []string{"bank"}}, labapi.ExecutionAwaited, false},
		"all is forgotten":    {why.Input{Forgotten: "It was long ago."}, labapi.ExecutionGone, false},
		"none was handed in":  {why.Input{Processes: []why.Process{{Service: "shop", Refused: "busy"}}}, labapi.ExecutionGone, false},
		"forgotten, but kept": {why.Input{Processes: shop, Forgotten: "It was long ago."}, labapi.ExecutionKnown, true},
	} {
		report := c.answer(t, "77 SERVER shop buy |", 0, c.waited)
		report.ParentID = 0
		test.in.TraceID = c.id()
		if len(test.in.Processes) == 0 || test.in.Processes[0].Trace == nil {
			test.in.Spans = []zipkin.Span{report}
		}
		a, err := why.Explain(test.in)
		if err != nil {
			t.Fatal(err)
		}
		if a.Execution.State != test.state || (a.Cause != nil) != test.cause || (a.Execution.Reason == "") != (test.state == labapi.ExecutionKnown) {
			t.Errorf("%s: %+v, and the cause is %+v", name, a.Execution, a.Cause)
		}
	}
}
