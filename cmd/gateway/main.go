// Command gateway is the workshop's gateway as a program of its own: what its image runs.
package main

import (
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/services/gateway"
)

func main() { cli.Main("gateway", &gateway.Config{}) }
