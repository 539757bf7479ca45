package fetcher

import (
	"context"
	"net"
	"net/http"
	"time"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/target"
)

// exit is where requests leave: over a connection that is kept for others, or,
// where a request asks for another way, over one of its own.
type exit struct {
	policy *target.Policy
	kept   *http.Transport
}

func newExit(policy *target.Policy) *exit {
	e := &exit{policy: policy}
	e.kept = newTransport(e.dial)
	return e
}

// dialFunc is a net.Dialer's.
type dialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// dial is the only door: whatever way a request takes, its connection is made
// here, under the policy.
func (e *exit) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: 2 * time.Second, Control: e.policy.Control}
	if e.policy.Allows(addr) {
		dialer.Control = nil
	}
	return dialer.DialContext(ctx, network, addr)
}

// RoundTrip sends a request. What is to happen to it happens on the way to the
// URL that was asked for, and not again on the way to where that redirects; but
// a request that keeps no connections keeps none anywhere.
func (e *exit) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, dial, first := r.Context(), e.dial, r.Response == nil
	cold, anew := faults.Here(ctx, "cold-connections")
	late, relayed := faults.Here(ctx, "slow-third-party")
	if !anew && !(relayed && first) {
		return e.kept.RoundTrip(r)
	}
	if anew {
		rehearsals := cold.Int("n")
		if !first {
			rehearsals = 0
		}
		dial = measured("cold-connections", rehearsed(dial, r.URL.Scheme == "https", rehearsals))
	}
	if relayed && first {
		way := &relay{late: late.Duration("ms"), first: func(came time.Time) {
			faults.Record(ctx, "slow-third-party", came, time.Since(came))
		}}
		dial, r = way.dialing(dial), r.WithContext(way.watch(ctx))
	}
	return alone(dial, r)
}

// measured is dial; what it takes is what the fault of that name costs.
func measured(name string, dial dialFunc) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		end := faults.Measure(ctx, name)
		conn, err := dial(ctx, network, addr)
		end()
		return conn, err
	}
}

// alone sends r over a connection that nobody had before and nobody has after.
func alone(dial dialFunc, r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	// net/http would let a dial go on that nobody waits for any more.
	t := newTransport(func(_ context.Context, network, addr string) (net.Conn, error) { return dial(ctx, network, addr) })
	t.DisableKeepAlives = true
	return t.RoundTrip(r)
}

// CloseIdleConnections lets go of the connections that are kept.
func (e *exit) CloseIdleConnections() { e.kept.CloseIdleConnections() }

func newTransport(dial dialFunc) *http.Transport {
	return &http.Transport{
		DialContext:            dial,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    2 * time.Second,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    32,
		MaxConnsPerHost:        256,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}
