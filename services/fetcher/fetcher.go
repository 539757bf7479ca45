// Package fetcher is the service that fetches URLs for the others: it knows
// what may be fetched, how much, and for how long.
package fetcher

import (
	"context"
	"net/http"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/service"
	"example.com/tracelab/internal/target"
)

// Config is the fetcher's settings.
type Config struct {
	service.Config `embed:"" set:"addr=127.0.0.1:8081" set:"debug_addr=127.0.0.1:6081"`

	AllowTargets []string      `help:"Targets to fetch although their addresses are not public." placeholder:"[NAME=]HOST:PORT"`
	FetchTimeout time.Duration `help:"Time for one URL, with its redirects." default:"3s"`
	MaxBody      int64         `help:"Bytes to read of one answer." default:"1048576"`
	MaxRedirects int           `help:"Redirects to follow for one URL." default:"5"`
}

// Run serves until ctx ends.
func (c *Config) Run(ctx context.Context) error {
	return service.Run(ctx, "fetcher", c.Config, c.build)
}

func (c *Config) build() (service.Definition, error) {
	policy, err := target.NewPolicy(c.AllowTargets)
	if err != nil {
		return service.Definition{}, err
	}
	f := &fetcher{policy: policy, client: newClient(policy, c), maxBody: c.MaxBody}
	return service.Definition{Routes: f.routes(), Close: f.close}, nil
}

type fetcher struct {
	policy  *target.Policy
	client  *http.Client
	maxBody int64
}

func (f *fetcher) routes() []httpapi.Route {
	return []httpapi.Route{
		{Pattern: "GET /fetch", Handler: httpapi.Query(f.fetch, "url")},
	}
}

func (f *fetcher) close() error {
	f.client.CloseIdleConnections()
	return nil
}

// fetch answers with the outcome of one GET of ?url=.
func (f *fetcher) fetch(w http.ResponseWriter, r *http.Request) error {
	u, err := f.policy.Parse(r.URL.Query().Get("url"))
	if err != nil {
		return httpapi.InvalidField("url", "%v", err)
	}
	result, err := f.httpRequest(r.Context(), u)
	if err != nil {
		return err
	}
	httpapi.WriteJSON(w, result)
	return nil
}
