// Package preconnect tries a connection before it is used.
package preconnect

import (
	"context"
	"crypto/tls"
	"net"
	"time"
)

// Dial is the dial of a net.Dialer.
type Dial = func(ctx context.Context, network, addr string) (net.Conn, error)

// New returns dial after n tries of it, one after the other. secure says that a
// TLS handshake belongs to a try.
func New(dial Dial, secure bool, n int) Dial {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		for range n {
			if err := try(ctx, dial, secure, network, addr); err != nil {
				return nil, err
			}
		}
		return dial(ctx, network, addr)
	}
}

// try makes a connection, up to where a request would be sent, and lets it
// go.
func try(ctx context.Context, dial Dial, secure bool, network, addr string) error {
	conn, err := dial(ctx, network, addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	if tcp, ok := conn.(*net.TCPConn); ok {
		// Closed the usual way, each would hold a port of this machine for a minute
		// more, and many requests together all of them.
		tcp.SetLinger(0)
	}
	if !secure {
		return nil
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	return tls.Client(conn, &tls.Config{ServerName: host, NextProtos: []string{"h2", "http/1.1"}}).HandshakeContext(ctx)
}
