// Package thirdparty is the API on the far side of the fetcher that needs no
// network: go-httpbin, which delays, redirects and fails on request, and beside
// it connections that fail. It is not traced, as third parties are not.
package thirdparty

import (
	"context"
	"fmt"
	"net"
	"net/http"

	"github.com/mccutchen/go-httpbin/v2/httpbin"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/httpserver"
)

// Config is the settings of the third party as a program of its own.
type Config struct {
	Addr                    string `help:"Address to serve on." default:"127.0.0.1:8083"`
	httpapi.HealthcheckFlag `embed:""`
}

// Run serves until ctx ends.
func (c *Config) Run(ctx context.Context) error {
	if c.Healthcheck {
		return httpapi.Healthcheck(ctx, c.Addr)
	}
	ln, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("--addr %s: %w", c.Addr, err)
	}
	return Serve(ctx, ln)
}

// Serve serves on ln until ctx ends, and closes it.
func Serve(ctx context.Context, ln net.Listener) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		httpapi.WriteJSON(w, map[string]string{"status": "ready"})
	})
	mux.Handle("/connection/", connections())
	params := httpbin.DefaultDefaultParams
	params.DripDelay = 0 // or /drip?duration=1s is later than the fetcher waits
	mux.Handle("/", httpbin.New(httpbin.WithMaxDuration(longest), httpbin.WithDefaultParams(params)))
	return httpserver.Serve(ctx, ln, mux, httpserver.Options{
		ReadTimeout: longest, // as its answers, requests may be slow
		BaseContext: ctx,     // what waits, or holds a connection by itself, ends with the program
	})
}
