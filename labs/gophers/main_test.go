package main

import (
	"bytes"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRun has Go's own reader find the one wait in the trace: that of the
// goroutine which came first to the channel.
func TestRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "trace.out")
	var stdout bytes.Buffer
	if err := run([]string{"-o", file}, &stdout, io.Discard); err != nil {
		t.Fatal(err)
	}
	if got, want := stdout.String(), "Hi Gophers\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
	out, err := exec.CommandContext(t.Context(), "go", "tool", "trace", "-d=parsed", file).CombinedOutput()
	if err != nil {
		t.Fatalf("go tool trace: %v\n%s", err, out)
	}
	var waits []string
	wait := regexp.MustCompile(`Running->Waiting Reason="chan (send|receive)"`)
	for event := range strings.SplitSeq(string(out), "\nM=") {
		if wait.MatchString(event) && strings.Contains(event, "gophers.greet") {
			waits = append(waits, event)
		}
	}
	if len(waits) != 1 {
		t.Errorf("%d waits for the channel in greet, want 1: an unbuffered channel makes one side wait\n%s", len(waits), strings.Join(waits, "\n"))
	}
}

func TestRunSaysWhatIsWrong(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing", "trace.out")
	if err := run([]string{"-o", missing}, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("error %v, want one that names %s", err, missing)
	}
	var stderr bytes.Buffer
	if err := run([]string{"-h"}, io.Discard, &stderr); err != nil || !strings.Contains(stderr.String(), "trace.out") {
		t.Errorf("-h: error %v and %q, want the flags and no error", err, stderr.String())
	}
}

// TestRecordReportsLostBytes holds what trace.Stop does not tell.
func TestRecordReportsLostBytes(t *testing.T) {
	full := errors.New("no space left")
	if err := record(failing{full}, func() {}); !errors.Is(err, full) {
		t.Errorf("error %v, want %v", err, full)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
