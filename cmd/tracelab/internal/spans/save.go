// Package spans holds the commands tracelab save and tracelab restore: spans of
// a server in a file, and back.
package spans

import (
	"context"
	"fmt"
	"io"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/atomicfile"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/zipkin"
)

// Save is tracelab save.
type Save struct {
	File   string `arg:"" help:"File to write, gzipped if its name ends in .gz; - is the standard output."`
	source `embed:""`
}

// Help is shown by tracelab save --help.
func (c *Save) Help() string {
	return `The file is one list of spans in Zipkin's JSON, which 'tracelab restore' and any Zipkin take. It is replaced in one step at the end, so an old one is never damaged. A Zipkin is asked for what its search can find: not for traces without any timestamp.

Examples:
  tracelab save friday.json.gz
  tracelab save friday.json.gz --server http://zipkin:9411
  docker compose -f deploy/docker-compose.yml exec -T tracelab \
    tracelab save - > friday.json`
}

// Run writes all spans of the server to the file, which it replaces at the end.
func (c *Save) Run(ctx context.Context, out io.Writer) error {
	if c.File != "-" {
		if err := atomicfile.Check(c.File); err != nil {
			return cli.Status{Code: cli.Usage, Err: err}
		}
	}
	server, err := c.find(ctx)
	if err != nil {
		return err
	}
	bar := term.StartProgress("spans", term.Spans, -1)
	defer bar.End()
	counted := func(yield func([]zipkin.Span, error) bool) {
		for spans, err := range server.All(ctx) {
			bar.Add(len(spans))
			if !yield(spans, err) {
				return
			}
		}
	}
	if c.File == "-" {
		_, err = archive.Write(out, counted)
		return err
	}
	n, err := archive.Save(c.File, counted)
	if err != nil {
		return err
	}
	bar.End()
	_, err = fmt.Fprintf(term.Text(out), "%d spans saved to %s\n", n, c.File)
	return err
}
