// Command annotate records an execution trace that speaks of the program's own
// matters: tasks, regions and logs.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/trace"
	"time"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "annotate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("annotate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	name := flags.String("o", "trace.out", "`file` that the trace is written to")
	wait := flags.Duration("wait", 10*time.Millisecond, "how long a fetch takes; to store takes half of it")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	// In memory first: the tracer ignores its writer's errors, WriteFile does not.
	var recorded bytes.Buffer
	if err := trace.Start(&recorded); err != nil {
		return fmt.Errorf("start the tracer: %w", err)
	}
	for _, url := range visitAll(ctx, *wait, "go.dev", "pkg.go.dev", "play.golang.org") {
		fmt.Fprintln(stdout, "stored", url)
	}
	trace.Stop()
	if err := os.WriteFile(*name, recorded.Bytes(), 0o644); err != nil {
		return fmt.Errorf("the file of the trace: %w; choose another with -o", err)
	}
	return nil
}
