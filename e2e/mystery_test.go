package e2e

import (
	"bytes"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/testbed/stacktest"
)

// TestMystery plays one from its start to the right answer.
func TestMystery(t *testing.T) {
	t.Parallel()
	s := stacktest.Up(t)
	truth, err := faults.Choose(7, 2)
	if err != nil {
		t.Fatal(err)
	}
	play := func(want int, args ...string) string {
		t.Helper()
		cmd := exec.Command(stacktest.Program, append(append([]string{"mystery"}, args...), "--server", s.UI)...)
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != want {
			t.Errorf("mystery %v: exit status %d, want %d: %s", args, code, want, out)
		}
		return string(out)
	}
	if out := play(1, "hint"); !strings.Contains(out, "start one") {
		t.Errorf("a hint before there is a mystery: %s", out)
	}
	out := play(0, "start", "--seed", "7", "--level", "2")
	if !strings.Contains(out, s.Gateway+"/visit") || strings.Contains(out, truth.Name) {
		t.Errorf("it says %s", out)
	}
	for _, path := range []string{"/tracelab/v1/faults", "/tracelab/v1/stack"} {
		_, _, body := do(t, "GET", s.UI+path)
		if on := body[bytes.Index(body, []byte(`"on"`))+1:]; bytes.Contains(on, []byte("ms=")) {
			t.Errorf("GET %s tells: %s", path, on)
		}
	}
	for range 5 {
		do(t, "GET", s.Gateway+"/visit")
	}
	hints := ""
	for range 5 {
		hints += play(0, "hint")
	}
	if !strings.Contains(hints, "4 of 4") || !strings.Contains(hints, truth.Truth.Operation) {
		t.Errorf("the hints are %s", hints)
	}
	play(2, "answer", "--service", "writer", "--cause", "gremlins")
	play(2, "answer", "--service", "postgres", "--cause", truth.Name)
	wrong := play(1, "answer", "--service", truth.Service, "--cause", "dropped-spans")
	if !strings.Contains(wrong, "not yet") || strings.Contains(wrong, truth.Summary) {
		t.Errorf("a wrong answer is told %s", wrong)
	}
	right := play(0, "answer", "--service", truth.Service, "--cause", truth.Name, "--ms", strconv.Itoa(truth.Args.Int("ms")))
	if !strings.Contains(strings.Join(strings.Fields(right), " "), truth.Summary) || !strings.Contains(right, s.UI+"/zipkin/traces/") {
		t.Errorf("the right answer is told %s", right)
	}
	play(1, "answer", "--service", truth.Service, "--cause", truth.Name)

	play(0, "start", "--attendee", "ann", "--level", "3")
	play(0, "start", "--attendee", "bob", "--level", "1")
	if out := play(0, "answer", "--attendee", "ann", "--give-up"); !strings.Contains(out, "It was ") {
		t.Errorf("who gives up is told %s", out)
	}
	play(0, "hint", "--attendee", "bob")
}
