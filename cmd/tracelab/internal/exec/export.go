package exec

import (
	"context"
	"errors"
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
	source      `embed:""`
	Output      string  `short:"o" help:"Where to; - is standard output." default:"-" placeholder:"FILE"`
	Goroutine   []int64 `help:"Only these." placeholder:"ID"`
	period      `embed:""`
	goToolTimes `embed:""`
	MaxMB       int64 `name:"max-mb" help:"Write no file of more MB: viewers cannot open it. 0: any." default:"500" placeholder:"N"`
}

// Help is shown by tracelab exec export chrome --help.
func (c *exportChrome) Help() string {
	return `The file has rows for processors, goroutines, tasks and the runtime, the counters of goroutines, heap and threads, log messages and CPU samples. It is some fifty times as large as the trace: write a part of a large one.

` + aboutPeriods + `

Examples:
  tracelab exec export chrome trace.out -o trace.json
  tracelab exec export chrome trace.out --goroutine 1 --from 1ms --to 1s -o part.json`
}

// Run writes the file, and says where to open it unless that is standard output.
func (c *exportChrome) Run(ctx context.Context, std cli.Streams) error {
	if c.From != nil && c.To != nil && *c.From == *c.To {
		return cli.Status{Code: cli.Usage, Err: fmt.Errorf("--from %s --to %s: there is no time between them", *c.From, *c.To)}
	}
	if c.MaxMB < 0 {
		return cli.Status{Code: cli.Usage, Err: fmt.Errorf("--max-mb %d: want a number of MB, or 0 for any", c.MaxMB)}
	}
	x, err := c.read(ctx, std)
	if err != nil {
		return err
	}
	events := 0
	err = save(std.Out, c.Output, func(w io.Writer) (err error) {
		events, err = x.Write(w)
		return err
	})
	if large, ok := errors.AsType[*chrome.SizeError](err); ok {
		return cli.Status{Code: cli.Negative, Err: c.advice(large, x.Trace)}
	}
	if err == nil && c.Output != "-" {
		fmt.Fprintf(term.Text(std.Out), "%d events in %s: open it at https://ui.perfetto.dev\n", events, c.Output)
	}
	return err
}

// read reads what is to be written.
func (c *exportChrome) read(ctx context.Context, std cli.Streams) (*chrome.Export, error) {
	o := chrome.Options{MaxBytes: c.MaxMB * 1e6}
	if c.Output == "-" {
		o.MaxBytes = 0 // that it is too large would be known when it is written
	}
	for _, id := range c.Goroutine {
		o.Goroutines = append(o.Goroutines, exectrace.GoID(id))
	}
	x, err := reading(ctx, c.source, std, c.period, c.AsGoTool, func(f *exectrace.File) (*chrome.Export, []exectrace.Loss, error) {
		x, err := chrome.Read(f, o)
		if err != nil {
			return nil, nil, err
		}
		return x, x.Trace.Lost, nil
	})
	if err != nil {
		return nil, err
	}
	for _, id := range o.Goroutines {
		if _, ok := x.Trace.Goroutine(id); !ok {
			return nil, cli.Status{Code: cli.Negative, Err: fmt.Errorf("--goroutine %d: the trace has no such goroutine", id)}
		}
	}
	return x, nil
}

// advice is how to write a part that is small enough.
func (c *exportChrome) advice(e *chrome.SizeError, t *exectrace.Trace) error {
	part := fmt.Sprintf("--from %s --to %s, or ", t.Start.Sub(t.Began), e.Until.Sub(t.Began).Truncate(time.Microsecond))
	if e.Until.Sub(t.Start) < time.Microsecond {
		part = ""
	}
	return fmt.Errorf("the file would have %.3g GB, which viewers cannot open: write a part of it, such as %ssingle goroutines with --goroutine; --max-mb 0 writes it all", float64(e.Bytes)/1e9, part)
}
