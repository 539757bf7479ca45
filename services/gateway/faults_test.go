package gateway

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openzipkin/zipkin-go/model"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/services/gateway/internal/standby"
)

const most = 20 * time.Second // for what comes at once where the machine has time

// await returns the trace once it has n spans.
func (s *stage) await(t *testing.T, n int) []model.SpanModel {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), most)
	defer cancel()
	all, err := s.spans.Await(ctx, n)
	if err != nil {
		t.Fatalf("%v: %+v", err, all)
	}
	s.spans.Take()
	slices.SortStableFunc(all, func(a, b model.SpanModel) int { return a.Timestamp.Compare(b.Timestamp) })
	return all
}

func one(t *testing.T, all []model.SpanModel, name string) model.SpanModel {
	t.Helper()
	found := named(all, name)
	if len(found) != 1 {
		t.Fatalf("%d spans %q: %+v", len(found), name, all)
	}
	return found[0]
}

func end(s model.SpanModel) time.Time { return s.Timestamp.Add(s.Duration) }

func TestMainEndsLate(t *testing.T) {
	s := newStage(t, nil, nil)
	status, a, _ := s.visit(t.Context(), "", "gateway=quadratic;ms=40")
	if status != 200 || len(a.Visits) != 1 {
		t.Fatalf("%d %+v", status, a)
	}
	all := s.await(t, 4)
	late := end(one(t, all, "main")).Sub(end(one(t, all, "PUT /values/{key}")))
	if cost := s.cost(t, a.TraceID, "quadratic"); late < 40*time.Millisecond || cost < 40*time.Millisecond || cost > late {
		t.Errorf("main ends %s after its last call; the cost is %s", late, cost)
	}
}

func TestMainBeginsItsCallLate(t *testing.T) {
	s := newStage(t, nil, nil)
	status, a, _ := s.visit(t.Context(), "", "gateway=goroutine-flood;ms=40;n=1000")
	if status != 200 || len(a.Visits) != 1 {
		t.Fatalf("%d %+v", status, a)
	}
	all := s.await(t, 4)
	late := one(t, all, "GET /fetch").Timestamp.Sub(one(t, all, "main").Timestamp)
	if cost := s.cost(t, a.TraceID, "goroutine-flood"); late < 40*time.Millisecond || cost < 40*time.Millisecond {
		t.Errorf("main begins its first call after %s; the cost is %s", late, cost)
	}
}

// TestInTurnOrSideBySide has fetches that should be side by side wait for each
// other, and looks when those began that should be in turn.
func TestInTurnOrSideBySide(t *testing.T) {
	var together sync.WaitGroup
	sideBySide := true
	s := newStage(t, func(http.ResponseWriter, *http.Request) {
		if sideBySide {
			together.Done()
			together.Wait()
		}
	}, nil)
	const query = "?url=http://127.0.0.1:9/1&url=http://127.0.0.1:9/2&url=http://127.0.0.1:9/3"
	together.Add(3)
	if status, a, _ := s.visit(t.Context(), query, ""); status != 200 || len(a.Visits) != 3 {
		t.Fatalf("%d %+v", status, a)
	}
	s.await(t, 8)
	sideBySide = false
	status, a, took := s.visit(t.Context(), query, "gateway=serial-fanout")
	if status != 200 || len(a.Visits) != 3 || !strings.HasSuffix(a.Visits[1].URL, "/2") {
		t.Fatalf("%d %+v", status, a)
	}
	all := s.await(t, 8)
	if got := one(t, all, "main").Tags["visit.serial"]; got != "false" {
		t.Errorf("the span says visit.serial=%s", got)
	}
	fetches, writes := named(all, "GET /fetch"), named(all, "PUT /values/{key}")
	for i := range fetches[1:] {
		if !fetches[i+1].Timestamp.After(end(writes[i])) {
			t.Errorf("fetch %d begins before the write before it ends", i+1)
		}
	}
	if cost := s.cost(t, a.TraceID, "serial-fanout"); cost <= 0 || cost >= took {
		t.Errorf("the cost is %s of %s", cost, took)
	}
}

func TestFailingCallsAreMadeAgain(t *testing.T) {
	var fetches atomic.Int64
	s := newStage(t, func(http.ResponseWriter, *http.Request) { fetches.Add(1) }, nil)
	status, a, _ := s.visit(t.Context(), "", "gateway=retry-storm;n=5")
	if status != 200 || len(a.Visits) != 1 || fetches.Load() != 1 {
		t.Fatalf("%d %+v after %d fetches", status, a, fetches.Load())
	}
	calls := named(s.await(t, 9), "GET /fetch")
	if len(calls) != 6 {
		t.Fatalf("%d calls", len(calls))
	}
	for i, call := range calls {
		failed := call.Tags["error"]
		if want := map[bool]string{true: "DEADLINE_EXCEEDED"}[i < 5]; failed != want || call.RemoteEndpoint.ServiceName != "fetcher" {
			t.Errorf("call %d of %+v: error %q, want %q", i, call.RemoteEndpoint, failed, want)
		}
		if i > 0 && call.Timestamp.Before(end(calls[i-1])) {
			t.Errorf("call %d begins before the one before it ends", i)
		}
	}
	if cost := s.cost(t, a.TraceID, "retry-storm"); cost < 5*standby.Near {
		t.Errorf("the cost is %s", cost)
	}
}

func TestTheWorkGoesOn(t *testing.T) {
	written := make(chan struct{}, 1)
	s := newStage(t, nil, func(http.ResponseWriter, *http.Request) { written <- struct{}{} })
	ctx, gone := context.WithCancel(t.Context())
	status, a, took := s.visit(ctx, "", "gateway=lost-deadline;ms=20")
	gone() // net/http does so when a handler returns
	if status != 504 || a.Service != "fetcher" || a.Code != "timeout" || took < 20*time.Millisecond {
		t.Fatalf("%d %+v after %s", status, a, took)
	}
	select {
	case <-written:
	case <-time.After(most):
		t.Fatal("nothing was written")
	}
	all := s.await(t, 5)
	server, main := one(t, all, "GET /visit"), one(t, all, "main")
	if server.Tags["error"] != "DEADLINE_EXCEEDED" || !end(main).After(end(server)) || main.Tags["error"] != "" {
		t.Errorf("the server's span %+v, main %+v", server, main)
	}
	if calls := named(all, "GET /fetch"); len(calls) != 2 {
		t.Errorf("calls of the fetcher: %+v", calls)
	}
	if cost := s.cost(t, a.TraceID, "lost-deadline"); cost < 20*time.Millisecond || cost > took {
		t.Errorf("the cost is %s of %s", cost, took)
	}
}

// TestTheWorkEndsWithTheService has the fetcher hang when the service ends.
func TestTheWorkEndsWithTheService(t *testing.T) {
	hung := make(chan struct{}, 1)
	s := newStage(t, func(_ http.ResponseWriter, r *http.Request) {
		hung <- struct{}{}
		<-r.Context().Done()
	}, nil)
	if status, a, _ := s.visit(t.Context(), "", "gateway=lost-deadline;ms=1"); status != 504 {
		t.Fatalf("%d %+v", status, a)
	}
	<-hung
	ctx, stop := context.WithCancel(t.Context())
	stop()
	began := time.Now()
	if err := s.parts.Background(ctx); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > fetcherLimit/2 {
		t.Errorf("the work took %s to end", took)
	}
	if main := one(t, s.await(t, 4), "main"); main.Tags["error"] != "CANCELLED" {
		t.Errorf("main has the tags %v", main.Tags)
	}
	if status, a, _ := s.visit(t.Context(), "", "gateway=lost-deadline;ms=1"); status != 503 {
		t.Errorf("after the end: %d %+v", status, a)
	}
}

func TestTheWriterLearnsNothingOfTheTrace(t *testing.T) {
	var fetcher, writer http.Header
	s := newStage(t, func(_ http.ResponseWriter, r *http.Request) { fetcher = r.Header.Clone() },
		func(_ http.ResponseWriter, r *http.Request) { writer = r.Header.Clone() })
	carried := func(h http.Header) bool { return h.Get("traceparent") != "" || h.Get("X-B3-TraceId") != "" }
	for _, fault := range []string{"", "gateway=lost-context"} {
		if status, a, _ := s.visit(t.Context(), "", fault); status != 200 {
			t.Fatalf("%d %+v", status, a)
		}
		if !carried(fetcher) || carried(writer) == (fault != "") {
			t.Errorf("%q: the fetcher was sent %v, the writer %v", fault, fetcher, writer)
		}
		if call := one(t, s.await(t, 4), "PUT /values/{key}"); call.Kind != model.Client || call.RemoteEndpoint.ServiceName != "writer" {
			t.Errorf("%q: the call is %+v", fault, call)
		}
	}
}

// TestEverythingEndsWithTheRequest has the caller go in the middle.
func TestEverythingEndsWithTheRequest(t *testing.T) {
	s := newStage(t, nil, nil)
	for _, fault := range []string{"gateway=quadratic;ms=3000", "gateway=goroutine-flood;ms=1000;n=4000", "gateway=retry-storm;n=100", "gateway=lost-deadline;ms=3000"} {
		s.visit(t.Context(), "", "") // whose connections stay
		before := runtime.NumGoroutine()
		inTime := func() error { // what goes on does so each time; a busy machine is late, but not always
			_, _, plain := s.visit(t.Context(), "", "")
			patience := 50*time.Millisecond + 4*plain // in which the fault begins, on this machine
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			_, a, took := s.visit(ctx, "", fault)
			costs := s.costLog.Of(a.TraceID)
			if len(costs) != 1 || took > 11*patience || costs[0].Took < 1000 {
				return fmt.Errorf("%s: it took %s, and cost %+v, and the caller went after %s", fault, took, costs, patience)
			}
			s.cost(t, a.TraceID, strings.TrimPrefix(strings.Split(fault, ";")[0], "gateway="))
			return nil
		}
		if err := testbed.Eventually(inTime); err != nil {
			t.Error(err)
		}
		if strings.Contains(fault, "lost-deadline") {
			continue // of which the work goes on
		}
		if err := testbed.Eventually(func() error {
			if now := runtime.NumGoroutine(); now > before+10 {
				return fmt.Errorf("%d goroutines, and there were %d", now, before)
			}
			return nil
		}); err != nil {
			t.Errorf("%s: %v", fault, err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	s.parts.Background(ctx)
}
