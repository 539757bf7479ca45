package why_test

import (
	"context"
	"net"
	"testing"
	"time"

	octrace "go.opencensus.io/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/why"
	"example.com/tracelab/internal/zipkin"
)

// call is a recorded request, in which "ask" waits for an answer of the network.
type call struct {
	trace  *exectrace.Trace
	ask    octrace.SpanContext
	began  time.Time // of the wait
	waited time.Duration
}

// recordCall has the answer come after a while, of somebody who is in no task.
func recordCall(t *testing.T, after time.Duration) (c call) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		if _, err := conn.Read(make([]byte, 1)); err != nil {
			return
		}
		time.Sleep(after) // what is waited for
		conn.Write([]byte("!"))
	}()
	conn, err := net.Dial("tcp", ln.Addr().String()) // which would be a wait, too
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c.trace = record(t, func(ctx context.Context) {
		ctx, root := octrace.StartSpan(ctx, "buy")
		defer root.End()
		_, span := octrace.StartSpan(ctx, "ask")
		defer span.End()
		c.ask = span.SpanContext()
		c.began = time.Now()
		if _, err := conn.Write([]byte("?")); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		c.waited = time.Since(c.began)
	})
	return c
}

// answer is the report of who answered the call, at a time after that began.
func (c call) answer(t *testing.T, text string, after, took time.Duration) zipkin.Span {
	t.Helper()
	sp := spantext.Span(t, text)
	sp.TraceID, sp.ParentID = c.id(), zipkin.SpanID(spanID(c.ask))
	sp.Timestamp, sp.Duration = c.began.Add(after).UnixMicro(), took.Microseconds()
	return sp
}

func (c call) id() zipkin.TraceID { return idOf(c.ask.TraceID) }

func spanID(sc octrace.SpanContext) (id uint64) {
	for _, b := range sc.SpanID {
		id = id<<8 | uint64(b)
	}
	return id
}

// timesOf sums up the times of an operation, by state.
func timesOf(a *labapi.Explanation, operation string) (us map[string]int64, inferred int64) {
	us = map[string]int64{}
	for _, s := range a.States {
		if s.Operation == operation {
			us[s.State] += s.US
			inferred += s.InferredUS
		}
	}
	return us, inferred
}

// explained is what is said with these reports.
func (c call) explained(t *testing.T, spans ...zipkin.Span) *labapi.Explanation {
	t.Helper()
	a, err := why.Explain(why.Input{TraceID: c.id(), Spans: spans, Processes: []why.Process{{Service: "shop", Instance: "1", Trace: c.trace}}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestTheWaitForAnAnswerIsDivided: what the other process took of it is its own.
func TestTheWaitForAnAnswerIsDivided(t *testing.T) {
	const ms = time.Millisecond
	c := recordCall(t, 200*ms)
	alone, _ := timesOf(c.explained(t), "ask")
	whole := time.Duration(alone["network"]) * time.Microsecond
	late := max(0, c.waited-whole) // that it began to wait, and went on
	for name, test := range map[string]struct {
		kind        string
		after, took time.Duration
		want        time.Duration // of the other process
		sure        bool
	}{
		"in the middle of it":   {"SERVER", 50 * ms, 100 * ms, 100 * ms, true},
		"until it ends":         {"SERVER", 50 * ms, c.waited - 50*ms, c.waited - 50*ms, true},
		"by a clock behind":     {"SERVER", -time.Hour, 100 * ms, 100 * ms, false},
		"by a clock ahead":      {"SERVER", time.Hour, 100 * ms, 100 * ms, false},
		"for longer than that":  {"SERVER", 0, time.Minute, whole, false},
		"in no time":            {"SERVER", 50 * ms, 0, 0, true},
		"who takes it up later": {"CONSUMER", 50 * ms, 100 * ms, 0, true},
	} {
		a := c.explained(t, c.answer(t, "77 "+test.kind+" bank | pay", test.after, test.took))
		pay, inferred := timesOf(a, "pay")
		ask, _ := timesOf(a, "ask")
		got := time.Duration(pay["unknown"]) * time.Microsecond
		if got > test.want+ms || got < test.want-late-ms || test.want == 0 && got > 0 {
			t.Errorf("%s: of %s of the other process, it has %v", name, test.want, pay)
		}
		if !test.sure && inferred != pay["unknown"] || test.sure && inferred > 0 {
			t.Errorf("%s: of %v, %d µs are concluded", name, pay, inferred)
		}
		if sum := got + time.Duration(ask["network"])*time.Microsecond; (sum - whole).Abs() > ms {
			t.Errorf("%s: %s and the rest of the wait, %v, are %s of %s", name, got, ask, sum, whole)
		}
		if got > 0 && (len(a.Missing) == 0 || a.Missing[0].Service != "bank") {
			t.Errorf("%s: missing is %v", name, a.Missing)
		}
	}
}

// TestTwoExecutionTraces are of caller and callee: the wait of the one is what the
// other did. The second was recorded later, so that no clock fits.
func TestTwoExecutionTraces(t *testing.T) {
	var c call
	var bank *exectrace.Trace
	t.Run("caller", func(t *testing.T) { c = recordCall(t, 200*time.Millisecond) })
	t.Run("callee", func(t *testing.T) {
		bank = record(t, func(ctx context.Context) {
			ctx, pay := octrace.StartSpanWithRemoteParent(ctx, "pay", c.ask)
			defer pay.End()
			_, check := octrace.StartSpan(ctx, "check")
			defer check.End()
			time.Sleep(100 * time.Millisecond) // what is to be explained
		})
	})
	a, err := why.Explain(why.Input{TraceID: c.id(), Processes: []why.Process{{Service: "bank", Instance: "2", Trace: bank}, {Service: "shop", Instance: "1", Trace: c.trace}}})
	if err != nil {
		t.Fatal(err)
	}
	if a.Operation != "buy" || a.Service != "shop" || len(a.Snapshots) != 2 {
		t.Errorf("it is of %s of the %s, from %v", a.Operation, a.Service, a.Snapshots)
	}
	check, inferred := timesOf(a, "check")
	if check["sleep"] < 90_000 || inferred < check["sleep"] || check["unknown"] > 0 {
		t.Errorf("of 100 ms in the callee it has %v, of which %d µs are concluded", check, inferred)
	}
	if a.Cause == nil || a.Cause.Service != "bank" || a.Cause.Operation != "check" || a.Cause.State != "sleep" {
		if ask, _ := timesOf(a, "ask"); ask["network"] < check["sleep"] { // the way took longer, on a busy machine
			t.Errorf("the cause is %+v, want sleep in check of the bank", a.Cause)
		}
	}
	asked, err := why.Explain(why.Input{TraceID: c.id(), Span: zipkin.SpanAt{ID: zipkin.SpanID(spanID(c.ask))}, Processes: []why.Process{{Service: "bank", Trace: bank}, {Service: "shop", Trace: c.trace}}})
	if err != nil || asked.Operation != "ask" || asked.TotalUS > a.TotalUS {
		t.Errorf("of the call it says %+v, %v", asked, err)
	}
}
