package fetcher

import (
	"context"
	"crypto/tls"
	"net/http/httptrace"
	"sync"
	"time"

	"example.com/tracelab/services/fetcher/fetchapi"
)

// clock fills fetchapi.Timings. A lookup or a dial may go on after the request found
// another connection, so it locks.
type clock struct {
	start time.Time

	mu      sync.Mutex
	timings fetchapi.Timings
	began   [3]time.Time // of the lookup, the dial and the handshake under way
}

// startClock times what is sent with the context it returns.
func startClock(ctx context.Context) (context.Context, *clock) {
	c := &clock{start: time.Now()}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart:          func(httptrace.DNSStartInfo) { c.begin(0) },
		DNSDone:           func(httptrace.DNSDoneInfo) { c.end(0, &c.timings.DNS) },
		ConnectStart:      func(_, _ string) { c.begin(1) },
		ConnectDone:       func(_, _ string, _ error) { c.end(1, &c.timings.Connect) },
		TLSHandshakeStart: func() { c.begin(2) },
		TLSHandshakeDone:  func(tls.ConnectionState, error) { c.end(2, &c.timings.TLS) },
		GotFirstResponseByte: func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.timings.FirstByte = time.Since(c.start).Microseconds()
		},
	}), c
}

func (c *clock) begin(part int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.began[part] = time.Now()
}

func (c *clock) end(part int, sum *int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*sum += time.Since(c.began[part]).Microseconds()
}

func (c *clock) stop() fetchapi.Timings {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.timings.Total = time.Since(c.start).Microseconds()
	return c.timings
}
