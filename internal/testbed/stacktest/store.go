package stacktest

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"testing"

	"example.com/tracelab/internal/testbed"
)

var servingLine = regexp.MustCompile(`msg=serving .*\baddr=(\S+)`)

// StoreCommand is `tracelab store` on a port of loopback, for a test that starts
// and measures it by itself.
func StoreCommand(port string, args ...string) *exec.Cmd {
	cmd := exec.Command(Program, append([]string{"store", "--addr=127.0.0.1:" + port}, args...)...)
	testbed.EndWithTest(cmd)
	return cmd
}

// StartStore starts `tracelab store` on a free port, with env beside the
// test's own environment, and ends it with the test. The result's UI is the
// base URL of Zipkin's API as well.
func StartStore(t testing.TB, env []string, args ...string) *Stack {
	t.Helper()
	cmd := StoreCommand("0", args...)
	cmd.Env = append(os.Environ(), env...)
	s := Start(t, cmd)
	err := testbed.Eventually(func() error {
		s.running()
		m := servingLine.FindStringSubmatch(s.Output())
		if m == nil {
			return fmt.Errorf("it says: %s", s.Output())
		}
		s.UI = "http://" + m[1]
		return nil
	})
	if err != nil {
		t.Fatalf("the store never served: %v", err)
	}
	return s
}
