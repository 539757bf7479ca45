// Package egress is where the fetcher's requests leave: over a pooled
// connection, or over one of their own.
package egress

import (
	"context"
	"net"
	"net/http"
)

// Dial is the dial of a net.Dialer.
type Dial = func(ctx context.Context, network, addr string) (net.Conn, error)

// Route chooses the way of a request: it returns the request as it is to be sent,
// and how the connection of its own is dialled, by dial in the end; or nil, if it
// may leave over a pooled one.
type Route func(r *http.Request, dial Dial) (*http.Request, Dial)

// WithRoute returns a context whose requests, redirected ones too, leave by route.
func WithRoute(ctx context.Context, route Route) context.Context {
	return context.WithValue(ctx, key{}, route)
}

type key struct{}

// Transport is a http.RoundTripper.
type Transport struct {
	dial   Dial
	with   func(Dial) *http.Transport
	pooled *http.Transport
}

// New returns a Transport. Every connection is made by dial, whichever way a
// request takes; with makes what sends over them.
func New(dial Dial, with func(Dial) *http.Transport) *Transport {
	return &Transport{dial, with, with(dial)}
}

// RoundTrip sends a request.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if route, ok := r.Context().Value(key{}).(Route); ok {
		if r, dial := route(r, t.dial); dial != nil {
			return t.alone(r, dial)
		}
	}
	return t.pooled.RoundTrip(r)
}

// alone sends r over a connection that no other request uses.
func (t *Transport) alone(r *http.Request, dial Dial) (*http.Response, error) {
	ctx := r.Context()
	// net/http would let a dial go on when no request waits for it any more.
	own := t.with(func(_ context.Context, network, addr string) (net.Conn, error) { return dial(ctx, network, addr) })
	own.DisableKeepAlives = true
	return own.RoundTrip(r)
}

// CloseIdleConnections closes the idle connections of the pool.
func (t *Transport) CloseIdleConnections() { t.pooled.CloseIdleConnections() }
