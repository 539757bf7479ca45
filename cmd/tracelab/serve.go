package main

import (
	"fmt"
	"io"
	"log/slog"
	"net"

	"example.com/tracelab/internal/service"
)

// setLogger makes the process's logger write to w.
func setLogger(w io.Writer, c service.LogConfig) error {
	logger, err := c.NewLogger(w, "tracelab")
	if err == nil {
		slog.SetDefault(logger)
	}
	return err
}

// healthcheckFlag makes a verb that serves ask the one that runs instead.
type healthcheckFlag struct {
	Healthcheck bool `help:"Ask the server at --addr whether it is ready, say no by the exit status, and do nothing else." env:"-"`
}

// listen listens at the address that a flag has.
func listen(flag, addr string) (net.Listener, error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("--%s %s: %w", flag, addr, err)
	}
	return ln, nil
}
