package loadgen

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// TestWaitUntil waits in both ways, and is never early; a context ends it.
func TestWaitUntil(t *testing.T) {
	for _, precise := range []bool{false, true} {
		for _, wait := range []time.Duration{-ms, 0, 50 * time.Microsecond, ms, 5 * ms} {
			due := time.Now().Add(wait)
			if !waitUntil(t.Context(), due, precise) || time.Now().Before(due) {
				t.Errorf("precise %t: %s: it returned %s early", precise, wait, time.Until(due))
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if waitUntil(ctx, time.Now().Add(time.Hour), precise) {
			t.Errorf("precise %t: it does not see that ctx has ended", precise)
		}
	}
}

// TestNoPileUp has many requests fall due at once with one processor: connections whose
// answers are there are used again, before others are made.
func TestNoPileUp(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	var dials atomic.Int64
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		dials.Add(1)
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}
	const count = 1000
	if _, err := Run(t.Context(), Config{Variants: []Variant{{Request: request(t, srv.URL)}}, Rate: MaxRate, Count: count, Concurrency: count, dial: dial}); err != nil {
		t.Fatal(err)
	}
	if n := dials.Load(); n > count/2 {
		t.Errorf("%d connections for %d requests", n, count)
	}
}
