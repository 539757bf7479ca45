package fetcher

import (
	"context"
	"crypto/tls"
	"net"
	"time"
)

// rehearsed is dial after n rehearsals of it, one after the other. secure says
// that a TLS handshake belongs to it.
func rehearsed(dial dialFunc, secure bool, n int) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		for range n {
			if err := rehearse(ctx, dial, secure, network, addr); err != nil {
				return nil, err
			}
		}
		return dial(ctx, network, addr)
	}
}

// rehearse makes a connection, up to where a request would be sent, and lets it
// go.
func rehearse(ctx context.Context, dial dialFunc, secure bool, network, addr string) error {
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
