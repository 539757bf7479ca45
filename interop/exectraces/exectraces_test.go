// Package exectraces has programs of all kinds record their execution, built by several
// releases of Go and for several systems, and compares what exectrace reads from that with
// what golang.org/x/exp/trace does.
package exectraces

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	long    = flag.Bool("long", false, "record all shapes, with all releases of Go and on all systems")
	earlier = flag.Bool("earlier", false, "let times be earlier in ours, where the other decoder moved events")
)

// refused is the shape that the other decoder reads a part of.
const refused = "regions-misused"

// same compares the two decoders' events of each trace.
func same(t *testing.T, traces []string) {
	t.Helper()
	program := comparison(t)
	for _, path := range traces {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".trace"), func(t *testing.T) {
			t.Parallel()
			args := []string{fmt.Sprint("-earlier=", *earlier), fmt.Sprint("-refused=", strings.Contains(path, refused)), path}
			out, err := run(t, program, args, nil)
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			t.Logf("%s", strings.TrimPrefix(string(out), path+": "))
		})
	}
}

// comparison is the path of the program same. It is built without the race detector: with
// it, to compare the text of every event would take minutes.
func comparison(t *testing.T) string {
	t.Helper()
	path, err := buildSame()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var buildSame = sync.OnceValues(func() (string, error) {
	path := filepath.Join(binaries, "same")
	cmd := exec.Command("go", "build", "-o", path, "./same")
	cmd.Env = append(os.Environ(), "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%v: %w: %s", cmd, err, out)
	}
	return path, nil
})

// run runs a program to its end.
func run(t *testing.T, program string, args []string, env []string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%v: %w", cmd, err)
	}
	return out, err
}

// binaries is where programs are built, for as long as this process runs.
var binaries string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(tested(m))
}

func tested(m *testing.M) int {
	dir, err := os.MkdirTemp("", "exectraces")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binaries = dir
	return m.Run()
}
