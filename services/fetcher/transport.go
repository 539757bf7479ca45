package fetcher

import (
	"context"
	"net"
	"net/http"
	"time"

	"example.com/tracelab/internal/target"
	"example.com/tracelab/services/fetcher/internal/egress"
)

// dialUnder returns the only door: whatever way a request takes, its connection
// is made here, under the policy.
func dialUnder(policy *target.Policy) egress.Dial {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		dialer := &net.Dialer{Timeout: 2 * time.Second, Control: policy.Control}
		if policy.Allows(addr) {
			dialer.Control = nil
		}
		return dialer.DialContext(ctx, network, addr)
	}
}

func newTransport(dial egress.Dial) *http.Transport {
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
