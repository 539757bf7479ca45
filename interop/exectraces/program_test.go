package exectraces

import (
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
	plain        bool     // without net/http and cgo, which take long to compile
	runner       []string // what runs the program; empty: the system
}

func (g target) env() []string {
	env := []string{"GOWORK=off", "GOFLAGS=-trimpath"}
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
	// The defaults are to be those of the release, not of an older one.
	language := strings.Join(strings.SplitN(strings.TrimPrefix(strings.TrimSpace(string(out)), "go"), ".", 3)[:2], ".")
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module shapes\n\ngo "+language+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"build", "-C", dir, "-o", "shapes"}
	if g.plain {
		args = append(args, "-tags", "plain")
	}
	if out, err := run(t, "go", append(args, "."), g.env()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return append(slices.Clone(g.runner), filepath.Join(dir, "shapes"))
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
	if out, err := run(t, p[0], slices.Concat(p[1:], []string{dir}, shapes), env); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	traces, err := filepath.Glob(filepath.Join(dir, "*.trace"))
	if err != nil || len(traces) < len(shapes) {
		t.Fatalf("%d traces of %d shapes, %v", len(traces), len(shapes), err)
	}
	return traces
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
