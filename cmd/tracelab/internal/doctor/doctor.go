// Package doctor is the command tracelab doctor.
package doctor

import (
	"context"
	"fmt"
	"io"

	"example.com/tracelab/cmd/tracelab/internal/flags"
	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
)

// Command has the server examine each piece, and prints a line for each
// finding.
type Command struct {
	flags.Target `embed:""`
}

// Help is shown by tracelab doctor --help.
func (c *Command) Help() string {
	return `It checks every piece, makes one visit and follows its trace. The exit status is 0 when all is well, 1 when something is not, 3 when no server answers.

Examples:
  tracelab doctor
  docker compose -f deploy/docker-compose.yml exec tracelab tracelab doctor`
}

// Run prints the findings as the server answers. One that is bad is cli.Negative.
func (c *Command) Run(ctx context.Context, out io.Writer) error {
	client, err := c.Find(ctx)
	if err != nil {
		return err
	}
	lines := term.Text(out)
	fmt.Fprintln(lines, term.Finding(true, "server", "answers at "+display.URL(client.URL())))
	findings, err := client.Doctor(ctx)
	if err != nil {
		return cli.Status{Code: cli.Unreachable, Err: err}
	}
	wrong := 0
	for _, f := range findings {
		if !f.OK {
			wrong++
		}
		fmt.Fprintln(lines, term.Finding(f.OK, f.Piece, f.Detail))
	}
	if wrong > 0 {
		return cli.Status{Code: cli.Negative, Err: fmt.Errorf("doctor: %d of %d findings are bad", wrong, len(findings))}
	}
	return nil
}
