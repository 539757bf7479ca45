// Package collector tests what a traced service does when the collector of its
// spans does not do its part: a process of its own under a steady load, before
// a collector that fails in every way that we know of, and before the released
// Zipkin server.
package collector

import (
	"flag"
	"os"
	"testing"
	"time"
)

var duration = flag.Duration("duration", time.Second, "of the load in each case; from 20s on, with a control run beside each case")

// TestMain is also the traced service: the test starts its own program again.
func TestMain(m *testing.M) {
	if collector := os.Getenv(collectorVariable); collector != "" {
		os.Exit(serve(collector))
	}
	os.Exit(m.Run())
}
