package main

import (
	"fmt"
	"io"
	"log/slog"
	"net"

	"example.com/tracelab/internal/service"
)

// logFlags are what a verb that serves says of itself.
type logFlags struct {
	LogLevel  string `help:"debug, info, warn or error." enum:"debug,info,warn,error" default:"info"`
	LogFormat string `help:"text or json." enum:"text,json" default:"text"`
}

// begin makes the process's logger write to w.
func (f logFlags) begin(w io.Writer) error {
	logger, err := service.NewLogger(w, f.LogFormat, f.LogLevel, "tracelab")
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
