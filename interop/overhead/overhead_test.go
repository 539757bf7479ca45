// Package overhead measures what tracing costs a request: ours beside
// OpenCensus's, OpenTelemetry's and Zipkin's own instrumentation.
//
// Each is a server in a process of its own, since all of them keep state for
// the whole process, and since the cost of the spans sent in the background then
// shows in the processor time of that process and of no other. The load and the
// collector are processes apart, too. Numbers are ratios of what ran in turn
// within one run: a machine that others use is slow for all alike.
package overhead

import (
	"flag"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var rounds = flag.Int("rounds", 0, "measure every variant, with the collector up and down, in so many rounds")

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		os.Exit(child(role))
	}
	flag.Parse()
	os.Exit(m.Run())
}

// TestCost holds ours against its peers. Without -rounds it measures only what
// it asserts.
func TestCost(t *testing.T) {
	m := newMachine(t)
	if *rounds > 0 {
		all := m.measure(matrix, *rounds, 1000)
		t.Logf("%d rounds\n%s", *rounds, all)
		check(all, t.Errorf)
		for _, joined := range []bool{false, true} {
			t.Logf("joined %t: ours adds %.2f of what %s adds; the goal is 0.50", joined, all.added("ours", joined)/all.added(zipkinsLibrary, joined), zipkinsLibrary)
		}
		return
	}
	// What others do on this machine may spoil one run, and hardly two.
	first := m.measure(short, 3, 500)
	t.Logf("3 rounds\n%s", first)
	passed := true
	check(first, func(format string, args ...any) { passed = false; t.Logf("once more, since "+format, args...) })
	if !passed {
		second := m.measure(short, 9, 600)
		t.Logf("9 rounds\n%s", second)
		check(second, t.Errorf)
	}
}

// check holds what must be true on any machine.
func check(all results, complain func(string, ...any)) {
	mine := all.of("ours", up)
	if lost := mine.expected - mine.delivered; lost != 0 {
		complain("ours lost %d of %d spans beside a healthy collector", lost, mine.expected)
	}
	// What two runs of the same server differ by is noise.
	noise := math.Abs(all.of("none again", up).over(all.of("none", up)))
	for _, peer := range peers {
		its := all.of(peer, up)
		if mine.allocs >= its.allocs {
			complain("ours allocates %.1f times a request, %s %.1f", mine.allocs, peer, its.allocs)
		}
		if more := mine.over(its); more > noise {
			complain("ours takes %.1f µs of processor time a request more than %s", more, peer)
		}
	}
	// Spans that are not taken must not become the work of the service.
	if refused := all.of("ours", down); refused.cpu > 2*mine.cpu {
		complain("ours takes %.1f µs a request with the collector down, %.1f with it up", refused.cpu, mine.cpu)
	}
}

// program is the path of a test binary without the race detector, which would
// be most of the cost: this one, or one that is built now.
func program(t testing.TB) string {
	t.Helper()
	if !raceEnabled {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		return self
	}
	built := filepath.Join(t.TempDir(), "overhead.test")
	if out, err := exec.Command("go", "test", "-c", "-race=false", "-o", built, ".").CombinedOutput(); err != nil {
		t.Fatalf("building without the race detector: %v\n%s", err, out)
	}
	return built
}
