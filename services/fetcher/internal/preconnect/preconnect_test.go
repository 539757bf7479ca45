package preconnect_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/tracelab/services/fetcher/internal/preconnect"
)

// TestConnectionsAreTriedFirst counts the dials, and those that are closed again.
func TestConnectionsAreTriedFirst(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	for _, tries := range []int{0, 1, 5} {
		dials, closed := 0, 0
		dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
			dials++
			conn, err := new(net.Dialer).DialContext(ctx, network, addr)
			return &counted{conn, &closed}, err
		}
		conn, err := preconnect.New(dial, false, tries)(t.Context(), "tcp", srv.Listener.Addr().String())
		if err != nil || dials != tries+1 || closed != tries {
			t.Errorf("%d tries: %d dials, %d of them closed, %v", tries, dials, closed, err)
		}
		conn.Close()
	}
}

type counted struct {
	net.Conn
	closed *int
}

func (c *counted) Close() error {
	*c.closed++
	return c.Conn.Close()
}

// TestATryThatFails is the answer: no other connection is made.
func TestATryThatFails(t *testing.T) {
	refused := errors.New("refused")
	dials := 0
	dial := func(context.Context, string, string) (net.Conn, error) {
		dials++
		return nil, refused
	}
	if _, err := preconnect.New(dial, false, 3)(t.Context(), "tcp", "127.0.0.1:9"); err != refused || dials != 1 {
		t.Errorf("%v after %d dials", err, dials)
	}
}

// TestASecureTry shakes hands, and refuses who cannot.
func TestASecureTry(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	if _, err := preconnect.New(new(net.Dialer).DialContext, true, 1)(t.Context(), "tcp", plain.Listener.Addr().String()); err == nil {
		t.Error("a server without TLS passes")
	}
}
