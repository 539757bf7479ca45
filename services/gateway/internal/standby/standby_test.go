package standby_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.opencensus.io/trace"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/services/gateway/internal/standby"
	"example.com/tracelab/tracing/tracetest"
)

// TestEachCallIsASpan counts those of one request.
func TestEachCallIsASpan(t *testing.T) {
	recorder := tracetest.Start(t, "always")
	const calls, limit = 3, 5 * time.Millisecond
	ctx, main := trace.StartSpan(t.Context(), "main")
	began := time.Now()
	standby.New().Ask(ctx, "http://go.dev/", calls, limit)
	took := time.Since(began)
	main.End()
	spans := recorder.Take()
	if len(spans) != calls+1 || took < calls*limit {
		t.Fatalf("%d spans after %s: %+v", len(spans), took, spans)
	}
	for _, s := range spans[:calls] {
		if s.Name != "GET /fetch" || s.RemoteEndpoint.ServiceName != "fetcher" || s.Tags["error"] != "DEADLINE_EXCEEDED" {
			t.Errorf("a call is %+v", s)
		}
	}
}

func TestItEndsWithItsRequest(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	began := time.Now()
	standby.New().Ask(ctx, "http://go.dev/", 100, time.Hour)
	if took := time.Since(began); took < 20*time.Millisecond || took > time.Minute {
		t.Errorf("it took %s", took)
	}
}

// TestACrowdIsNotKeptWaiting has more ask at once than may: the rest goes on.
func TestACrowdIsNotKeptWaiting(t *testing.T) {
	fetchers := standby.New()
	ctx, leave := context.WithCancel(t.Context())
	var crowd sync.WaitGroup
	var wentOn atomic.Int64
	for range 300 {
		crowd.Go(func() {
			fetchers.Ask(ctx, "http://go.dev/", 1, time.Hour)
			if ctx.Err() == nil {
				wentOn.Add(1)
			}
		})
	}
	err := testbed.Eventually(func() error {
		if n := wentOn.Load(); n != 300-256 {
			return fmt.Errorf("%d of 300 went on", n)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	leave()
	crowd.Wait()
}
