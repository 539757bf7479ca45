// Package load is the command tracelab load: it sends requests at a constant rate
// and reports how they were answered, as package loadgen measured it.
package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/alecthomas/kong"

	"example.com/tracelab/cmd/tracelab/internal/flags"
	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/loadgen"
)

// Command is tracelab load.
type Command struct {
	URL          string         `arg:"" optional:"" help:"Where requests go. Default: /visit of the gateway of the stack that runs, or /visits with --method POST."`
	Rate         float64        `help:"Requests a second, 10000 at most." default:"20"`
	Duration     *time.Duration `help:"How long." placeholder:"10s" xor:"length"`
	Count        *int           `help:"How many requests, instead of how long." placeholder:"N" xor:"length"`
	Fault        string         `help:"Faults that each request asks for, such as 'writer=slow-disk;ms=50': see tracelab fault list." placeholder:"SPEC"`
	Header       []string       `help:"A header of each request; may be repeated." placeholder:"'K: V'" sep:"none"`
	Method       string         `help:"GET, POST and so on; no body is sent." default:"GET"`
	AB           pair           `name:"ab" help:"Two variants that take turns: see above." placeholder:"A B" env:"-"`
	Block        int            `help:"Requests of A before it is B's turn, and so on." default:"10"`
	Explain      int            `help:"Requests of each variant, spread evenly, that are flagged debug: every process hands in its execution trace of them, and the server keeps it." placeholder:"N"`
	Concurrency  int            `help:"Requests under way at once; when as many are, others are sent late, and counted so." default:"2000"`
	term.Format  `embed:""`
	flags.Target `embed:""`
}

// Help is shown by tracelab load --help.
func (c *Command) Help() string {
	return `Each request is sent at its time, whether those before it were answered or not, and its latency counts from then: a stall cannot hide. Ctrl-C ends it at once, with a report; a second one without.

A and B of --ab are each a fault, 'none', another URL, a '?query=part' or a 'Header: value'. They take turns in blocks, so that all else meets both alike, and their traces have the tag variant=A or variant=B.

The exit status is 0, 1 when requests failed (no answer, or a status of 500 or more), 2 for wrong use, 3 when none was answered.

Examples:
  tracelab load --rate 50 --duration 5s
  tracelab load --ab none 'writer=lock-contention;ms=80'
  tracelab load --ab none 'writer=slow-disk' --explain 5 --json > ab.json
  tracelab load --ab '?mode=parallel' '?mode=serial' \
    'localhost:8080/visit?url=http://127.0.0.1:8083/get&url=http://127.0.0.1:8083/uuid'
  tracelab load --header 'baggage: attendee=ann' --json > ann.json`
}

// pair is a flag with two values.
type pair struct{ a, b string }

// Decode reads both.
func (p *pair) Decode(ctx *kong.DecodeContext) error {
	if err := ctx.Scan.PopValueInto("A", &p.a); err != nil {
		return err
	}
	if err := ctx.Scan.PopValueInto("B", &p.b); err != nil {
		return fmt.Errorf("want two variants, such as --ab none 'writer=slow-disk': %w", err)
	}
	return nil
}

// Run sends the requests and prints the report. It returns a cli.Status when
// some failed.
func (c *Command) Run(ctx context.Context, std cli.Streams) error {
	cfg, err := c.config(ctx)
	if err != nil {
		return err
	}
	about := std.Out
	if c.JSON {
		about = std.Err
	}
	announce(about, cfg)
	bar := term.StartProgress("", term.Requests, int64(cfg.Count))
	cfg.Progress = func(p loadgen.Progress) {
		bar.Set(p.Ended, fmt.Sprintf("%d under way, %d failed", p.UnderWay, p.Failed))
	}
	result, err := loadgen.Run(ctx, cfg)
	bar.End()
	if errors.Is(err, loadgen.ErrUnreachable) {
		if c.URL == "" {
			err = fmt.Errorf("%w; start the stack with 'tracelab up', or say where to: tracelab load URL", err)
		}
		return cli.Status{Code: cli.Unreachable, Err: err}
	}
	if err != nil {
		return err
	}
	if err := c.print(std.Out, result); err != nil {
		return err
	}
	return verdict(result)
}

func (c *Command) print(out io.Writer, r *loadgen.Result) error {
	if c.JSON {
		return term.JSON(out, r)
	}
	return report(out, r)
}

// verdict is the exit status, and why.
func verdict(r *loadgen.Result) error {
	failed := r.Failed()
	switch {
	case failed == 0:
		return nil
	case r.Answered() == 0:
		return cli.Status{Code: cli.Unreachable, Err: fmt.Errorf("none of %d requests was answered", r.Ended)}
	}
	return cli.Status{Code: cli.Negative, Err: fmt.Errorf("%d of %d requests failed", failed, r.Ended)}
}

func (c *Command) config(ctx context.Context) (cfg loadgen.Config, err error) {
	target, err := c.target(ctx)
	if err != nil {
		return cfg, err
	}
	cfg = loadgen.Config{Rate: c.Rate, Block: c.Block, Concurrency: c.Concurrency, Debug: c.Explain}
	if cfg.Variants, err = c.variants(target); err == nil {
		cfg.Count, err = c.count()
	}
	if err == nil {
		err = cfg.Check()
	}
	if err != nil {
		return cfg, cli.Status{Code: cli.Usage, Err: err}
	}
	return cfg, nil
}

func (c *Command) count() (int, error) {
	if c.Count != nil {
		return *c.Count, nil
	}
	long := 10 * time.Second
	if c.Duration != nil {
		long = *c.Duration
	}
	n := c.Rate * long.Seconds()
	switch {
	case long <= 0:
		return 0, fmt.Errorf("--duration %s: want more than 0", long)
	case n > loadgen.MaxCount:
		return 0, fmt.Errorf("%g requests a second for %s are more than %d", c.Rate, long, loadgen.MaxCount)
	}
	return max(1, int(n+1e-6)), nil
}

// target is where requests go.
func (c *Command) target(ctx context.Context) (string, error) {
	if c.URL != "" {
		return c.URL, nil
	}
	gateway := "http://localhost:8080"
	client, err := c.Find(ctx)
	if err != nil && c.Server != "" {
		return "", err
	}
	if err == nil {
		stack, err := client.Stack(ctx)
		if err != nil {
			return "", cli.Status{Code: cli.Unreachable, Err: err}
		}
		if stack.Gateway != "" {
			gateway = stack.Gateway
		}
	}
	if c.Method == "POST" {
		return gateway + "/visits", nil
	}
	return gateway + "/visit", nil
}
