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
	"testing"
	"time"
)

var (
	long = flag.Bool("long", false, "record all shapes, with all releases of Go and on all systems")
)

// misused is the shape whose regions Go's decoder refuses.
const misused = "regions-misused"

// same compares the two decoders' events of each trace, by the program of that name. The
// decoder of Go may refuse a part, if it is said so, or of the shape that it does not take.
func same(t *testing.T, program program, traces []string, refused bool) {
	t.Helper()
	for _, path := range traces {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".trace"), func(t *testing.T) {
			t.Parallel()
			args := []string{fmt.Sprint("-refused=", refused || strings.Contains(path, misused)), path}
			out, err := run(t, program[0], append(program[1:], args...), nil)
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			t.Logf("%s", strings.TrimPrefix(string(out), path+": "))
		})
	}
}

// run runs a program to its end.
func run(t *testing.T, program string, args []string, env []string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.WaitDelay = time.Minute // for what it printed last, on a machine however busy
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%v: %w", cmd, err)
	}
	return out, err
}
