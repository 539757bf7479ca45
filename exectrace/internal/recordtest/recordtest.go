// Package recordtest records the execution traces that examples read.
package recordtest

import (
	"bytes"
	"log"
	"runtime/trace"

	"example.com/tracelab/exectrace"
)

// Record returns the execution trace of what program does.
func Record(program func()) *exectrace.File {
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		log.Fatal(err)
	}
	program()
	trace.Stop()
	f, err := exectrace.FromBytes(b.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	return f
}
