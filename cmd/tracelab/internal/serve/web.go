package serve

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"

	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/logging"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/redact"
)

// Web serves the pages, and all of the workshop's API, over a Zipkin that has
// the traces.
type Web struct {
	Addr                    string      `help:"Address of the UI." default:"127.0.0.1:9412"`
	LineAddr                string      `help:"A second address for the services' control streams, without a token: for a network that only they are on." placeholder:"HOST:PORT"`
	ZipkinURL               string      `name:"zipkin-url" help:"The Zipkin whose traces are shown." default:"http://127.0.0.1:9411"`
	GatewayURL              string      `name:"gateway-url" help:"The gateway that the pages tell visitors to curl." default:"http://localhost:8080"`
	AllowHosts              hosts.Names `help:"Names that the UI answers to, beside localhost and IP addresses; .example.com: all below it." placeholder:"NAME"`
	Token                   string      `help:"Secret that services need for a control stream, and other machines to inject faults for all. Set it by the variable. Default: none for services; for other machines, if they reach --addr, a new one, which the log says." placeholder:"SECRET"`
	logging.Config          `embed:""`
	httpapi.HealthcheckFlag `embed:""`
}

// Help is shown by tracelab web --help.
func (c *Web) Help() string {
	return `It shows the traces of any Zipkin, takes the workshop's faults and mysteries, and explains slow requests by the snapshots that services upload. Nothing is stored: the traces stay in the Zipkin.

Examples:
  tracelab web                # over the Zipkin at 127.0.0.1:9411
  tracelab web --zipkin-url http://zipkin:9411 --addr 0.0.0.0:9412 \
    --allow-hosts traces.example.com
  tracelab web --healthcheck  # whether the one at --addr is ready`
}

// Run serves until ctx ends.
func (c *Web) Run(ctx context.Context, streams cli.Streams) error {
	if c.Healthcheck {
		return httpapi.Healthcheck(ctx, c.Addr)
	}
	if err := setLogger(streams.Err, c.Config); err != nil {
		return err
	}
	main, err := listen("addr", c.Addr)
	if err != nil {
		return err
	}
	defer main.Close()
	srv, err := server.New(server.Config{ZipkinURL: c.ZipkinURL, Token: c.Token, RoomToken: c.roomToken(main.Addr()), GatewayURL: c.GatewayURL, AllowHosts: c.AllowHosts})
	if err != nil {
		return cli.Status{Code: cli.Usage, Err: err}
	}
	var processes net.Listener
	if c.LineAddr != "" {
		if processes, err = listen("line-addr", c.LineAddr); err != nil {
			return err
		}
		defer processes.Close()
	}
	slog.Info("serving", "addr", main.Addr().String(), "zipkin", redact.Text(c.ZipkinURL))
	return srv.Serve(ctx, main, processes)
}

// roomToken is a new secret, which the log says, where other machines reach the server and
// no secret was given: without one they could not do what needs it.
func (c *Web) roomToken(listens net.Addr) string {
	at, ok := listens.(*net.TCPAddr)
	if c.Token != "" || !ok || at.IP.IsLoopback() && len(c.AllowHosts) == 0 {
		return ""
	}
	token := rand.Text()
	slog.Warn("other machines need this token to inject faults for all and to read execution traces", "TRACELAB_TOKEN", token)
	return token
}
