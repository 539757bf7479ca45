// Command gophers records an execution trace of two goroutines: one sends
// "Hi Gophers" over a channel, the other receives it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/trace"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "gophers:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("gophers", flag.ContinueOnError)
	flags.SetOutput(stderr)
	name := flags.String("o", "trace.out", "`file` that the trace is written to")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	file, err := os.Create(*name)
	if err != nil {
		return fmt.Errorf("the file of the trace: %w; choose another with -o", err)
	}
	err = record(file, func() { greet(stdout) })
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("the trace in %s is not whole: %w", *name, err)
	}
	return nil
}

// greet waits for a message that another goroutine sends. The channel has no
// buffer: whichever of the two comes first waits for the other.
func greet(w io.Writer) {
	messages := make(chan string)
	go func() { messages <- "Hi Gophers" }()
	fmt.Fprintln(w, <-messages)
}

// record runs work and writes what the runtime does meanwhile to w.
func record(w io.Writer, work func()) error {
	out := &checked{w: w}
	if err := trace.Start(out); err != nil {
		return fmt.Errorf("start the tracer: %w", err)
	}
	work()
	trace.Stop() // returns when all is written, and does not say whether that went well
	return out.err
}

// checked is a writer that remembers the first error, which the tracer ignores.
type checked struct {
	w   io.Writer
	err error
}

func (c *checked) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	if c.err == nil {
		c.err = err
	}
	return n, err
}
