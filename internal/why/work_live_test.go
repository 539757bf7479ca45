package why_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	octrace "go.opencensus.io/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/testbed/executiontest"
	"example.com/tracelab/internal/why"
	"example.com/tracelab/internal/zipkin"
)

// lay lays out the longest request of a trace that one process has recorded.
func lay(t *testing.T, id zipkin.TraceID, tr *exectrace.Trace) *why.Work {
	t.Helper()
	w, err := why.Lay(why.Input{TraceID: id, Processes: []why.Process{{Service: "shop", Trace: tr}}}, false)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// goroutines are those of the only span with a name.
func goroutines(t *testing.T, w *why.Work, name string) why.Goroutines {
	t.Helper()
	i := slices.IndexFunc(w.Spans, func(s why.SpanWork) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("there is no %s", name)
	}
	return w.Goroutines(i)
}

// names are the functions of workers in a role.
func names(g why.Goroutines, role exectrace.WorkerRole) (all []string) {
	for _, worker := range g.Workers {
		if d, _ := g.Trace.Goroutine(worker.Goroutine); worker.Role == role {
			all = append(all, d.Name)
		}
	}
	return all
}

// TestWhoHeldTheMutex while a request waited: the goroutine, and the span that it served.
func TestWhoHeldTheMutex(t *testing.T) {
	var waits, holds zipkin.TraceID
	var held zipkin.SpanID
	tr := record(t, func(ctx context.Context) {
		executiontest.WhileHeld(func(hold func()) {
			_, span := octrace.StartSpan(ctx, "holds")
			defer span.End()
			holds, held = traceID(span), zipkin.SpanIDOf(span.SpanContext().SpanID)
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
	w := lay(t, waits, tr)
	if buy := goroutines(t, w, "buy"); len(buy.Waits) != 0 {
		t.Errorf("buy has the wait of a span below it: %+v", buy.Waits)
	}
	g := goroutines(t, w, "reserve")
	if len(g.Waits) != 1 || len(g.Waits[0].Holders) != 1 || !strings.HasPrefix(g.Waits[0].Stack[0], "sync.(*Mutex).Lock") {
		t.Fatalf("the waits are %+v", g.Waits)
	}
	wait, h := g.Waits[0], g.Waits[0].Holders[0]
	if h.Goroutine != wait.Segment.WokenBy || h.State != "sleep" || !strings.HasPrefix(h.Stack[0], "time.Sleep") || h.From != wait.Segment.Start || h.To != wait.Segment.End {
		t.Errorf("the holder is %+v of %+v", h, wait.Segment)
	}
	if len(h.Served) != 1 || h.Served[0].TraceID != holds || h.Served[0].SpanID != held || h.Served[0].Operation != "holds" || h.Served[0].Inferred {
		t.Errorf("it served %+v, want span %s of trace %s", h.Served, held, holds)
	}
}

// TestWhoTheHolderWaitedFor comes after it, though that was earlier.
func TestWhoTheHolderWaitedFor(t *testing.T) {
	var id zipkin.TraceID
	tr := record(t, func(ctx context.Context) {
		var mu sync.Mutex
		locked, supplies := make(chan struct{}), make(chan int)
		var all sync.WaitGroup
		all.Go(func() {
			mu.Lock()
			close(locked)
			<-supplies
			mu.Unlock()
		})
		all.Go(func() {
			<-locked
			time.Sleep(200 * time.Millisecond) // while the mutex is held: on a busy machine the other comes late
			supplies <- 1
		})
		all.Go(func() {
			<-locked
			_, root := octrace.StartSpan(ctx, "buy")
			defer root.End()
			id = traceID(root)
			mu.Lock()
			mu.Unlock()
		})
		all.Wait()
	})
	g := goroutines(t, lay(t, id, tr), "buy")
	if len(g.Waits) == 0 {
		t.Fatal("there is no wait")
	}
	wait := g.Waits[0]
	if h := wait.Holders; len(h) < 2 || h[0].Goroutine != wait.Segment.WokenBy || h[1].State != "sleep" || h[1].From >= h[0].From || len(h[0].Served) != 0 {
		t.Errorf("they are %+v", h)
	}
}

// TestAllWhoWorkedForASpan are under it: a fan-out whole, and under each of its spans its own.
func TestAllWhoWorkedForASpan(t *testing.T) {
	var id zipkin.TraceID
	tr := record(t, func(ctx context.Context) {
		ctx, root := octrace.StartSpan(ctx, "buy")
		defer root.End()
		id = traceID(root)
		var all sync.WaitGroup
		for _, name := range []string{"price", "stock"} {
			all.Go(func() {
				_, span := octrace.StartSpan(ctx, name)
				defer span.End()
				grandchild := make(chan struct{})
				go close(grandchild)
				<-grandchild
			})
		}
		all.Wait()
	})
	w := lay(t, id, tr)
	for name, started := range map[string]int{"buy": 2, "price": 1, "stock": 1} {
		g := goroutines(t, w, name)
		if own := names(g, exectrace.WorkerOwn); len(own) != 1 || len(names(g, exectrace.WorkerStarted)) != started || len(g.Workers) != 1+started {
			t.Errorf("%s has the workers %+v, want its own goroutine and %d that it started", name, g.Workers, started)
		}
		if s := g.Segments; s[0].Start != g.Task.Start || s[len(s)-1].End != g.Task.End || g.Time(g.Axis(g.Task.Start)) != g.Task.Start {
			t.Errorf("%s: its segments are not from its beginning to its end", name)
		}
		for _, s := range g.Segments {
			if !slices.ContainsFunc(g.Workers, func(w exectrace.Worker) bool { return w.Goroutine == s.Goroutine }) {
				t.Errorf("%s: goroutine %d of %+v is no worker", name, s.Goroutine, s)
			}
		}
	}
}

// TestTheGoroutinesOfHTTPsClient are under the span whose call they made.
func TestTheGoroutinesOfHTTPsClient(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(30 * time.Millisecond) })) // what is waited for
	defer server.Close()
	var id zipkin.TraceID
	tr := record(t, func(ctx context.Context) {
		ctx, root := octrace.StartSpan(ctx, "buy")
		defer root.End()
		id = traceID(root)
		client := &http.Client{Transport: &http.Transport{}}
		defer client.CloseIdleConnections()
		for _, name := range []string{"first", "second"} {
			_, span := octrace.StartSpan(ctx, name)
			if resp, err := client.Get(server.URL); err == nil {
				resp.Body.Close()
			}
			span.End()
		}
	})
	w := lay(t, id, tr)
	const reads = "net/http.(*persistConn).readLoop"
	if started := names(goroutines(t, w, "first"), exectrace.WorkerStarted); !slices.Contains(started, reads) {
		t.Errorf("the first call started %q", started)
	}
	if followed := names(goroutines(t, w, "second"), exectrace.WorkerFollowed); !slices.Contains(followed, reads) {
		t.Errorf("the second call followed %q", followed)
	}
}
