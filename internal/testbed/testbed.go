// Package testbed is what tests of real servers have in common: a process that
// ends with its test, a free port, a wait with a bound. The servers themselves
// are in packages below it: redistest, zipkintest, and our own stack in
// stacktest. A test that finds a product missing is skipped with a sentence that
// says how to have it; with REQUIRE_REAL=1 it fails.
package testbed

import (
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"sync"
	"testing"
)

// Missing skips the test, or fails it where everything must be there.
func Missing(t testing.TB, what, how string) {
	t.Helper()
	if os.Getenv("REQUIRE_REAL") == "1" {
		t.Fatalf("%s is missing, and REQUIRE_REAL=1: %s", what, how)
	}
	t.Skipf("%s is missing: %s", what, how)
}

// OneLine has commands print no line in several, unless COLUMNS is set: then what a
// test looks for is in one.
func OneLine() {
	if os.Getenv("COLUMNS") == "" {
		os.Setenv("COLUMNS", "10000")
	}
}

// FreePort is a TCP port of loopback that nobody listens on, and that this
// process did not name before; nor did, on Linux, another one that still runs, such as
// another package's test whose server does not listen yet. It is below the ports that
// systems give to whoever does not care, so that nobody takes it before the test does,
// or while the test has its server stopped.
func FreePort(t testing.TB) string {
	t.Helper()
	for range 1000 {
		port := strconv.Itoa(lowestPort + rand.IntN(portsAbove-lowestPort))
		if _, named := ports.LoadOrStore(port, true); named || !claimed(port) {
			continue
		}
		if ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port)); err == nil {
			ln.Close()
			return port
		}
	}
	t.Fatalf("no port between %d and %d is free", lowestPort, portsAbove)
	return ""
}

// Linux gives away the ports from 32768 on, others those from 49152 on.
const lowestPort, portsAbove = 12000, 32000

var ports sync.Map // those that FreePort named
