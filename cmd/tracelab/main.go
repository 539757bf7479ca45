// Command tracelab is the workshop: it starts the stack, shows its traces and
// says what is wrong with it.
package main

import (
	"github.com/alecthomas/kong"

	"example.com/tracelab/cmd/tracelab/internal/compare"
	"example.com/tracelab/cmd/tracelab/internal/doctor"
	"example.com/tracelab/cmd/tracelab/internal/exec"
	"example.com/tracelab/cmd/tracelab/internal/fault"
	"example.com/tracelab/cmd/tracelab/internal/load"
	"example.com/tracelab/cmd/tracelab/internal/serve"
	"example.com/tracelab/cmd/tracelab/internal/spans"
	"example.com/tracelab/cmd/tracelab/internal/trace"
	"example.com/tracelab/cmd/tracelab/internal/why"
	"example.com/tracelab/internal/cli"
)

// grammar is the table of verbs, which are packages below internal.
type grammar struct {
	Up      serve.Up        `cmd:"" help:"Start the whole stack on this machine: nothing to install, no network."`
	Store   serve.Store     `cmd:"" help:"Run the store and the UI alone, in the place of a Zipkin server."`
	Web     serve.Web       `cmd:"" help:"Serve the UI over a Zipkin that runs elsewhere."`
	Save    spans.Save      `cmd:"" help:"Save all traces to a file."`
	Restore spans.Restore   `cmd:"" help:"Store the traces of a file again."`
	Load    load.Command    `cmd:"" help:"Send requests at a constant rate, and report latencies that count from when each was due."`
	Fault   fault.Command   `cmd:"" help:"Inject faults into all requests, or into those of one attendee."`
	Mystery fault.Mystery   `cmd:"" help:"Diagnose a fault that you have not chosen, and be graded."`
	Trace   trace.Trace     `cmd:"" help:"Draw one request in the terminal, with its critical path."`
	Path    trace.Path      `cmd:"" help:"Say in which spans the time of a request was spent."`
	Why     why.Command     `cmd:"" help:"Explain why a request was slow: what its goroutines did, in all processes."`
	Compare compare.Command `cmd:"" help:"Say by how much two sets of traces differ, where that comes from, and how sure that is."`
	Pprof   compare.Pprof   `cmd:"" help:"Write a set of traces as a profile for go tool pprof."`
	Exec    exec.Command    `cmd:"" help:"Analyze a Go execution trace: all that go tool trace shows, as tables."`
	Doctor  doctor.Command  `cmd:"" help:"Check each piece of the stack, and say why no trace arrives."`
	Service serve.Service   `cmd:"" help:"Run one service, as 'up' does in a process of its own."`
}

const description = `A distributed-tracing workshop: a gateway, a URL fetcher and a Redis writer whose every request can be followed.

Examples:
  tracelab up                              # the whole stack
  curl -s localhost:8080/visit             # a visit of it
  tracelab up --redis 127.0.0.1:6379       # with a real Redis
  tracelab up --zipkin http://zipkin:9411  # with a real Zipkin
  tracelab store                           # the store and the UI alone
  tracelab save friday.json.gz             # keep its traces
  tracelab load --rate 50                  # 50 requests a second
  tracelab trace --slowest                 # what took so long?
  tracelab why --slowest                   # and why?
  tracelab compare --slow p95              # what makes the slow ones slow?
  tracelab doctor                          # why does no trace arrive?`

func main() {
	cli.Main("tracelab", &grammar{}, options()...)
}

// options are what the grammar needs to be read.
func options() []kong.Option {
	return []kong.Option{kong.Description(description), kong.Vars{"query_port": serve.QueryPort()}}
}
