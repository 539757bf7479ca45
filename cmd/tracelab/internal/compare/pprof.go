package compare

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"example.com/tracelab/cmd/tracelab/internal/source"
	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/analysis/profile"
	"example.com/tracelab/internal/analysis/question"
	"example.com/tracelab/internal/atomicfile"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// Pprof is tracelab pprof.
type Pprof struct {
	Set          string `arg:"" optional:"" help:"Traces: a query as Zipkin's API has it, the id of one, or a file of spans. Default: those of the last quarter of an hour."`
	Output       string `short:"o" help:"File to write; - is the standard output." placeholder:"FILE" required:"" env:"-"`
	source.Flags `embed:""`
}

// Help is shown by tracelab pprof --help.
func (c *Pprof) Help() string {
	return `A stack is a call path, such as redisWrite of the writer below PUT /values of the writer. Its values are the time on the critical path (critical, which sums to the time of a request) and the time in which no call of it was under way (self), both of one trace in the mean, so that sets of different sizes can be compared by -diff_base; and how often it was called, by all traces (calls).

Examples:
  tracelab pprof 'serviceName=gateway&lookback=900000' -o now.pb.gz
  go tool pprof -top now.pb.gz
  tracelab pprof 463ac35c9f6413ad48485a3953bb6124 -o one.pb.gz
  tracelab pprof friday.json.gz -o friday.pb.gz
  go tool pprof -top -diff_base friday.pb.gz now.pb.gz`
}

// Run writes the profile.
func (c *Pprof) Run(ctx context.Context, std cli.Streams) error {
	if err := c.check(); err != nil {
		return failed(ctx, err)
	}
	if c.Output == "-" {
		return failed(ctx, c.write(ctx, std.Out))
	}
	if err := atomicfile.Check(c.Output); err != nil {
		return cli.Status{Code: cli.Usage, Err: err}
	}
	err := atomicfile.Write(c.Output, atomicfile.Private, func(w io.Writer) error { return c.write(ctx, w) })
	if err != nil {
		return failed(ctx, err)
	}
	_, err = fmt.Fprintf(term.Text(std.Out), "%s written; read it with: go tool pprof -top %s\n", c.Output, display.Whole(display.ShellWord(c.Output)))
	return err
}

// check returns an error of what is no set.
func (c *Pprof) check() error {
	c.Set = cmp.Or(c.Set, question.Latest)
	if isFile(c.Set) {
		return nil
	}
	if _, err := labapi.ParseTraceID(c.Set); err == nil {
		return nil
	}
	return question.CheckQuery("q", c.Set)
}

func (c *Pprof) write(ctx context.Context, w io.Writer) error {
	from, err := find(ctx, c.Flags, isFile(c.Set))
	if err != nil {
		return err
	}
	if from.client != nil && !isFile(c.Set) {
		defer term.Waiting("the server reads the traces")()
		return from.client.Pprof(ctx, c.Set, w)
	}
	defer term.Waiting("reading the traces")()
	found, err := sets{from}.Find(ctx, c.Set)
	if err != nil {
		return err
	}
	return profile.Write(w, found.Label, found.Traces, func() []string { return found.Warnings("The set") })
}
