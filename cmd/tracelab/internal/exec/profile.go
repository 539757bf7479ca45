package exec

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/delay"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/redact"
)

// profileCommand computes where goroutines were delayed, and prints it, writes
// pprof files, or serves pprof's own pages.
type profileCommand struct {
	Kind        string `arg:"" enum:"net,sync,syscall,sched,all" help:"Which delays: net (waiting for the network), sync (for channels, mutexes and their like), syscall (in system calls), sched (ready, until running), or all four at once."`
	source      `embed:""`
	term.Format `embed:""`
	Output      string           `short:"o" placeholder:"FILE" help:"Write a pprof file; - is standard output. With all: a directory for four."`
	HTTP        string           `name:"http" placeholder:"ADDR" help:"Serve pprof's pages, with flame graph and peek, at this address, such as 127.0.0.1:0, until Ctrl-C."`
	Goroutine   exectrace.GoID   `placeholder:"ID" help:"Only this goroutine."`
	Func        string           `placeholder:"NAME" help:"Only goroutines that were started with this function."`
	Region      string           `placeholder:"TYPE" help:"Only within regions of this type."`
	RegionMin   time.Duration    `placeholder:"TIME" help:"Of these regions, only those that took at least so long."`
	RegionMax   time.Duration    `placeholder:"TIME" help:"Of these regions, only those that took at most so long."`
	Task        exectrace.TaskID `placeholder:"ID" help:"Only what goroutines did for this task and its subtasks."`
	period      `embed:""`
	AsGoTool    bool `help:"Count as go tool trace does, which leaves out of sched what goroutines wait until their first run."`
	Top         int  `default:"15" help:"How many functions and how many stacks to print; 0: all."`
}

// Help is shown by tracelab exec profile --help.
func (c *profileCommand) Help() string {
	return `A delay belongs to the stack that it began at: where a goroutine began to wait or went into the system call. In sched it is the stack of who made the goroutine ready. flat is what belongs to a function itself, cum what it and all that it calls have together. Delays that go on at the end of the trace are not counted.

` + aboutPeriods + ` Delays that go on at --to count up to it; waits that are older than these generations do not count. --func, --region, --task and --as-go-tool read from the beginning of the trace: what they select depends on it.

Examples:
  tracelab exec profile net trace.out
  tracelab exec profile sync trace.out --region parse --region-min 10ms
  tracelab exec profile sched trace.out --http 127.0.0.1:0
  tracelab exec profile all trace.out -o profiles
  go tool pprof -top profiles/sync.pb.gz`
}

// Run refuses what contradicts itself before it reads the trace.
func (c *profileCommand) Run(ctx context.Context, std cli.Streams) error {
	if err := c.check(); err != nil {
		return cli.Status{Code: cli.Usage, Err: err}
	}
	list, err := c.profiles(ctx, std)
	if err != nil {
		return err
	}
	switch {
	case c.HTTP != "":
		return servePages(ctx, std, c.HTTP, filepath.Base(redact.In(c.Trace)), list)
	case c.Output != "":
		return c.save(std.Out, list)
	}
	return c.print(std.Out, list)
}

// check refuses what contradicts itself.
func (c *profileCommand) check() error {
	switch {
	case c.Kind == "all" && c.Output == "-":
		return errors.New("four profiles do not go to standard output: say -o DIR")
	case c.JSON && (c.Output != "" || c.HTTP != "") || c.Output != "" && c.HTTP != "":
		return errors.New("say one of --json, -o and --http: a document, a file or pages")
	case c.Region == "" && (c.RegionMin != 0 || c.RegionMax != 0):
		return errors.New("--region-min and --region-max need --region TYPE")
	}
	return c.period.check()
}

// profiles computes what is asked for.
func (c *profileCommand) profiles(ctx context.Context, std cli.Streams) ([]delay.Profile, error) {
	file, err := c.open(ctx, std)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	o := delay.Options{
		AsGoTool: c.AsGoTool, Goroutine: c.Goroutine, Func: c.Func,
		Region: c.Region, RegionMin: c.RegionMin, RegionMax: c.RegionMax, Task: c.Task,
	}
	if c.Kind != "all" {
		o.Kinds = []delay.Kind{delay.Kind(c.Kind)}
	}
	from, to := c.in(file)
	if c.From != nil {
		o.From = from
	}
	if c.To != nil {
		o.To = to
	}
	list, lost, err := delay.Profiles(file, o)
	warn(std.Err, lost)
	if err != nil {
		return nil, cli.Status{Code: cli.Negative, Err: fmt.Errorf("%s: %w", c.Trace, err)}
	}
	return list, nil
}
