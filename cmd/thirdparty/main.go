// Command thirdparty is the offline third-party API (go-httpbin) as a program of
// its own: what its image runs.
package main

import (
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/thirdparty"
)

func main() { cli.Main("thirdparty", &thirdparty.Config{}) }
