package why

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// What processes have not handed in yet is asked for again.
const (
	awaitFor = 15 * time.Second // all in all: by then their recorders have forgotten it
	askEvery = 300 * time.Millisecond
)

// ask has the server explain, until all that may come has come.
func (c *Command) ask(ctx context.Context, client *labapi.Client, of subject) (*labapi.Explanation, error) {
	answer, err := c.askOnce(ctx, client, of)
	for began := time.Now(); err == nil && !answer.Execution.Final() && time.Since(began) < awaitFor; {
		if c.Live && answer.Requests > 1 { // the longest may be another
			of.span = spanOf(answer)
		}
		answer, err = askAgain(ctx, client, answer, of.span)
	}
	return answer, err
}

func (c *Command) askOnce(ctx context.Context, client *labapi.Client, of subject) (*labapi.Explanation, error) {
	switch {
	case c.Live:
		defer term.Waiting("waiting for a slow request; Ctrl-C ends it")()
		return client.WhyLive(ctx)
	case c.Slowest:
		defer term.Waiting("asking the processes")()
		return client.WhySlowest(ctx)
	}
	defer term.Waiting("asking the processes")()
	return client.Why(ctx, of.trace, of.span)
}

// spanOf is the span that is explained.
func spanOf(answer *labapi.Explanation) zipkin.SpanAt {
	id, err := labapi.ParseSpanID(answer.SpanID)
	if err != nil {
		return zipkin.SpanAt{} // that of a server which is none of ours
	}
	return zipkin.SpanAt{ID: id, Timestamp: answer.StartUS}
}

// askAgain asks for what was explained in part. The root may be another by now.
func askAgain(ctx context.Context, client *labapi.Client, answer *labapi.Explanation, span zipkin.SpanAt) (*labapi.Explanation, error) {
	defer term.Waiting("waiting for the " + display.Cut(strings.Join(answer.Execution.Awaited, " and the "), 60))()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(askEvery): // the server waits too, unless it is of no use
	}
	trace, err := labapi.ParseTraceID(answer.TraceID)
	if err != nil {
		return nil, err
	}
	return client.Why(ctx, trace, span)
}

// failed distinguishes a server that refuses from one that has gone.
func failed(ctx context.Context, err error) error {
	var unreachable *url.Error
	switch {
	case ctx.Err() != nil:
		return cli.Status{Code: cli.Negative} // Ctrl-C: they know
	case errors.As(err, &unreachable):
		return cli.Status{Code: cli.Unreachable, Err: err}
	}
	return err
}

// explained is the exit status of an answer, which says itself what is not known.
func explained(answer *labapi.Explanation) error {
	if answer.Execution.Gone() || !answer.Execution.Final() {
		return cli.Status{Code: cli.Negative}
	}
	return nil
}
