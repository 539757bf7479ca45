package main

import (
	"context"
	"fmt"
	"io"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/cli"
)

type saveCommand struct {
	File   string `arg:"" help:"File to write, gzipped if its name ends in .gz; - is the standard output."`
	Server string `help:"The tracelab server, or any Zipkin. Default: the first of 127.0.0.1:9411 and :9412 that is a tracelab server." placeholder:"URL"`
}

// Help is shown by tracelab save --help.
func (c *saveCommand) Help() string {
	return `The file is one list of spans in Zipkin's JSON, which 'tracelab restore' and any Zipkin take. It is replaced in one step at the end, so an old one is never damaged. A Zipkin is asked for what its search can find: not for traces without any timestamp.

Examples:
  tracelab save friday.json.gz
  tracelab save friday.json.gz --server http://zipkin:9411
  docker compose -f deploy/docker-compose.yml exec -T tracelab tracelab save - > friday.json`
}

func (c *saveCommand) Run(ctx context.Context, out io.Writer) error {
	server, err := findSpans(ctx, c.Server)
	if err != nil {
		return err
	}
	bar := progress(-1, "spans")
	defer bar.Finish()
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
	bar.Finish()
	_, err = fmt.Fprintf(out, "%d spans saved to %s\n", n, c.File)
	return err
}

type restoreCommand struct {
	File   string `arg:"" help:"File that 'tracelab save' wrote, or an answer of a Zipkin's /api/v2/traces; - is the standard input."`
	Server string `help:"The tracelab server, or any Zipkin. Default: the first of 127.0.0.1:9411 and :9412 that is a tracelab server." placeholder:"URL"`
}

// Help is shown by tracelab restore --help.
func (c *restoreCommand) Help() string {
	return `A file is read to its end before anything is sent, so that a damaged one restores nothing. What the server has already is not stored again.

Examples:
  tracelab restore friday.json.gz
  curl -s 'http://zipkin:9411/api/v2/traces?limit=100' | tracelab restore -
  docker compose -f deploy/docker-compose.yml exec -T tracelab tracelab restore - < friday.json`
}

func (c *restoreCommand) Run(ctx context.Context, in io.Reader, out io.Writer) error {
	server, err := findSpans(ctx, c.Server)
	if err != nil {
		return err
	}
	name, spans := "the standard input", archive.Read(in)
	if c.File != "-" {
		name = c.File
		bar, err := checkFile(ctx, c.File)
		if err != nil {
			return err
		}
		defer bar.Finish()
		spans = archive.ReadFile(c.File, bar)
	}
	var sent sent
	for some, err := range spans {
		if err == nil {
			err = server.Report(ctx, some)
		}
		if err != nil {
			return cli.Status{Code: cli.Negative, Err: fmt.Errorf("after %d spans: %w", sent.spans, err)}
		}
		sent.add(some)
	}
	_, err = fmt.Fprintln(out, sent.summary(name, server))
	return err
}
