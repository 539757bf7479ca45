package main

import (
	"net"
	"strings"
	"testing"

	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed/servertest"
)

// begin starts a server and returns its address.
func begin(t *testing.T) string {
	t.Helper()
	return strings.TrimPrefix(servertest.Start(t, server.Config{Store: store.New(store.Config{})}), "http://")
}

// TestDoctorSaysWhatIsAway: there is a server, and no gateway.
func TestDoctorSaysWhatIsAway(t *testing.T) {
	addr := begin(t)
	_, port, _ := net.SplitHostPort(addr)
	out, wrong, status := run("doctor", "--server", addr)
	if status != cli.Negative || !strings.HasPrefix(out, "ok   server   answers at http://localhost:"+port+"\n") || !strings.Contains(out, "FAIL ") ||
		!strings.Contains(wrong, "findings are bad") {
		t.Errorf("exit status %d, %s%s", status, out, wrong)
	}
	if strings.Contains(out, "\x1b") {
		t.Errorf("colours for no terminal: %q", out)
	}
}

// TestHealthcheck asks the one that runs, and does nothing else.
func TestHealthcheck(t *testing.T) {
	addr := begin(t)
	for _, verb := range []string{"store", "web"} {
		if out, wrong, status := run(verb, "--healthcheck", "--addr", addr); status != cli.OK || out+wrong != "" {
			t.Errorf("%s: exit status %d, %s%s", verb, status, out, wrong)
		}
	}
}

// TestZipkinsPort: a store takes a Zipkin's place.
func TestZipkinsPort(t *testing.T) {
	t.Setenv("QUERY_PORT", "19411")
	if out, _, _ := run("store", "--help"); !strings.Contains(out, "127.0.0.1:19411") {
		t.Errorf("QUERY_PORT is not in\n%s", out)
	}
}
