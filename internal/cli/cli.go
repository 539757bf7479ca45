// Package cli is the way into every program: flags with the environment behind
// them, a context that ends with the first Ctrl-C, and the exit status.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
)

// Streams are the standard input, output and error of a command.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Main runs the program name: it parses the process's arguments into grammar,
// whose commands have a method Run, runs the one that was asked for, and exits.
func Main(name string, grammar any, options ...kong.Option) {
	os.Exit(Run(name, grammar, os.Args[1:], os.Stdout, os.Stderr, options...))
}

// Run is Main without the process: it returns the exit status. A command's Run
// may take a context.Context, which ends with the first Ctrl-C, an io.Writer,
// which is stdout, Streams, and Patience.
func Run(name string, grammar any, args []string, stdout, stderr io.Writer, options ...kong.Option) int {
	answered := false // by --help or --version
	parser, err := kong.New(grammar, append([]kong.Option{
		kong.Name(name),
		kong.DefaultEnvars("TRACELAB"),
		lists(),
		exclusive(),
		kong.Embed(&versionFlag{}),
		kong.Vars{"version": version(name)},
		kong.Writers(stdout, stderr),
		kong.Exit(func(int) { answered = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	}, options...)...)
	if err != nil {
		panic(fmt.Sprintf("%s: the grammar of the command is wrong: %v", name, err))
	}
	command, err := parser.Parse(args)
	given := addresses(args, os.Environ())
	if !answered {
		warnMisspelt(stderr, name, parser.Model, os.Environ())
	}
	switch {
	case answered:
		return OK
	case err != nil:
		return report(name, stderr, Status{Usage, err}, meant(err), given)
	}
	ends := awaitSignals()
	defer ends.stop()
	command.BindTo(ends.first, (*context.Context)(nil))
	command.Bind(Patience(ends.patience))
	command.Bind(Streams{In: os.Stdin, Out: stdout, Err: stderr})
	command.BindTo(stdout, (*io.Writer)(nil))
	return report(name, stderr, command.Run(), command.Selected(), given)
}
