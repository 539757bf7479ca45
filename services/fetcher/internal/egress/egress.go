// Package egress is where the fetcher's requests leave: over a connection that is
// kept for others, or over one of their own.
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
// may leave over one that is kept.
type Route func(r *http.Request, dial Dial) (*http.Request, Dial)

// WithRoute returns a context whose requests, redirected ones too, leave by route.
func WithRoute(ctx context.Context, route Route) context.Context {
	return context.WithValue(ctx, key{}, route)
}

type key struct{}

// Transport is a http.RoundTripper.
type Transport struct {
	dial Dial
	with func(Dial) *http.Transport
	kept *http.Transport
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
	return t.kept.RoundTrip(r)
}

// alone sends r over a connection that nobody had before and nobody has after.
func (t *Transport) alone(r *http.Request, dial Dial) (*http.Response, error) {
	ctx := r.Context()
	// net/http would let a dial go on that nobody waits for any more.
	own := t.with(func(_ context.Context, network, addr string) (net.Conn, error) { return dial(ctx, network, addr) })
	own.DisableKeepAlives = true
	return own.RoundTrip(r)
}

// CloseIdleConnections lets go of the connections that are kept.
func (t *Transport) CloseIdleConnections() { t.kept.CloseIdleConnections() }
