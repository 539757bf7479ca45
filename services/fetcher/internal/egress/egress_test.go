package egress_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"example.com/tracelab/services/fetcher/internal/egress"
)

// newTransport counts the connections that it makes.
func newTransport(t *testing.T) (*egress.Transport, *atomic.Int64) {
	t.Helper()
	var dials atomic.Int64
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		dials.Add(1)
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
	transport := egress.New(dial, func(dial egress.Dial) *http.Transport { return &http.Transport{DialContext: dial} })
	t.Cleanup(transport.CloseIdleConnections)
	return transport, &dials
}

func send(ctx context.Context, transport *egress.Transport, url string) error {
	r, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return err
	}
	resp, err := transport.RoundTrip(r)
	if err == nil {
		resp.Body.Close()
	}
	return err
}

// TestWhichConnectionARequestLeavesOver sends several, one after the other.
func TestWhichConnectionARequestLeavesOver(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	transport, dials := newTransport(t)
	kept := func(r *http.Request, _ egress.Dial) (*http.Request, egress.Dial) { return r, nil }
	own := func(r *http.Request, dial egress.Dial) (*http.Request, egress.Dial) { return r, dial }
	for i, step := range []struct {
		route egress.Route
		dials int64 // in all
	}{{nil, 1}, {nil, 1}, {kept, 1}, {own, 2}, {own, 3}, {nil, 3}} {
		ctx := t.Context()
		if step.route != nil {
			ctx = egress.WithRoute(ctx, step.route)
		}
		if err := send(ctx, transport, srv.URL); err != nil || dials.Load() != step.dials {
			t.Errorf("after request %d: %d connections, %v; want %d", i+1, dials.Load(), err, step.dials)
		}
	}
	transport.CloseIdleConnections()
	if err := send(t.Context(), transport, srv.URL); err != nil || dials.Load() != 4 {
		t.Errorf("after all were let go: %d connections, %v", dials.Load(), err)
	}
}

// TestADialEndsWithItsRequest has a dial that waits for the end of its context.
func TestADialEndsWithItsRequest(t *testing.T) {
	transport, _ := newTransport(t)
	began, ended := make(chan struct{}), make(chan error, 1)
	route := func(r *http.Request, _ egress.Dial) (*http.Request, egress.Dial) {
		return r, func(ctx context.Context, _, _ string) (net.Conn, error) {
			close(began)
			<-ctx.Done()
			ended <- ctx.Err()
			return nil, ctx.Err()
		}
	}
	ctx, cancel := context.WithCancel(egress.WithRoute(t.Context(), route))
	go func() {
		<-began
		cancel()
	}()
	if err := send(ctx, transport, "http://127.0.0.1:9"); !errors.Is(err, context.Canceled) {
		t.Errorf("the request: %v", err)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the dial: %v", err)
	}
}
