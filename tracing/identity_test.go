package tracing_test

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	rt "runtime/trace"
	"strings"
	"testing"
	"time"

	"go.opencensus.io/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/userlog"
	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/tracetest"
)

// execution is the execution trace of what program does.
func execution(t *testing.T, program func()) *exectrace.Trace {
	t.Helper()
	var taken bytes.Buffer
	if err := rt.Start(&taken); err != nil {
		t.Skip("an execution trace is being taken already: ", err)
	}
	program()
	rt.Stop()
	file, err := exectrace.FromBytes(taken.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	x, err := exectrace.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// identities are the messages that give tasks the identity of a span, by the
// task's name.
func identities(x *exectrace.Trace) map[string]string {
	found := map[string]string{}
	for l := range x.Logs() {
		if task, ok := x.Task(l.Task); ok && l.Category == userlog.SpanCategory {
			found[task.Name] = l.Message
		}
	}
	return found
}

// TestTheExecutionTraceKnowsTheSpan looks for 24 raw bytes, and for 32 where the
// parent is in another process.
func TestTheExecutionTraceKnowsTheSpan(t *testing.T) {
	tracetest.Start(t, "never") // identity does not depend on the sampler
	parent := trace.SpanContext{TraceID: trace.TraceID{15: 1}, SpanID: trace.SpanID{7: 2}}
	want := map[string]string{}
	expect := func(name string, sc trace.SpanContext, parent []byte) {
		want[name] = string(sc.TraceID[:]) + string(sc.SpanID[:]) + string(parent)
	}
	serve := func(name, header, value string, parent []byte) {
		mux := http.NewServeMux()
		mux.HandleFunc(name, func(_ http.ResponseWriter, r *http.Request) {
			expect(name, trace.FromContext(r.Context()).SpanContext(), parent)
		})
		r := httptest.NewRequest("GET", strings.TrimPrefix(name, "GET "), nil)
		if header != "" {
			r.Header.Set(header, value)
		}
		tracing.Handler(mux).ServeHTTP(httptest.NewRecorder(), r)
	}
	x := execution(t, func() {
		ctx, root := trace.StartSpan(t.Context(), "root")
		_, child := trace.StartSpan(ctx, "child")
		child.End()
		root.End()
		_, consumer := trace.StartSpanWithRemoteParent(t.Context(), "consumer", parent)
		consumer.End()
		expect("root", root.SpanContext(), nil)
		expect("child", child.SpanContext(), nil)
		expect("consumer", consumer.SpanContext(), parent.SpanID[:])
		serve("GET /called", "traceparent", "00-00000000000000000000000000000003-0000000000000004-00", []byte{7: 4})
		serve("GET /root", "", "", nil)
		serve("GET /decided", "b3", "0", nil) // a decision and no parent
	})
	if got := identities(x); !maps.Equal(got, want) {
		t.Errorf("identities %x; want %x", got, want)
	}
}

// TestTasksCoverTheirSpans compares durations: the clocks have different zeros.
func TestTasksCoverTheirSpans(t *testing.T) {
	spans := tracetest.Start(t, "always")
	x := execution(t, func() {
		for range 100 {
			_, s := trace.StartSpan(t.Context(), "work")
			s.End()
		}
	})
	ids := map[string]time.Duration{}
	for l := range x.Logs() {
		if task, ok := x.Task(l.Task); ok && l.Category == userlog.SpanCategory {
			ids[l.Message[16:]] = task.End.Sub(task.Start)
		}
	}
	const tick = 64 * time.Nanosecond // of the execution trace's clock
	for _, s := range spans.Spans() {
		var id [8]byte
		for i := range id {
			id[i] = byte(s.ID >> (56 - 8*i))
		}
		took, ok := ids[string(id[:])]
		if !ok || took+tick < s.Duration {
			t.Errorf("the task of a span of %s took %s (it is there: %v)", s.Duration, took, ok)
		}
	}
	if len(ids) != 100 {
		t.Errorf("%d tasks of 100 spans", len(ids))
	}
}

// observer records local roots.
type observer struct{ started, ended []tracing.Root }

func (o *observer) RootStarted(r tracing.Root) { o.started = append(o.started, r) }
func (o *observer) RootEnded(r tracing.Root)   { o.ended = append(o.ended, r) }

// TestLocalRootsAreObserved counts roots with and without remote parents, and no
// others.
func TestLocalRootsAreObserved(t *testing.T) {
	for _, sampler := range []string{"always", "never"} {
		t.Run(sampler, func(t *testing.T) {
			observed, spans := &observer{}, &tracetest.Recorder{}
			provider, err := tracing.Start(tracing.Config{Service: "test", Sampler: sampler, Reporter: spans, RootObserver: observed})
			if err != nil {
				t.Fatal(err)
			}
			defer provider.Shutdown(context.Background())
			mux := http.NewServeMux()
			mux.HandleFunc("GET /values/{key}", func(_ http.ResponseWriter, r *http.Request) {
				_, child := trace.StartSpan(r.Context(), "child")
				child.End()
			})
			for _, b3 := range []string{"", "0000000000000003-0000000000000004-d"} {
				r := httptest.NewRequest("GET", "/values/1", nil)
				if b3 != "" {
					r.Header.Set("b3", b3)
				}
				tracing.Handler(mux).ServeHTTP(httptest.NewRecorder(), r)
			}
			_, s := trace.StartSpan(t.Context(), "first")
			s.End()
			s.End()
			if len(observed.started) != 3 || len(observed.ended) != 3 {
				t.Fatalf("%d started, %d ended; want 3 and 3", len(observed.started), len(observed.ended))
			}
			for i, name := range []string{"GET /values/{key}", "GET /values/{key}", "first"} {
				began, ended := observed.started[i], observed.ended[i]
				debug := i == 1
				sampled := debug || sampler == "always"
				if began.Name != name || began.Debug != debug || began.Sampled != sampled || began.Duration != 0 {
					t.Errorf("root %d began as %+v", i, began)
				}
				if ended.Duration <= 0 {
					t.Errorf("root %d took %s", i, ended.Duration)
				}
				if ended.Duration = 0; ended != began {
					t.Errorf("root %d began as %+v and ended as %+v", i, began, ended)
				}
			}
			if id := observed.ended[1].TraceID; id != (trace.TraceID{15: 3}) {
				t.Errorf("the debugged trace is %s", id)
			}
		})
	}
}
