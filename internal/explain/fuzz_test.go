package explain

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	rtrace "runtime/trace"
	"sync"
	"testing"
	"time"

	octrace "go.opencensus.io/trace"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/snapshots"
	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
	"example.com/tracelab/tracing"
)

// locked is an execution trace of a request, trace 9, that waits for a mutex which
// another, trace 8, holds.
func locked(f *testing.F) []byte {
	f.Helper()
	tr, err := tracing.Start(tracing.Config{Service: "gateway"})
	if err != nil {
		f.Fatal(err)
	}
	defer tr.Shutdown(context.Background())
	var b bytes.Buffer
	if err := rtrace.Start(&b); err != nil {
		f.Fatal(err)
	}
	defer rtrace.Stop()
	var mu sync.Mutex
	var both sync.WaitGroup
	held := make(chan bool)
	request := func(trace byte, name string, do func()) {
		parent := octrace.SpanContext{TraceID: octrace.TraceID{15: trace}, SpanID: octrace.SpanID{7: 100}, TraceOptions: 1}
		ctx, span := octrace.StartSpanWithRemoteParent(context.Background(), name, parent)
		_, inner := octrace.StartSpan(ctx, "inner")
		do()
		inner.End()
		span.End()
	}
	both.Go(func() {
		request(8, "hold", func() {
			mu.Lock()
			close(held)
			time.Sleep(5 * time.Millisecond) // while it is held
			mu.Unlock()
		})
	})
	<-held
	request(9, "wait", func() { mu.Lock(); mu.Unlock() })
	both.Wait()
	rtrace.Stop()
	return b.Bytes()
}

// alone is a control stream server that no process has called.
type alone struct{}

func (alone) Processes() []control.Process         { return nil }
func (alone) Send(instance, _ string, _ any) error { return fmt.Errorf("no process %s", instance) }

// FuzzUpload uploads any header with any body. Each is taken, or rejected with a
// reason, and has what it is for explained without harm.
func FuzzUpload(f *testing.F) {
	whole := locked(f)
	now := time.Now()
	known, unknown := labapi.Part{TraceID: padded(9), StartUS: now.Add(-time.Second).UnixMicro(), EndUS: now.UnixMicro()}, labapi.Part{TraceID: padded(8)}
	for _, u := range []labapi.Upload{
		{Reason: labapi.ReasonSlow, Traces: []labapi.Part{known}},
		{Reason: labapi.ReasonAsked, Traces: []labapi.Part{known, unknown}},
		{Reason: labapi.ReasonAsked, Traces: []labapi.Part{{TraceID: padded(9)}}},
	} {
		u.Service, u.Instance, u.Host, u.TakenAt = "gateway", "gateway1", "h", now
		text, _ := json.Marshal(u)
		f.Add(string(text), whole)
		f.Add(string(text), whole[:len(whole)/2])
		u.Refused = "no span of that trace ran here"
		text, _ = json.Marshal(u)
		f.Add(string(text), []byte(nil))
	}
	f.Add(`{"service":"a","instance":"b","reason":"slow","traces":[{"traceId":"0000000000000009","start_us":1,"end_us":9007199254740992}]}`, whole)
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		queue, st := NewQueue(), store.New(store.Config{})
		st.Add([]zipkin.Span{{TraceID: zipkin.TraceID{Low: 9}, ID: 1, Kind: zipkin.Server, Name: "get /visit", Timestamp: now.UnixMicro(), Duration: 1000,
			Local: zipkin.Endpoint{ServiceName: "gateway"}}})
		c := snapshots.New(alone{}, queue, "")
		x := New(Config{Reader: zipkinapi.Local(st), PollEvery: time.Millisecond, Snapshots: c, Queue: queue})
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, labapi.SnapshotsPath, bytes.NewReader(body))
		r.Header[labapi.UploadHeader] = []string{header}
		if err := c.Receive(httptest.NewRecorder(), r); err != nil {
			if e := httpapi.AsError(err); e.Code != httpapi.Invalid || e.Detail == "" {
				t.Fatalf("rejected without a reason: %v", err)
			}
			return
		}
		for len(c.All()) == 0 {
			runtime.Gosched() // it is being cut
		}
		list := httptest.NewRecorder()
		if err := c.List(list, httptest.NewRequest(http.MethodGet, labapi.SnapshotsPath, nil)); err != nil || !json.Valid(list.Body.Bytes()) || bytes.Count(list.Body.Bytes(), []byte(`"arrived_at"`)) != 1 {
			t.Fatalf("the list is %s, %v", list.Body, err)
		}
		id := zipkin.TraceID{Low: 9}
		g, stop := x.newGathering(t.Context(), subject{trace: id})
		stop() // nothing is waited for
		in, err := g.look(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if a, err := x.conclude(t.Context(), g, in, subject{trace: id}); err != nil || a == nil || c.Panics() > 0 {
			t.Fatalf("%+v, %v, %d panics", a, err, c.Panics())
		}
	})
}

// padded is the id of a trace with 32 digits.
func padded(low uint64) string { return fmt.Sprintf("%032x", low) }
