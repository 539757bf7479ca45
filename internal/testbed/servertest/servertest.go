// Package servertest starts a tracelab server for tests, on a free port of
// loopback.
package servertest

import (
	"context"
	"net"
	"testing"

	"example.com/tracelab/internal/server"
)

// Start serves until the test ends, and returns the server's URL.
func Start(t testing.TB, cfg server.Config) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return Serve(t, cfg, ln)
}

// Serve is Start on a listener of the caller's, which it closes.
func Serve(t testing.TB, cfg server.Config, ln net.Listener) string {
	t.Helper()
	srv, err := server.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ctx, ln, nil) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return "http://" + ln.Addr().String()
}
