// Package clitest runs a command line for tests, as a shell would.
package clitest

import (
	"bytes"

	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/testbed"
)

// Run runs the command of grammar that args name, which is a part of tracelab. It
// returns what was printed, what was said to be wrong, and the exit status.
func Run(grammar any, args ...string) (out, wrong string, status int) {
	testbed.OneLine()
	var stdout, stderr bytes.Buffer
	status = cli.Run("tracelab", grammar, args, &stdout, &stderr)
	return stdout.String(), stderr.String(), status
}
