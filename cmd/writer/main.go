// Command writer is the workshop's writer as a program of its own: what its image runs.
package main

import (
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/services/writer"
)

func main() { cli.Main("writer", &writer.Config{}) }
