// Package cli is the door of every program: flags with the environment behind
// them, a context that ends with the first Ctrl-C, and the exit status.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// Exit statuses of all commands.
const (
	OK          = 0
	Negative    = 1 // the answer is no, or the work failed
	Usage       = 2 // the command was used wrongly
	Unreachable = 3 // something could not be reached
)

// Status is an error that chooses the exit status. A nil Err says nothing more.
type Status struct {
	Code int
	Err  error
}

func (s Status) Error() string {
	if s.Err == nil {
		return fmt.Sprintf("exit status %d", s.Code)
	}
	return s.Err.Error()
}

// Unwrap returns the cause.
func (s Status) Unwrap() error { return s.Err }

// Main runs the program name: it parses the process's arguments into grammar,
// whose commands have a method Run(context.Context) error, runs the one that
// was asked for, and exits.
func Main(name string, grammar any, options ...kong.Option) {
	os.Exit(Run(name, grammar, os.Args[1:], os.Stdout, os.Stderr, options...))
}

// Run is Main without the process: it returns the exit status.
func Run(name string, grammar any, args []string, stdout, stderr io.Writer, options ...kong.Option) int {
	helped := false
	parser, err := kong.New(grammar, append([]kong.Option{
		kong.Name(name),
		kong.DefaultEnvars("TRACELAB"),
		kong.Writers(stdout, stderr),
		kong.Exit(func(int) { helped = true }), // help was asked for and printed
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	}, options...)...)
	if err != nil {
		panic(fmt.Sprintf("%s: the grammar of the command is wrong: %v", name, err))
	}
	command, err := parser.Parse(args)
	switch {
	case helped:
		return OK
	case err != nil:
		fmt.Fprintf(stderr, "%s: %v\n", name, err)
		fmt.Fprintf(stderr, "Try: %s --help\n", name)
		return Usage
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	command.BindTo(ctx, (*context.Context)(nil))
	command.BindTo(os.Stdin, (*io.Reader)(nil))
	command.BindTo(stdout, (*io.Writer)(nil))
	return report(name, stderr, command.Run())
}

func report(name string, stderr io.Writer, err error) int {
	if err == nil {
		return OK
	}
	code := Negative
	var status Status
	if errors.As(err, &status) {
		code = status.Code
		if status.Err == nil {
			return code
		}
	}
	fmt.Fprintf(stderr, "%s: %v\n", name, err)
	return code
}
