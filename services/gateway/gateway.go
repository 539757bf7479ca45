// Package gateway is the service that people call: it takes a visit, asks the
// fetcher for each URL and the writer to store its status, and answers with the
// id of the trace that shows it all.
package gateway

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"golang.org/x/sync/semaphore"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/service"
	"example.com/tracelab/internal/target"
	"example.com/tracelab/redact"
	"example.com/tracelab/services/gateway/internal/plan"
)

// Config is the gateway's settings.
type Config struct {
	service.Config `embed:"" set:"addr=127.0.0.1:8080" set:"debug_addr=127.0.0.1:6080"`

	FetcherURL    string        `name:"fetcher-url" help:"The fetcher." default:"http://127.0.0.1:8081"`
	WriterURL     string        `name:"writer-url" help:"The writer." default:"http://127.0.0.1:8082"`
	ThirdPartyURL string        `name:"third-party-url" help:"What is visited when a request names no URL." default:"http://127.0.0.1:8083/get"`
	AllowTargets  []string      `help:"Targets to visit although their addresses are not public; tell the fetcher too." placeholder:"[NAME=]HOST:PORT"`
	UIURL         string        `name:"ui-url" help:"Where people read traces: the traceUrl of each answer." default:"http://localhost:9411"`
	Parallel      int           `help:"URLs of one request to visit at once." default:"16"`
	MaxVisits     int64         `help:"Visits of all requests to make at once; others wait for their turn." default:"64"`
	VisitTimeout  time.Duration `help:"Time for one request, with all its visits." default:"50s"`
}

// Run serves until ctx ends.
func (c *Config) Run(ctx context.Context) error {
	return service.Run(ctx, "gateway", c.Config, c.build)
}

func (c *Config) build() (service.Definition, error) {
	if c.Parallel < 1 || c.MaxVisits < 1 {
		return service.Definition{}, fmt.Errorf("--parallel %d, --max-visits %d: each must be 1 or more", c.Parallel, c.MaxVisits)
	}
	ui, err := url.Parse(c.UIURL)
	if err != nil || ui.Host == "" {
		return service.Definition{}, fmt.Errorf("--ui-url %q: want a URL like http://localhost:9411", redact.Text(c.UIURL))
	}
	ui.User, ui.RawQuery, ui.Fragment = nil, "", "" // each answer has it
	policy, err := target.NewPolicy(c.AllowTargets)
	if err != nil {
		return service.Definition{}, err
	}
	fetcher, err := service.NewClient("fetcher", c.FetcherURL, fetcherLimit)
	if err != nil {
		return service.Definition{}, err
	}
	writer, err := service.NewClient("writer", c.WriterURL, writerLimit)
	if err != nil {
		return service.Definition{}, err
	}
	g := &gateway{cfg: c, policy: policy, ui: ui, fetcher: fetcher, writer: writer,
		planner: plan.New(writer, fetcherLimit), slots: semaphore.NewWeighted(c.MaxVisits)}
	return service.Definition{
		Routes:     g.routes(),
		Home:       g.home,
		EntryPoint: true,
		Visits:     c.ThirdPartyURL,
		TraceURL:   g.traceURL,
		Ready:      []httpapi.Check{{Name: "fetcher", Ask: fetcher.Alive}, {Name: "writer", Ask: writer.Alive}},
		// After the last request, and before the last spans are reported.
		Background: g.planner.Run,
		Close: func() error {
			fetcher.Close()
			writer.Close()
			return nil
		},
	}, nil
}

// The fetcher and the writer bound their own work; these limits are for one that
// hangs. Together they stay within five seconds.
const (
	fetcherLimit = 3500 * time.Millisecond
	writerLimit  = 1900 * time.Millisecond
)

type gateway struct {
	cfg     *Config
	policy  *target.Policy
	ui      *url.URL
	fetcher *service.Client
	writer  *service.Client
	planner *plan.Planner       // of how requests are carried out
	slots   *semaphore.Weighted // for visits: a crowd waits here, where no part's time limit runs
}
