// Package gotool holds what we say of execution traces against go tool trace,
// with traces that are made in the test run.
package gotool

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/pprof/profile"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/delay"
	"example.com/tracelab/internal/testbed/workload"
)

// recorded is a trace as a file, read with the times of the tool.
type recorded struct {
	*exectrace.File
	path string
}

// record makes a trace. This process must not be traced itself.
func record(t testing.TB, kind string, size int) recorded {
	t.Helper()
	b, err := workload.Record(kind, size)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), kind+".trace")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := exectrace.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return recorded{file.AsGoTool(), path}
}

// toolPath is the program behind go tool trace, which go builds when it is first
// asked for. The go command is asked once: its own start costs more than what the tool
// does with a small trace.
func toolPath(t testing.TB) string {
	t.Helper()
	path, err := findTool()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var findTool = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "tool", "-n", "trace").Output()
	if err != nil {
		return "", fmt.Errorf("go tool -n trace: %w", err)
	}
	path := strings.TrimSpace(string(out))
	if _, err := os.Stat(path); err != nil { // it was built to be run once
		if out, err := exec.Command("go", "tool", "trace", "-h").CombinedOutput(); len(out) == 0 {
			return "", fmt.Errorf("go tool trace -h: %w", err)
		}
	}
	return path, nil
})

// toolProfile is what go tool trace -pprof prints.
func toolProfile(t testing.TB, path string, kind delay.Kind) *profile.Profile {
	t.Helper()
	cmd := exec.Command(toolPath(t), "-pprof="+string(kind), path)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, &stderr)
	}
	p, err := profile.ParseData(out)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// pages is go tool trace as a server.
type pages struct {
	t    testing.TB
	root string
}

const listening = "Trace viewer is listening on "

// serve starts go tool trace for the file at path.
func serve(t testing.TB, path string) pages {
	t.Helper()
	cmd := exec.Command(toolPath(t), "-http=127.0.0.1:0", path)
	cmd.Env = append(os.Environ(), "BROWSER=true") // the command true: no browser is to open
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if _, root, ok := strings.Cut(lines.Text(), listening); ok {
			return pages{t, root}
		}
	}
	t.Fatalf("%v ended without a word of where it listens: %v", cmd, lines.Err())
	return pages{}
}

// get returns the body of a page.
func (p pages) get(page string, values url.Values) []byte {
	p.t.Helper()
	target := fmt.Sprintf("%s/%s?%s", p.root, page, values.Encode())
	resp, err := http.Get(target)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %s, %v: %s", target, resp.Status, err, b)
	}
	return b
}

// profile is what a page that draws a profile offers to download.
func (p pages) profile(page string, values url.Values) *profile.Profile {
	p.t.Helper()
	values.Set("raw", "1")
	parsed, err := profile.ParseData(p.get(page, values))
	if err != nil {
		p.t.Fatalf("%s: %v", page, err)
	}
	return parsed
}
