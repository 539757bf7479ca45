package exec

import (
	"context"
	"fmt"
	"io"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/chrome"
	"example.com/tracelab/internal/cli"
)

// exportCommand holds the formats of other viewers, one a verb.
type exportCommand struct {
	Chrome exportChrome `cmd:"" help:"In the Trace Event Format, which ui.perfetto.dev and chrome://tracing open."`
}

// Help is shown by tracelab exec export --help.
func (c *exportCommand) Help() string {
	return `Examples:
  tracelab exec export chrome trace.out -o trace.json`
}

// exportChrome writes the goroutines of a trace as tracks, and their states as
// slices.
type exportChrome struct {
	source    `embed:""`
	Output    string        `short:"o" help:"Where to; - is standard output." default:"-" placeholder:"FILE"`
	Goroutine []int64       `help:"Only these." placeholder:"ID"`
	From      time.Duration `help:"Only what is later than this, since the trace began." placeholder:"D"`
	To        time.Duration `help:"Only what is earlier." placeholder:"D"`
}

// Help is shown by tracelab exec export chrome --help.
func (c *exportChrome) Help() string {
	return `Examples:
  tracelab exec export chrome trace.out -o trace.json
  tracelab exec export chrome trace.out --goroutine 1 --from 1ms --to 1s -o part.json`
}

// Run writes the file, and says where to open it unless that is standard output.
func (c *exportChrome) Run(ctx context.Context, std cli.Streams) error {
	if c.From < 0 || c.To < 0 || c.To != 0 && c.To <= c.From {
		return cli.Status{Code: cli.Usage, Err: fmt.Errorf("--from %s --to %s: want times since the trace began, the first before the second", c.From, c.To)}
	}
	t, err := c.index(ctx, std)
	if err != nil {
		return err
	}
	o := chrome.Options{From: t.Start.Add(c.From)}
	if c.To != 0 {
		o.To = t.Start.Add(c.To)
	}
	for _, id := range c.Goroutine {
		if _, ok := t.Goroutine(exectrace.GoID(id)); !ok {
			return cli.Status{Code: cli.Negative, Err: fmt.Errorf("--goroutine %d: the trace has no such goroutine", id)}
		}
		o.Goroutines = append(o.Goroutines, exectrace.GoID(id))
	}
	events := 0
	err = save(std.Out, c.Output, func(w io.Writer) (err error) {
		events, err = chrome.Write(w, t, o)
		return err
	})
	if err == nil && c.Output != "-" {
		fmt.Fprintf(term.Text(std.Out), "%d events in %s: open it at https://ui.perfetto.dev\n", events, c.Output)
	}
	return err
}
