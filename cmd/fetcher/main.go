// Command fetcher is the workshop's fetcher as a program of its own: what its image runs.
package main

import (
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/services/fetcher"
)

func main() { cli.Main("fetcher", &fetcher.Config{}) }
