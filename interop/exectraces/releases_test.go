package exectraces

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// some are the shapes that other releases and systems record. A release may not have all.
var some = []string{
	"across", "already-running", "blocked-forever", "channels", "coroutines", "cpu-profile", "flight", "flight-and-trace", "gc", "generations", "gomaxprocs",
	"locked-threads", "pipes", "pipes-raw", "processes", "regions-misused", "select", "start-stop", "stop-the-world", "syscalls-blocking", "tasks",
	"tasks-ended-twice", "timers", "weak",
}

// TestReleases compares what is read from the traces of programs that other releases of
// Go built: of each the newest patch.
func TestReleases(t *testing.T) {
	program := target{}.same(t)
	for _, c := range []struct {
		toolchain, header string
		long              bool // only then
	}{
		{"go1.22.12", "go 1.22 trace", false},
		{"go1.23.12", "go 1.23 trace", true},
		{"go1.24.13", "go 1.23 trace", false},
		{"go1.25.14", "go 1.25 trace", false},
		{"go1.26.11", "go 1.26 trace", true},
		{"go1.27.4", "go 1.26 trace", false},
	} {
		t.Run(c.toolchain, func(t *testing.T) {
			if c.long && !*long {
				t.Skip("run it with -long")
			}
			t.Parallel()
			p := target{toolchain: c.toolchain, plain: true}.program(t)
			traces := p.record(t, p.having(t, some))
			if has := slices.Contains(p.shapes(t), "flight"); has != (c.toolchain >= "go1.25") {
				t.Errorf("it has a flight recorder: %t", has)
			}
			traces = append(traces, p.record(t, []string{"tasks"}, "GODEBUG=traceallocfree=1")...)
			for _, path := range traces {
				if got := header(t, path); got != c.header {
					t.Errorf("%s is a %q, want a %q", filepath.Base(path), got, c.header)
				}
			}
			// Of many traces that Go 1.22 wrote, one was such that Go's decoder refused a part.
			same(t, program, traces, c.toolchain < "go1.23")
		})
	}
}

// having are those of the shapes that the program can record; with -long, all that it can.
func (p program) having(t *testing.T, shapes []string) []string {
	t.Helper()
	all := p.shapes(t)
	if *long {
		return all
	}
	return slices.DeleteFunc(slices.Clone(shapes), func(name string) bool { return !slices.Contains(all, name) })
}

func header(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil || len(b) < 16 {
		t.Fatalf("%s: %d bytes, %v", path, len(b), err)
	}
	return strings.TrimRight(string(b[:16]), "\x00")
}
