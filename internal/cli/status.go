package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/redact"
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

// report prints what went wrong, and of wrong use where to read more, and
// returns the exit status. of is the command that was meant; nil: the program.
// given are arguments, which an error may repeat.
func report(name string, stderr io.Writer, err error, of *kong.Node, given []string) int {
	if err == nil {
		return OK
	}
	code := codeOf(err)
	if status, silent := errors.AsType[Status](err); silent && status.Err == nil {
		return code
	}
	say(stderr, "%s: %v\n", name, redact.Error(err, given...))
	if code == Usage {
		fmt.Fprintf(stderr, "Try: %s --help\n", path(name, of))
	}
	return code
}

// say prints a line for people.
func say(w io.Writer, format string, args ...any) {
	io.WriteString(w, display.WrapLines(fmt.Sprintf(format, args...), display.Width(w)))
}

// wrongUse is an error of a package that knows nothing of commands, whose
// configuration has an invalid value.
type wrongUse interface {
	error
	WrongUse()
}

// codeOf is the exit status of an error: what it says itself; Usage of an
// invalid value, and of a file that cannot be read or written; Unreachable of a
// request that had no answer.
func codeOf(err error) int {
	if status, says := errors.AsType[Status](err); says {
		return status.Code
	}
	if _, is := errors.AsType[wrongUse](err); is {
		return Usage
	}
	if listen, is := errors.AsType[*net.OpError](err); is && listen.Op == "listen" && noAddress(listen) {
		return Usage
	}
	if file, is := errors.AsType[*fs.PathError](err); is && file.Op != "fork/exec" && !deviceFailed(file) {
		return Usage
	}
	if request, is := errors.AsType[*url.Error](err); is && request.Op != "parse" {
		return Unreachable
	}
	return Negative
}

// noAddress distinguishes an address that is none, or not this machine's, from one that
// is taken.
func noAddress(err *net.OpError) bool {
	_, system := errors.AsType[syscall.Errno](err)
	return !system || errors.Is(err, syscall.EADDRNOTAVAIL)
}

// deviceFailed distinguishes a device that is full or broken from a file that
// cannot be the one that is meant.
func deviceFailed(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EIO)
}

// meant is the command whose arguments are wrong, as far as they were read.
func meant(err error) *kong.Node {
	wrong, is := errors.AsType[*kong.ParseError](err)
	if !is || wrong.Context == nil {
		return nil
	}
	var last *kong.Node
	for _, step := range wrong.Context.Path {
		if step.Command != nil {
			last = step.Command
		}
	}
	return last
}

// path is how a command is called, such as "tracelab fault on".
func path(name string, of *kong.Node) string {
	words := []string{}
	for ; of != nil && of.Type == kong.CommandNode; of = of.Parent {
		words = append([]string{of.Name}, words...)
	}
	return strings.Join(append([]string{name}, words...), " ")
}
