package clients

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
)

// need is a program that must be on the machine.
type need struct {
	program string
	probe   []string // arguments with which it works, and says its version; nil: none
	how     string   // to have it
}

// install returns the folder that holds what the client's program runs with:
// one in the user's cache, named by all that decides its contents, so that it
// is filled once. Nothing is installed anywhere else.
func (c client) install(t *testing.T) string {
	t.Helper()
	key := sha256.New()
	for _, n := range c.needs {
		version, err := n.version()
		if err != nil {
			testbed.Missing(t, n.program, fmt.Sprintf("%s (%v)", n.how, err))
		}
		fmt.Fprintf(key, "%s %s\n", n.program, version)
	}
	fmt.Fprintf(key, "%q\n", c.steps)
	pinned := map[string][]byte{}
	for _, name := range c.pins {
		content, err := os.ReadFile(filepath.Join(c.name, name))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(key, "%s %q\n", name, content)
		pinned[name] = content
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "tracelab-interop", fmt.Sprintf("%s-%.6x", c.name, key.Sum(nil)))
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	c.fill(t, dir, pinned)
	return dir
}

func (n need) version() (string, error) {
	path, err := exec.LookPath(n.program)
	if err != nil || n.probe == nil {
		return path, err
	}
	out, err := exec.Command(path, n.probe...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", path, strings.Join(n.probe, " "), err, out)
	}
	return string(out), nil
}

// fill makes dir beside itself and then moves it there: whoever finds it finds
// it whole.
func (c client) fill(t *testing.T, dir string, pinned map[string][]byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	unfinished, err := os.MkdirTemp(filepath.Dir(dir), c.name+"-unfinished-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(unfinished)
	for name, content := range pinned {
		if err := os.WriteFile(filepath.Join(unfinished, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range c.steps {
		t.Logf("installing %s, once: %s", c.name, strings.Join(step, " "))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		cmd := exec.CommandContext(ctx, step[0], step[1:]...)
		cmd.Dir = unfinished
		out, err := cmd.CombinedOutput()
		cancel()
		if err != nil {
			testbed.Missing(t, "what "+c.name+" runs with", fmt.Sprintf("%s: %v\n%s", strings.Join(step, " "), err, out))
		}
	}
	if err := os.Rename(unfinished, dir); err != nil {
		if _, there := os.Stat(dir); there != nil { // another test run was not faster
			t.Fatal(err)
		}
	}
}
