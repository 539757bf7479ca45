package exec

import (
	"fmt"
	"os"
	"strings"
	"time"

	"example.com/tracelab/exectrace"
)

// format is how a command answers: in a table or, for programs, in one JSON
// document.
type format struct {
	JSON bool `name:"json" help:"Print one JSON document."`
}

// warn says on standard error what of the trace could not be read.
func warn(lost []exectrace.Loss) {
	for _, l := range lost {
		fmt.Fprintf(os.Stderr, "tracelab: %v\n", l)
	}
}

// internalFunc reports whether a function is one of those that every wait goes
// through.
func internalFunc(name string) bool {
	for _, p := range []string{"runtime.", "internal/", "sync.", "syscall.", "time.Sleep"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// short is a duration with three digits, for people.
func short(d time.Duration) string {
	for unit := time.Second; unit >= time.Microsecond; unit /= 1000 {
		if d.Abs() >= unit {
			return d.Round(unit / 100).String()
		}
	}
	return d.String()
}
