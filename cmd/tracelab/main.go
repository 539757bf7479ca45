// Command tracelab is the workshop: it starts the stack, shows its traces and
// says what is wrong with it.
package main

import (
	"context"

	"github.com/alecthomas/kong"

	"example.com/tracelab/cmd/tracelab/internal/exec"
	"example.com/tracelab/cmd/tracelab/internal/fault"
	"example.com/tracelab/cmd/tracelab/internal/load"
	"example.com/tracelab/cmd/tracelab/internal/spans"
	"example.com/tracelab/cmd/tracelab/internal/why"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/stack"
	"example.com/tracelab/services/fetcher"
	"example.com/tracelab/services/gateway"
	"example.com/tracelab/services/writer"
)

type grammar struct {
	Up      upCommand     `cmd:"" help:"Start the whole stack on this machine: nothing to install, no network."`
	Store   storeCommand  `cmd:"" help:"Run the store and the UI alone, in the place of a Zipkin server."`
	Web     webCommand    `cmd:"" help:"Serve the UI over a Zipkin that runs elsewhere."`
	Save    spans.Save    `cmd:"" help:"Save all traces to a file."`
	Restore spans.Restore `cmd:"" help:"Store the traces of a file again."`
	Load    load.Command  `cmd:"" help:"Send requests at a constant rate, and say honestly how they were answered."`
	Fault   fault.Command `cmd:"" help:"Make something go wrong, for everybody."`
	Mystery fault.Mystery `cmd:"" help:"Find out what is wrong, and be graded."`
	Why     why.Command   `cmd:"" help:"Say why a request was slow: what its goroutines did, in all processes."`
	Exec    exec.Command  `cmd:"" help:"Read a Go execution trace: all that go tool trace tells."`
	Doctor  doctorCommand `cmd:"" help:"Say what works and what does not, and why no trace arrives."`
	Service struct {
		Gateway gatewayService `cmd:"" help:"Takes visits."`
		Fetcher fetcherService `cmd:"" help:"Fetches URLs."`
		Writer  writerService  `cmd:"" help:"Writes to Redis."`
	} `cmd:"" help:"Run one service, as 'up' does in a process of its own."`
}

const description = `A distributed-tracing workshop: a gateway, a URL fetcher and a Redis writer whose every request can be followed.

Examples:
  tracelab up                              the whole stack; then: curl -s localhost:8080/visit
  tracelab up --redis 127.0.0.1:6379       with a real Redis
  tracelab up --zipkin http://zipkin:9411  with a real Zipkin; the UI is on :9412
  tracelab store                           Zipkin's API and the UI, without the workshop
  tracelab save friday.json.gz             keep its traces; tracelab restore friday.json.gz
  tracelab load --rate 50                  requests, and their honest latencies
  tracelab why --slowest                   why did that request take so long?
  tracelab doctor                          why does no trace arrive?`

func main() {
	cli.Main("tracelab", &grammar{}, options()...)
}

// options are what the grammar needs to be read.
func options() []kong.Option {
	return []kong.Option{kong.Description(description), kong.Vars{"query_port": queryPort()}}
}

// The services end with the parent that started them, if one did.

type gatewayService struct{ gateway.Config }

func (s *gatewayService) Run(ctx context.Context) error { return s.Config.Run(stack.Lifeline(ctx)) }

type fetcherService struct{ fetcher.Config }

func (s *fetcherService) Run(ctx context.Context) error { return s.Config.Run(stack.Lifeline(ctx)) }

type writerService struct{ writer.Config }

func (s *writerService) Run(ctx context.Context) error { return s.Config.Run(stack.Lifeline(ctx)) }
