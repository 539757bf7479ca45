// Package compare holds the commands tracelab compare and tracelab pprof: what is said of
// many traces, of a server, of any Zipkin, or of files.
package compare

import (
	"context"
	"errors"
	"io"
	"strings"

	"charm.land/lipgloss/v2"

	"example.com/tracelab/cmd/tracelab/internal/source"
	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/analysis/question"
	"example.com/tracelab/internal/analysis/text"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/labapi"
)

// Command is tracelab compare.
type Command struct {
	A            string   `arg:"" optional:"" help:"Traces: a query as Zipkin's API has it, the id of one, or a file of spans. Alone: what 'tracelab load --ab … --json' wrote; with --slow or --by one set."`
	B            string   `arg:"" optional:"" help:"The traces that A is compared with."`
	Before       string   `help:"A file of Zipkin's JSON, in the place of A." placeholder:"FILE" type:"path" env:"-"`
	After        string   `help:"The same in the place of B." placeholder:"FILE" type:"path" env:"-"`
	Slow         string   `help:"Compare what is slower than this quantile of A with the rest of A; with --by, what counts as slow (p90)." placeholder:"p95" env:"-"`
	By           string   `help:"Which values of this tag go with slowness, in A; * tries all tags." placeholder:"TAG" env:"-"`
	Strata       []string `help:"Compare only requests with each other that have the same values of these tags, too." placeholder:"TAG" env:"-"`
	Quantile     string   `help:"Describe the change of this quantile of the durations, too." placeholder:"p95" env:"-"`
	term.Format  `embed:""`
	source.Flags `embed:""`
}

// Help is shown by tracelab compare --help.
func (c *Command) Help() string {
	return `It says by how much requests of B took longer than those of A, where that comes from, and how sure that is: the change of the mean is split over the call paths, by the time of each on the critical path. A culprit is named only where there is evidence. Where execution traces are kept, it says what the goroutines did there.

A query is that of Zipkin's API: serviceName, spanName, remoteServiceName, annotationQuery, minDuration and maxDuration (µs), endTs and lookback (ms; a day, if it is not given), limit (all, if it is not given). --slow and --by take the traces of the last quarter of an hour, if no set is given. A trace that both sets have counts in the smaller one alone.

The exit status is 0 when it compared, 1 when there is nothing to compare, or too few requests to tell a change from chance, 2 for wrong use, 3 when no server answers.

Examples:
  tracelab compare 463ac35c9f6413ad48485a3953bb6124 \
    7d2e1f0a9c8b47566f5e4d3c2b1a0918
  tracelab compare 'annotationQuery=variant=A' 'annotationQuery=variant=B'
  tracelab load --ab none 'writer=slow-disk' --json > ab.json
  tracelab compare ab.json
  tracelab save monday.json.gz
  tracelab compare --before friday.json.gz --after monday.json.gz
  tracelab compare --slow p95 'serviceName=gateway&lookback=900000'
  tracelab compare --by http.status_code --json`
}

// Run compares, and prints.
func (c *Command) Run(ctx context.Context, out io.Writer) error {
	answer, next, err := c.answer(ctx)
	if err != nil {
		return failed(ctx, err)
	}
	if err := c.print(out, answer, next); err != nil {
		return err
	}
	if answer.Descriptive() {
		return cli.Status{Code: cli.Negative} // which the answer says
	}
	return nil
}

func (c *Command) print(out io.Writer, answer *labapi.Comparison, next text.NextOfComparison) error {
	if c.JSON {
		return term.JSON(out, answer)
	}
	_, err := lipgloss.Fprint(out, text.Comparison(answer, next, term.Styles()))
	return err
}

// names are how the command calls the parameters of a comparison.
var names = map[string]string{"a": "A", "b": "B", "q": "A", "slow": "--slow", "by": "--by", "strata": "--strata", "quantile": "--quantile"}

// failed is the error for people, and the exit status.
func failed(ctx context.Context, err error) error {
	var meant *question.Error
	switch {
	case ctx.Err() != nil:
		return cli.Status{Code: cli.Negative} // Ctrl-C: they know
	case errors.As(err, &meant):
		return cli.Status{Code: cli.Usage, Err: errors.New(names[meant.Parameter] + ": " + meant.Error())}
	}
	return err
}

func (c *Command) answer(ctx context.Context) (answer *labapi.Comparison, next text.NextOfComparison, err error) {
	of, err := c.read()
	if err != nil {
		return nil, next, err
	}
	from, err := find(ctx, c.Flags, of.files())
	if err != nil {
		return nil, next, err
	}
	answer, err = from.ask(ctx, of)
	return answer, from.next(), err
}

// usage is an error of wrong use.
func usage(words ...string) error {
	return cli.Status{Code: cli.Usage, Err: errors.New(strings.Join(words, " "))}
}
