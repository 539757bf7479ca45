package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	rtrace "runtime/trace"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"

	octrace "go.opencensus.io/trace"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/internal/store"
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

// FuzzFlight hands in any header with any body. Each is taken, or refused with a
// reason, and has what it is for explained without harm.
func FuzzFlight(f *testing.F) {
	whole := locked(f)
	p := (&world{t: f}).outsider("gateway")
	for _, s := range []labapi.Upload{p.snapshot(labapi.ReasonSlow, padded(9)), p.snapshot(labapi.ReasonAsked, padded(9), padded(8)), p.whole(padded(9))} {
		text, _ := json.Marshal(s)
		f.Add(string(text), whole)
		f.Add(string(text), whole[:len(whole)/2])
		s.Refused = "no span of that trace ran here"
		text, _ = json.Marshal(s)
		f.Add(string(text), []byte(nil))
	}
	f.Add(`{"service":"a","instance":"b","reason":"slow","traces":[{"trace":"0000000000000009","start_us":1,"end_us":9007199254740992}]}`, whole)
	st := store.New(store.Config{})
	st.Add(visit(9, 100*time.Millisecond))
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		s, err := server.New(server.Config{Token: secret, Store: st})
		if err != nil {
			t.Fatal(err)
		}
		h := s.Handler()
		ask := func(method, path string, body []byte) *httptest.ResponseRecorder {
			r := httptest.NewRequestWithContext(context.Background(), method, path, bytes.NewReader(body))
			r.Host, r.RemoteAddr = "localhost", "127.0.0.1:1"
			r.Header.Set("Authorization", "Bearer "+secret)
			r.Header[labapi.UploadHeader] = []string{header}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w
		}
		w := ask(http.MethodPost, labapi.SnapshotsPath, body)
		var problem httpapi.Problem
		switch json.Unmarshal(w.Body.Bytes(), &problem); w.Code {
		case http.StatusAccepted:
		case http.StatusBadRequest:
			if problem.Detail == "" {
				t.Fatalf("refused without a reason: %s", w.Body)
			}
			return
		default:
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		s.AwaitFiled()
		if list := ask(http.MethodGet, labapi.SnapshotsPath, nil); !json.Valid(list.Body.Bytes()) || bytes.Count(list.Body.Bytes(), []byte(`"arrived_at"`)) != 1 {
			t.Fatalf("the list is %s", list.Body)
		}
		if a, err := s.ExplainNow(t.Context(), zipkin.TraceID{Low: 9}); err != nil || s.Failed() > 0 {
			t.Fatalf("%+v, %v", a, err)
		}
	})
}
