package tracing

import (
	"crypto/tls"
	"net/http/httptrace"
	"sync"
	"time"

	"go.opencensus.io/trace"
)

// The tag that shows whether a request had to wait for a new connection.
const (
	tagConnection    = "connection"
	connectionNew    = "new"
	connectionReused = "reused"
)

// connection records in a span how its request got a connection, and when the
// response began. A dial may go on, and end, after the request found another
// connection, so it locks.
type connection struct {
	span *span

	mu        sync.Mutex
	dials     int64
	resolved  time.Time // the last lookup's success, where there was a name to look up
	connected time.Time // the last dial's success
	secured   time.Time // the TLS handshake's
}

// trace returns the hooks that net/http calls.
func (c *connection) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSDone:              func(info httptrace.DNSDoneInfo) { c.done(&c.resolved, info.Err) },
		ConnectStart:         func(_, _ string) { c.dial() },
		ConnectDone:          func(_, _ string, err error) { c.done(&c.connected, err) },
		TLSHandshakeDone:     func(_ tls.ConnectionState, err error) { c.done(&c.secured, err) },
		GotConn:              c.got,
		GotFirstResponseByte: func() { c.span.Annotate(nil, "first byte") },
	}
}

// dial notes the first; a name with several addresses may take more.
func (c *connection) dial() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dials++
	if c.dials == 1 {
		c.span.Annotate(nil, "dial")
	}
}

func (c *connection) done(at *time.Time, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		*at = time.Now()
	}
}

// got notes what the connection took, when all of that is known.
func (c *connection) got(info httptrace.GotConnInfo) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.span.record(func(r *recording) {
		if info.Reused {
			r.set(tagConnection, connectionReused)
			return
		}
		r.set(tagConnection, connectionNew)
		for _, step := range []struct {
			at         time.Time
			text       string
			attributes []trace.Attribute
		}{
			{c.resolved, "name looked up", nil},
			{c.connected, "connected", c.dialCount()},
			{c.secured, "TLS handshake done", nil},
		} {
			if !step.at.IsZero() {
				r.annotate(step.at, step.text, step.attributes)
			}
		}
	})
}

// dialCount is the number of dials, where that was not one.
func (c *connection) dialCount() []trace.Attribute {
	if c.dials == 1 {
		return nil
	}
	return []trace.Attribute{trace.Int64Attribute("dials", c.dials)}
}
