package why_test

import (
	"bytes"
	"context"
	"runtime/trace"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"

	octrace "go.opencensus.io/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed/executiontest"
	"example.com/tracelab/internal/why"
	"example.com/tracelab/tracing/tracetest"
)

// record has run make spans under an execution trace, and returns that.
func record(t *testing.T, run func(context.Context)) *exectrace.Trace {
	t.Helper()
	tracetest.Start(t, "always")
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		t.Fatal(err)
	}
	run(context.Background())
	trace.Stop()
	f, err := exectrace.FromBytes(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	tr, err := exectrace.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func traceID(s *octrace.Span) zipkin.TraceID { return idOf(s.SpanContext().TraceID) }

func idOf(id octrace.TraceID) zipkin.TraceID {
	return zipkin.TraceIDOf(id)
}

func explain(t *testing.T, id zipkin.TraceID, tr *exectrace.Trace) *labapi.Explanation {
	t.Helper()
	a, err := why.Explain(why.Input{TraceID: id, Processes: []why.Process{{Service: "shop", Instance: "1", Trace: tr}}})
	if err != nil {
		t.Fatal(err)
	}
	var sum int64
	for _, st := range a.States {
		sum += st.US
	}
	if sum != a.TotalUS {
		t.Errorf("the states sum to %d of %d µs", sum, a.TotalUS)
	}
	if len(a.Sentences) != 3 {
		t.Errorf("%d sentences, want three", len(a.Sentences))
	}
	t.Log(strings.Join(a.Sentences, "\n"))
	return a
}

// TestAMutexThatAnotherRequestHolds has the request that waits say for whom.
func TestAMutexThatAnotherRequestHolds(t *testing.T) {
	var waits, holds zipkin.TraceID
	tr := record(t, func(ctx context.Context) {
		executiontest.WhileHeld(func(hold func()) {
			_, span := octrace.StartSpan(ctx, "holds")
			defer span.End()
			holds = traceID(span)
			hold()
		}, func(lock func()) {
			ctx, root := octrace.StartSpan(ctx, "buy")
			defer root.End()
			waits = traceID(root)
			_, span := octrace.StartSpan(ctx, "reserve")
			defer span.End()
			lock()
		})
	})
	a := explain(t, waits, tr)
	if a.Service != "shop" || a.Operation != "buy" {
		t.Errorf("it is of %s of the %s, want buy of the shop", a.Operation, a.Service)
	}
	if a.Cause == nil || a.Cause.Service != "shop" || a.Cause.Operation != "reserve" || a.Cause.State != "sync" || a.Cause.Ms < 20 {
		t.Fatalf("the cause is %+v, want sync in reserve of the shop", a.Cause)
	}
	if len(a.Waits) == 0 {
		t.Fatal("nothing says what it waited for")
	}
	if l := a.Waits[0]; l.State != "sleep" || l.TraceID != holds.String() || l.Operation != "holds" {
		t.Errorf("behind it is %+v, want sleep for holds", l)
	}
	if !strings.Contains(a.Sentences[1], holds.String()) {
		t.Errorf("%q does not name the other request", a.Sentences[1])
	}
}

// TestWhatARequestStartsIsItsOwn has goroutines of a request be looked through.
func TestWhatARequestStartsIsItsOwn(t *testing.T) {
	var id zipkin.TraceID
	tr := record(t, func(ctx context.Context) {
		ctx, root := octrace.StartSpan(ctx, "buy")
		defer root.End()
		id = traceID(root)
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				_, span := octrace.StartSpan(ctx, "price")
				defer span.End()
				time.Sleep(40 * time.Millisecond) // what is to be explained
			})
		}
		all.Wait()
	})
	a := explain(t, id, tr)
	if a.Cause == nil || a.Cause.Operation != "price" || a.Cause.State != "sleep" {
		t.Errorf("the cause is %+v, want sleep in price", a.Cause)
	}
}

// TestNothingStandsOut has a quick request name no cause.
func TestNothingStandsOut(t *testing.T) {
	var id zipkin.TraceID
	tr := record(t, func(ctx context.Context) {
		_, root := octrace.StartSpan(ctx, "buy")
		id = traceID(root)
		root.End()
	})
	if a := explain(t, id, tr); a.Cause != nil || a.Pattern != nil {
		t.Errorf("it is said to have the cause %v, the pattern %v", a.Cause, a.Pattern)
	}
}

// TestWorkThatStillGoesOn asks why as soon as the answer is given, and not when all
// is done that was begun for it.
func TestWorkThatStillGoesOn(t *testing.T) {
	var id zipkin.TraceID
	done := make(chan struct{})
	defer close(done)
	tr := record(t, func(ctx context.Context) {
		ctx, root := octrace.StartSpan(ctx, "buy")
		id = traceID(root)
		begun := make(chan struct{})
		go func() {
			_, span := octrace.StartSpan(ctx, "ship")
			defer span.End()
			close(begun)
			<-done
		}()
		<-begun
		time.Sleep(30 * time.Millisecond) // until the client has had enough
		root.End()
	})
	a := explain(t, id, tr)
	if a.Cause != nil || a.Pattern == nil || a.Pattern.Kind != "work-after-answer" || a.Pattern.Operation != "ship" {
		t.Errorf("the cause is %+v and the pattern %+v; want work after the answer, in ship", a.Cause, a.Pattern)
	}
}

// TestSpansThatWereNotReported ran nevertheless, as the execution trace knows.
func TestSpansThatWereNotReported(t *testing.T) {
	var root, first *octrace.Span
	tr := record(t, func(ctx context.Context) {
		ctx, root = octrace.StartSpan(ctx, "buy")
		defer root.End()
		ctx, first = octrace.StartSpan(ctx, "price")
		defer first.End()
		_, second := octrace.StartSpan(ctx, "tax")
		second.End()
	})
	report := func(name string, s *octrace.Span, parent uint64) zipkin.Span {
		return zipkin.Span{TraceID: traceID(s), ID: zipkin.SpanID(spanID(s.SpanContext())), ParentID: zipkin.SpanID(parent), Name: name,
			Timestamp: time.Now().UnixMicro(), Duration: 1, Local: zipkin.Endpoint{ServiceName: "shop"}}
	}
	buy := report("buy", root, 0)
	price := report("price", first, spanID(root.SpanContext()))
	for name, test := range map[string]struct {
		reported []zipkin.Span
		want     string
	}{
		"two of three":           {[]zipkin.Span{buy}, "2 spans ran, from price of the shop on, and are not in the store: they were dropped, or are late"},
		"one of three":           {[]zipkin.Span{buy, price}, "tax of the shop ran, and is not in the store: it was dropped, or is late"},
		"all, when none is kept": {nil, ""},
	} {
		a, err := why.Explain(why.Input{TraceID: traceID(root), Spans: test.reported, Processes: []why.Process{{Service: "shop", Trace: tr}}})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if a.Pattern != nil {
			got = a.Pattern.Text
		}
		if got != test.want {
			t.Errorf("%s: it says %q, want %q", name, got, test.want)
		}
	}
}
