package plan_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/tracelab/internal/costs"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/service"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/services/gateway/internal/plan"
	"example.com/tracelab/services/gateway/visitapi"
	"example.com/tracelab/tracing/tracetest"
)

// newPlanner plans for a gateway whose writer answers whether it learned of the
// trace.
func newPlanner(t *testing.T) *plan.Planner {
	t.Helper()
	tracetest.Start(t, "always")
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		httpapi.WriteJSON(w, map[string]bool{"traced": r.Header.Get("traceparent") != ""})
	}))
	t.Cleanup(srv.Close)
	writer, err := service.NewClient("writer", srv.URL, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(writer.Close)
	return plan.New(writer, time.Second)
}

// asking is the context of a request that asks for faults.
func asking(t *testing.T, text string, log *costs.Log) context.Context {
	t.Helper()
	injections, err := faults.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return faults.With(t.Context(), "", "gateway", injections, log)
}

// check compares the log with the only cost that is expected.
func check(t *testing.T, log *costs.Log, fault string, least time.Duration) {
	t.Helper()
	costs := log.Of("")
	if len(costs) != 1 || costs[0].Fault != fault || costs[0].Took < least.Microseconds() {
		t.Errorf("the log has %+v; want %s of %s", costs, fault, least)
	}
}

// TestAPlainRequestIsCarriedOutAsItIs has a fault of another service asked for.
func TestAPlainRequestIsCarriedOutAsItIs(t *testing.T) {
	var log costs.Log
	planner := newPlanner(t)
	for name, ctx := range map[string]context.Context{"nothing": t.Context(), "another's": asking(t, "writer=slow-disk", &log)} {
		p := planner.For(ctx)
		err := testbed.Eventually(func() error { // what waits does so each time; a busy machine does not
			began := time.Now()
			p.BeforeVisits(ctx, "http://go.dev/")
			p.AfterVisits(ctx, []visitapi.Visit{{URL: "a"}, {URL: "b"}})
			if took := time.Since(began); took > 50*time.Millisecond {
				return fmt.Errorf("around the visits it takes %s", took)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var answer struct{ Traced bool }
		if err := p.CallWriter(ctx, "PUT /x", "/x", "", &answer); err != nil || !answer.Traced {
			t.Errorf("%s: the writer: %+v, %v", name, answer, err)
		}
		failed := errors.New("failed")
		visits, err := p.RunVisits(ctx, func(inner context.Context) ([]visitapi.Visit, error) {
			if inner != ctx {
				t.Errorf("%s: it runs in another context", name)
			}
			return []visitapi.Visit{{URL: "a"}}, failed
		})
		if len(visits) != 1 || err != failed {
			t.Errorf("%s: %v, %v", name, visits, err)
		}
	}
	if log.Total() != 0 {
		t.Errorf("%d costs", log.Total())
	}
}

// TestAsManyAtOnceAsAreAllowed has those that may run at once wait for each other.
func TestAsManyAtOnceAsAreAllowed(t *testing.T) {
	p := newPlanner(t).For(t.Context())
	for _, atOnce := range []int{1, 2, 3} {
		var together sync.WaitGroup
		together.Add(atOnce)
		var running, most, done atomic.Int64
		err := p.EachVisit(t.Context(), 6, atOnce, func(_ context.Context, i int) error {
			now := running.Add(1)
			defer running.Add(-1)
			for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
			}
			if i < atOnce { // the first begin together
				together.Done()
				together.Wait()
			}
			done.Add(1)
			return nil
		})
		if err != nil || done.Load() != 6 || most.Load() != int64(atOnce) {
			t.Errorf("at most %d at once: %d were, %d are done, %v", atOnce, most.Load(), done.Load(), err)
		}
	}
}

func TestTheFirstErrorEndsARound(t *testing.T) {
	failed := errors.New("failed")
	err := newPlanner(t).For(t.Context()).EachVisit(t.Context(), 3, 3, func(ctx context.Context, i int) error {
		if i == 1 {
			return failed
		}
		<-ctx.Done()
		return ctx.Err()
	})
	if err != failed {
		t.Error(err)
	}
}

// TestOneAfterTheOther measures what it costs: all but the longest.
func TestOneAfterTheOther(t *testing.T) {
	var log costs.Log
	ctx := asking(t, "gateway=serial-fanout", &log)
	p := newPlanner(t).For(ctx)
	const each = 10 * time.Millisecond
	var running, together atomic.Int64
	visit := func(context.Context, int) error {
		if running.Add(1) > 1 {
			together.Add(1)
		}
		defer running.Add(-1)
		<-time.After(each)
		return nil
	}
	for range 2 { // alone, or in turn anyway, they lose nothing
		if err := errors.Join(p.EachVisit(ctx, 1, 16, visit), p.EachVisit(ctx, 3, 1, visit)); err != nil || log.Total() != 0 {
			t.Errorf("%v, and %d costs", err, log.Total())
		}
	}
	if err := p.EachVisit(ctx, 3, 16, visit); err != nil || together.Load() != 0 {
		t.Errorf("%v, and %d were not alone", err, together.Load())
	}
	check(t, &log, "serial-fanout", 2*each)
}

func TestAroundTheVisits(t *testing.T) {
	const took = 20 * time.Millisecond
	visits := []visitapi.Visit{{URL: "a"}, {URL: "b"}}
	planner := newPlanner(t)
	for fault, name := range map[string]string{
		"gateway=goroutine-flood;ms=20;n=1000": "goroutine-flood",
		"gateway=retry-storm;n=10":             "retry-storm",
		"gateway=quadratic;ms=20":              "quadratic",
	} {
		var log costs.Log
		ctx := asking(t, fault, &log)
		p := planner.For(ctx)
		p.BeforeVisits(ctx, "http://go.dev/")
		if before := log.Total(); (before == 0) != (name == "quadratic") {
			t.Errorf("%s: %d costs before the visits", name, before)
		}
		p.AfterVisits(ctx, visits)
		check(t, &log, name, took)
	}
}

func TestAPrivateCall(t *testing.T) {
	var log costs.Log
	ctx := asking(t, "gateway=lost-context", &log)
	var answer struct{ Traced bool }
	if err := newPlanner(t).For(ctx).CallWriter(ctx, "PUT /x", "/x", "", &answer); err != nil || answer.Traced {
		t.Errorf("the writer: %+v, %v", answer, err)
	}
	check(t, &log, "lost-context", 0)
}

// TestVisitsGoOn has no request wait for them any more: the time is up, the caller
// has gone, the service ends.
func TestVisitsGoOn(t *testing.T) {
	var log costs.Log
	planner := newPlanner(t)
	code := func(err error) httpapi.Code { return httpapi.AsError(err).Code }
	quick := asking(t, "gateway=lost-deadline;ms=1", &log)
	ended := make(chan error, 2)
	goesOn := func(ctx context.Context) ([]visitapi.Visit, error) {
		<-ctx.Done()
		ended <- ctx.Err()
		return nil, nil
	}
	if _, err := planner.For(quick).RunVisits(quick, goesOn); code(err) != httpapi.Timeout {
		t.Errorf("its time is up: %v", err)
	}
	check(t, &log, "lost-deadline", time.Millisecond)
	long := asking(t, "gateway=lost-deadline;ms=3000", new(costs.Log))
	gone, cancel := context.WithCancel(long)
	cancel()
	if _, err := planner.For(gone).RunVisits(gone, goesOn); code(err) != httpapi.Canceled {
		t.Errorf("the caller has gone: %v", err)
	}
	visits, err := planner.For(long).RunVisits(long, func(context.Context) ([]visitapi.Visit, error) {
		return []visitapi.Visit{{URL: "a"}}, nil
	})
	if err != nil || len(visits) != 1 {
		t.Errorf("in time: %v, %v", visits, err)
	}
	select {
	case err := <-ended:
		t.Errorf("the work ended with its request: %v", err)
	default:
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := planner.Run(stopped); err != nil || len(ended) != 2 {
		t.Errorf("at the end %v, and %d have ended", err, len(ended))
	}
	if _, err := planner.For(long).RunVisits(long, goesOn); code(err) != httpapi.Unavailable {
		t.Errorf("after the end: %v", err)
	}
}
