// Package serve has the verbs of tracelab that start servers: up, store, web and
// service.
package serve

import (
	"fmt"
	"io"
	"log/slog"
	"net"

	"example.com/tracelab/internal/logging"
)

// setLogger makes the process's logger write to w.
func setLogger(w io.Writer, c logging.Config) error {
	logger, err := c.New(w, "tracelab")
	if err == nil {
		slog.SetDefault(logger)
	}
	return err
}

// listen listens at the address that a flag has.
func listen(flag, addr string) (net.Listener, error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("--%s %s: %w", flag, addr, err)
	}
	return ln, nil
}
