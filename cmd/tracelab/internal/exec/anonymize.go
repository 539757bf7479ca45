package exec

import (
	"context"
	"fmt"
	"io"

	"example.com/tracelab/exectrace/wire"
	"example.com/tracelab/internal/cli"
)

// anonymizeCommand writes a copy of a trace in which names have pseudonyms. Nothing
// else changes, so that what exec says of both differs in names only.
type anonymizeCommand struct {
	source `embed:""`
	Output string `short:"o" help:"Where to; - is standard output." required:"" placeholder:"FILE"`
}

// Help is shown by tracelab exec anonymize --help.
func (c *anonymizeCommand) Help() string {
	return `Functions and files that are not Go's own, tasks, regions and logs have pseudonyms, the same one for the same name. All tables and profiles stay what they are, up to these names. Times, addresses and numbers of lines, threads and goroutines stay, and what the wall clock said.

Examples:
  tracelab exec anonymize trace.out -o public.out`
}

// Run writes the copy. What of the trace is damaged is left out, and said.
func (c *anonymizeCommand) Run(ctx context.Context, std cli.Streams) error {
	file, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer file.Close()
	written, err := wire.NewFile(file, file.Size())
	if err != nil {
		return err
	}
	if written.Types() == nil {
		return cli.Status{Code: cli.Usage, Err: fmt.Errorf("%s: its format is that of %s: those of go1.22 and later can be anonymized", c.Trace, file.Format())}
	}
	var lost []wire.Loss
	err = save(std.Out, c.Output, func(w io.Writer) (err error) {
		lost, err = wire.Anonymize(w, written)
		return err
	})
	warn(std.Err, lost)
	return err
}
