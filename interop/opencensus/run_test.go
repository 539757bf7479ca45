package opencensus

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// module is a copy of OpenCensus's module with our few files beside its own, in a
// workspace in which it is OpenCensus.
type module struct{ dir, workspace string }

func copyModule(t *testing.T) module {
	t.Helper()
	m := module{dir: t.TempDir(), workspace: filepath.Join(t.TempDir(), "go.work")}
	if err := os.CopyFS(m.dir, os.DirFS(output(t, "go", "list", "-m", "-f", "{{.Dir}}", "go.opencensus.io"))); err != nil {
		t.Fatal(err)
	}
	m.add(t, "registered.go.txt", "trace/registered.go", "")
	m.add(t, "tracer_test.go.txt", "trace/tracer_test.go", "trace")
	m.add(t, "tracer_test.go.txt", "plugin/ochttp/tracer_test.go", "ochttp")
	root := output(t, "go", "list", "-m", "-f", "{{.Dir}}", "example.com/tracelab")
	text := fmt.Sprintf("go 1.26.0\nuse (\n\t%q\n\t%q\n)\nreplace go.opencensus.io => %q\n", root, filepath.Join(root, "interop"), m.dir)
	write(t, m.workspace, []byte(text))
	sums, err := os.ReadFile(filepath.Join(root, "go.work.sum"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, m.workspace+".sum", sums)
	return m
}

// add writes a file of testdata into the copy, for a package of it.
func (m module) add(t *testing.T, from, to, pkg string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", from))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(m.dir, to), bytes.ReplaceAll(text, []byte("PACKAGE"), []byte(pkg)))
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}

// tests are those of one package: a binary, and where it runs.
type tests struct {
	binary, dir string
	names       []string
}

func (m module) build(t *testing.T, pkg string) tests {
	t.Helper()
	b := tests{binary: filepath.Join(t.TempDir(), "x.test"), dir: filepath.Join(m.dir, pkg)}
	cmd := exec.Command("go", "test", "-c", "-o", b.binary, "go.opencensus.io/"+pkg)
	cmd.Env = append(os.Environ(), "GOWORK="+m.workspace)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b.names = strings.Fields(output(t, b.binary, "-test.list", "^(Test|Example)"))
	return b
}

// passed runs one test in a process of its own, since a panic ends all that are
// in one, and returns it and its subtests as far as they passed. With a sampler
// our tracer is in place.
func (b tests) passed(t *testing.T, name, sampler string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, b.binary, "-test.v", "-test.run", "^"+name+"$", "-test.skip", elsewhere)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), SamplerVariable+"="+sampler)
	out, _ := cmd.CombinedOutput() // what failed is not among those that passed
	var all []string
	for _, line := range passLine.FindAllSubmatch(out, -1) {
		all = append(all, string(line[1]))
	}
	slices.Sort(all)
	return all
}

// elsewhere are subtests that call servers of others.
const elsewhere = "TestAgainstSpecs/call_to_https:"

var passLine = regexp.MustCompile(`(?m)^ *--- PASS: (\S+)`)
