// Command crowd does the same work twice, with a few goroutines and with many, and
// records an execution trace of both.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/trace"
	"time"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "crowd:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("crowd", flag.ContinueOnError)
	flags.SetOutput(stderr)
	name := flags.String("o", "trace.out", "`file` that the trace is written to")
	pages := flags.Int("pages", 240, "how many pages are indexed, and how many goroutines are many")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	if *pages < 1 {
		return fmt.Errorf("-pages %d: want 1 or more", *pages)
	}
	// In memory first: the tracer ignores its writer's errors, WriteFile does not.
	var recorded bytes.Buffer
	if err := trace.Start(&recorded); err != nil {
		return fmt.Errorf("start the tracer: %w", err)
	}
	for _, way := range []struct {
		name    string
		workers int
	}{{"few", runtime.GOMAXPROCS(0)}, {"many", *pages}} {
		began := time.Now()
		index(ctx, way.name, way.workers, *pages)
		fmt.Fprintf(stdout, "%-4s  %3d goroutines  %s\n", way.name, way.workers, time.Since(began).Round(time.Millisecond))
	}
	trace.Stop()
	if err := os.WriteFile(*name, recorded.Bytes(), 0o644); err != nil {
		return fmt.Errorf("the file of the trace: %w; choose another with -o", err)
	}
	return nil
}
