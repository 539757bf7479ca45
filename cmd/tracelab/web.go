package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/internal/service"
)

type webCommand struct {
	Addr        string   `help:"Address of the UI." default:"127.0.0.1:9412"`
	LineAddr    string   `help:"Address that services keep their lines to, without a token: for a network that only they are on." placeholder:"HOST:PORT"`
	ZipkinURL   string   `name:"zipkin-url" help:"The Zipkin whose traces are shown." default:"http://127.0.0.1:9411"`
	GatewayURL  string   `name:"gateway-url" help:"What the pages say to curl." default:"http://localhost:8080"`
	AllowHosts  []string `help:"Names that the UI answers to, beside localhost and IP addresses." placeholder:"NAME"`
	Token       string   `help:"Secret that lets services keep their lines to --addr. Set it by the variable." placeholder:"SECRET"`
	LogLevel    string   `help:"debug, info, warn or error." enum:"debug,info,warn,error" default:"info"`
	LogFormat   string   `help:"text or json." enum:"text,json" default:"text"`
	Healthcheck bool     `help:"Ask the server at --addr whether it is ready, say no by the exit status, and do nothing else." env:"-"`
}

func (c *webCommand) Run(ctx context.Context) error {
	if c.Healthcheck {
		return httpapi.Healthcheck(ctx, c.Addr)
	}
	logger, err := service.NewLogger(os.Stderr, c.LogFormat, c.LogLevel, "tracelab")
	if err != nil {
		return err
	}
	slog.SetDefault(logger)
	srv, err := server.New(server.Config{ZipkinURL: c.ZipkinURL, Token: c.Token, GatewayURL: c.GatewayURL, AllowHosts: c.AllowHosts})
	if err != nil {
		return err
	}
	main, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("--addr %s: %w", c.Addr, err)
	}
	defer main.Close()
	var lines net.Listener
	if c.LineAddr != "" {
		if lines, err = net.Listen("tcp", c.LineAddr); err != nil {
			return fmt.Errorf("--line-addr %s: %w", c.LineAddr, err)
		}
		defer lines.Close()
	}
	slog.Info("serving", "addr", main.Addr().String(), "zipkin", c.ZipkinURL)
	return srv.Serve(ctx, main, lines)
}
