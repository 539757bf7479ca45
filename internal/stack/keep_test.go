//go:build unix

package stack_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/stack"
	"example.com/tracelab/internal/testbed"
)

// report stores a span of a trace of its own.
func report(t *testing.T, ui string, trace int) {
	t.Helper()
	span := fmt.Sprintf(`[{"traceId":"%x","id":"1","timestamp":%d}]`, trace, time.Now().UnixMicro())
	resp, err := http.Post(ui+"/api/v2/spans", "application/json", strings.NewReader(span))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		t.Fatalf("a span is not taken: %s", resp.Status)
	}
}

// kept are the traces in a file, which has to be whole.
func kept(t *testing.T, file string) map[uint64]bool {
	t.Helper()
	traces := map[uint64]bool{}
	for spans, err := range archive.ReadFile(file, io.Discard) {
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range spans {
			traces[s.TraceID.Low] = true
		}
	}
	return traces
}

// TestTracesAreSavedFromTimeToTime while there are new ones.
func TestTracesAreSavedFromTimeToTime(t *testing.T) {
	file := filepath.Join(t.TempDir(), "traces.json")
	s := up(t, func(c *stack.Config) { c.Keep, c.KeepEvery = file, time.Millisecond })
	report(t, s.UI, 7)
	err := testbed.Eventually(func() error {
		if _, err := os.Stat(file); err != nil {
			return err
		}
		if !kept(t, file)[7] {
			return fmt.Errorf("it has %v", kept(t, file))
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%v; it says %s", err, s.log())
	}
	before, _ := os.Stat(file)
	s.end(t)
	if after, _ := os.Stat(file); !os.SameFile(before, after) {
		t.Error("it is written though nothing has come")
	}
	if !strings.Contains(s.log(), "1 spans saved to "+file) {
		t.Errorf("it says %s", s.log())
	}
}

// end stops the stack, without an error.
func (s *running) end(t *testing.T) {
	t.Helper()
	s.stop()
	if err := <-s.ended; err != nil {
		t.Errorf("Run: %v", err)
	}
}

// TestTwoStacksKeepOneFile and neither loses what the other has saved.
func TestTwoStacksKeepOneFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "traces.json.gz")
	keep := func(c *stack.Config) { c.Keep = file }
	first, second := up(t, keep), up(t, keep)
	report(t, first.UI, 1)
	report(t, second.UI, 2)
	first.end(t)
	second.end(t)
	if got := kept(t, file); !got[1] || !got[2] {
		t.Errorf("the file has %v", got)
	}
	third := up(t, keep)
	report(t, third.UI, 3)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	third.end(t)
	if got := kept(t, file); len(got) != 3 {
		t.Errorf("the file was removed, and is made again with %v", got)
	}
}

// TestAChangedFileThatCannotBeReadStays and what is lost is said.
func TestAChangedFileThatCannotBeReadStays(t *testing.T) {
	file := filepath.Join(t.TempDir(), "traces.json")
	s := up(t, func(c *stack.Config) { c.Keep = file })
	report(t, s.UI, 1)
	if err := os.WriteFile(file, []byte(`[{"traceId"`), 0o600); err != nil {
		t.Fatal(err)
	}
	s.stop()
	if err := <-s.ended; err == nil || !strings.Contains(err.Error(), "1 spans that came since") || !strings.Contains(err.Error(), "stays as it is") {
		t.Errorf("Run: %v", err)
	}
	if now, _ := os.ReadFile(file); string(now) != `[{"traceId"` {
		t.Errorf("the file is now %s", now)
	}
}

// TestASaveThatFailsIsSaid each time, with what is not saved yet, and the next one is tried.
func TestASaveThatFailsIsSaid(t *testing.T) {
	file := filepath.Join(t.TempDir(), "traces.json")
	s := up(t, func(c *stack.Config) { c.Keep, c.KeepEvery = file, time.Millisecond })
	if err := os.WriteFile(file, []byte("[{"), 0o600); err != nil {
		t.Fatal(err)
	}
	report(t, s.UI, 7)
	says := func(what string) func() error {
		return func() error {
			if !strings.Contains(s.log(), what) {
				return fmt.Errorf("it says %s", s.log())
			}
			return nil
		}
	}
	if err := testbed.Eventually(says("1 spans that came since")); err != nil || !strings.Contains(s.log(), "not saved yet") || !strings.Contains(s.log(), file) {
		t.Fatalf("%v; it says %s", err, s.log())
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	s.end(t)
	if !kept(t, file)[7] {
		t.Errorf("the file has %v", kept(t, file))
	}
}

// TestWhatIsLostIsSaid where the file cannot be written in time: it is a pipe now, which
// nobody reads.
func TestWhatIsLostIsSaid(t *testing.T) {
	file := filepath.Join(t.TempDir(), "traces.json")
	s := up(t, func(c *stack.Config) { c.Keep, c.SaveWithin = file, 50*time.Millisecond })
	report(t, s.UI, 1)
	if err := syscall.Mkfifo(file, 0o600); err != nil {
		t.Fatal(err)
	}
	s.stop()
	if err := <-s.ended; err == nil || !strings.Contains(err.Error(), file+" cannot be written within 50") || !strings.Contains(err.Error(), "1 spans that came since") {
		t.Errorf("Run: %v", err)
	}
}

// TestAHurrySavesAtOnce though a service does not end.
func TestAHurrySavesAtOnce(t *testing.T) {
	t.Setenv("FAKE_WRITER", "stubborn")
	file := filepath.Join(t.TempDir(), "traces.json")
	hurry, now := context.WithCancel(t.Context())
	s := up(t, func(c *stack.Config) { c.Keep, c.Hurry = file, hurry })
	report(t, s.UI, 1)
	s.stop()
	now()
	if err := <-s.ended; err == nil || !strings.Contains(err.Error(), "the last spans of the services may be missing") {
		t.Errorf("Run: %v", err)
	}
	if !kept(t, file)[1] {
		t.Error("the trace is not there")
	}
}
