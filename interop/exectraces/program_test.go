package exectraces

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/internal/testbed"
)

// target is what the program is built by, and what for.
type target struct {
	toolchain    string // such as go1.22.12; empty: the one that runs the tests
	goos, goarch string
	plain        bool     // without the network and cgo, which take long to compile
	runner       []string // what runs the program; empty: the system
}

func (g target) env() []string {
	env := []string{"GOFLAGS=-trimpath"}
	if g.toolchain != "" {
		env = append(env, "GOTOOLCHAIN="+g.toolchain)
	}
	if g.goos != "" {
		env = append(env, "GOOS="+g.goos, "GOARCH="+g.goarch)
	}
	if g.plain {
		env = append(env, "CGO_ENABLED=0")
	}
	return env
}

// program builds testdata/shapes.
func (g target) program(t *testing.T) program {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/shapes")); err != nil {
		t.Fatal(err)
	}
	out, err := run(t, "go", []string{"env", "GOVERSION"}, g.env())
	if err != nil {
		testbed.Missing(t, g.toolchain, fmt.Sprintf("the go command does not get it: %v: %s", err, out))
	}
	// The settings of the runtime are to be those of the release, not of an older one.
	words := strings.Fields(string(out)) // that it downloads something comes first
	version := strings.Split(strings.TrimPrefix(words[len(words)-1], "go"), ".")
	module := fmt.Sprintf("module shapes\n\ngo %s.%s\n", version[0], version[1])
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(module), 0o600); err != nil {
		t.Fatal(err)
	}
	return g.build(t, append(g.env(), "GOWORK=off"), dir)
}

// same builds what compares the two decoders. It does without the race detector: with
// it, to compare the text of every event would take minutes.
func (g target) same(t *testing.T) program {
	t.Helper()
	return g.build(t, g.env(), "same")
}

func (g target) build(t *testing.T, env []string, dir string) program {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	args := []string{"build", "-C", dir, "-o", path}
	if g.plain {
		args = append(args, "-tags", "plain")
	}
	if out, err := run(t, "go", append(args, "."), env); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return append(slices.Clone(g.runner), path)
}

// program is a command that records execution traces.
type program []string

// shapes are what it can record.
func (p program) shapes(t *testing.T) []string {
	t.Helper()
	out, err := run(t, p[0], p[1:], nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.Fields(string(out))
}

// record returns the paths of the traces of the shapes.
func (p program) record(t *testing.T, shapes []string, env ...string) []string {
	t.Helper()
	dir := t.TempDir()
	out, err := run(t, p[0], slices.Concat(p[1:], []string{dir}, shapes), env)
	for tries := 1; err != nil && tries < 5 && testbed.EndedByExperiment(out); tries++ {
		out, err = run(t, p[0], slices.Concat(p[1:], []string{dir}, shapes), env)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	traces, err := filepath.Glob(filepath.Join(dir, "*.trace"))
	if err != nil || len(traces) < len(shapes) {
		t.Fatalf("%d traces of %d shapes, %v", len(traces), len(shapes), err)
	}
	return traces
}

// smallest are so many of the traces: what runs them is slow.
func smallest(t *testing.T, traces []string, n int) []string {
	t.Helper()
	sizes := map[string]int64{}
	for _, path := range traces {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		sizes[path] = info.Size()
	}
	sorted := slices.SortedFunc(slices.Values(traces), func(a, b string) int { return cmp.Compare(sizes[a], sizes[b]) })
	return sorted[:min(n, len(sorted))]
}

func goroot(t *testing.T) string {
	t.Helper()
	out, err := run(t, "go", []string{"env", "GOROOT"}, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// needs skips the test where a program is missing.
func needs(t *testing.T, program, how string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		testbed.Missing(t, program, how)
	}
	return path
}
