// Package compare has the faults of the catalogue happen in a running stack, keeps
// the traces of requests with a fault and without, and holds what a comparison says
// of them against the truth.
package compare

import (
	"flag"
	"os"
	"testing"

	"example.com/tracelab/internal/testbed/stacktest"
)

var (
	long     = flag.Bool("long", false, "every fault, at three effects, two shapes of visits and two loads")
	record   = flag.String("record", "", "a directory to keep the traces in")
	recorded = flag.String("recorded", "", "a directory of traces kept before: nothing is sent")
)

// Who measures the program does not want the race detector's time in its spans.
func TestMain(m *testing.M) { os.Exit(stacktest.MainMeasured(m)) }
