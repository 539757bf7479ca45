// Command oczipkin visits a URL ten times, stores each answer's status in Redis,
// and reports what it did to Zipkin, with OpenCensus.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"go.opencensus.io/trace"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "oczipkin:", err)
		os.Exit(1)
	}
}

type config struct {
	zipkin, redis, url string
	rounds             int
	before, after      time.Duration
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c config
	flags := flag.NewFlagSet("oczipkin", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&c.zipkin, "zipkin", "http://localhost:9411/api/v2/spans", "`URL` that takes the spans")
	flags.StringVar(&c.redis, "redis", "localhost:6379", "`address` of Redis")
	flags.StringVar(&c.url, "url", "https://golang.org/", "`URL` to visit")
	flags.IntVar(&c.rounds, "rounds", 10, "how often to visit it")
	// They make the parts of a span visible to the eye, and stand for work.
	flags.DurationVar(&c.before, "before", 100*time.Millisecond, "pause between the answer and the annotation")
	flags.DurationVar(&c.after, "after", 50*time.Millisecond, "pause after the annotation")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	flush, err := tracingServer(c.zipkin, stderr)
	if err != nil {
		return err
	}
	err = c.visit(ctx, stdout)
	// Also after a failure: its trace is the one to look at.
	return errors.Join(err, flush())
}

// visit makes all rounds within one span.
func (c config) visit(ctx context.Context, stdout io.Writer) (err error) {
	ctx, span := trace.StartSpan(ctx, "main")
	defer func() { end(span, err) }()
	fmt.Fprintf(stdout, "%s/zipkin/traces/%s\n", strings.TrimSuffix(c.zipkin, "/api/v2/spans"), span.SpanContext().TraceID)

	client := redis.NewClient(&redis.Options{
		Addr:                  c.redis,
		ContextTimeoutEnabled: true, // a context's end ends a command, too
		DisableIdentity:       true, // commands that old servers refuse
		MaintNotificationsConfig: &maintnotifications.Config{
			Mode: maintnotifications.ModeDisabled, // the same
		},
	})
	defer client.Close()
	for round := range c.rounds {
		status, err := c.makeRequest(ctx)
		if err != nil {
			return err
		}
		if err := writeToRedis(ctx, client, c.url, status); err != nil {
			return fmt.Errorf("%w; start a Redis or choose one with -redis", err)
		}
		fmt.Fprintf(stdout, "%d. %s %s\n", round+1, c.url, status)
	}
	return nil
}
