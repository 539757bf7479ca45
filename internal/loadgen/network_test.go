package loadgen

import (
	"context"
	"net"
	"net/http"
	"testing"
)

// network is one in memory, for synctest's bubbles: its time is theirs.
type network struct {
	conns  chan net.Conn
	closed chan struct{}
}

// serve serves h in memory until the test ends, and returns how to reach it.
func serve(t *testing.T, h http.Handler) dialer {
	t.Helper()
	n := &network{make(chan net.Conn), make(chan struct{})}
	srv := &http.Server{Handler: h}
	go srv.Serve(n)
	t.Cleanup(func() { srv.Close() })
	return n.dial
}

func (n *network) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case n.conns <- there:
		return here, nil
	case <-n.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (n *network) Accept() (net.Conn, error) {
	select {
	case c := <-n.conns:
		return c, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

func (n *network) Close() error   { close(n.closed); return nil }
func (n *network) Addr() net.Addr { return &net.TCPAddr{} }

func request(t *testing.T, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
