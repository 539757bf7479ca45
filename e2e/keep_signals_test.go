package e2e

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

// keeps has a stack that keeps its traces make one, and stay busy: a visit is under way,
// for which the services wait at the end.
func keeps(t *testing.T, cmd *exec.Cmd, file string) (s *stack, id string) {
	t.Helper()
	cmd.Args = append(cmd.Args, append(stacktest.FreePorts(), "--keep", file)...)
	started := stacktest.Start(t, cmd)
	started.AwaitUp()
	s = &stack{Stack: started, t: t, gateway: started.Gateway, ui: started.UI}
	_, a := s.visit("GET", "/visit")
	awaitTrace(t, s.ui, a.TraceID)
	go client.Get(s.gateway + "/visit?url=" + s.thirdParty() + "/delay/9")
	fetcher := s.process("fetcher", 0).URL
	s.eventually("at work", func() error {
		if _, _, metrics := do(t, "GET", fetcher+"/metrics"); !openSpans.Match(metrics) {
			return errors.New("the fetcher has no open span")
		}
		return nil
	})
	return s, a.TraceID
}

// inFile says whether the file has all spans of a trace. It is whole, or not there yet.
func inFile(t *testing.T, file, id string) error {
	t.Helper()
	n := 0
	for spans, err := range archive.ReadFile(file, io.Discard) {
		if errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range spans {
			if s.TraceID.String() == id {
				n++
			}
		}
	}
	if n < 10 {
		return fmt.Errorf("%d spans of the trace", n)
	}
	return nil
}

// TestSignalsSaveTraces however often they come, and whichever they are.
func TestSignalsSaveTraces(t *testing.T) {
	t.Parallel()
	for name, signals := range map[string][]syscall.Signal{
		"Ctrl-C twice": {syscall.SIGINT, syscall.SIGINT}, "Ctrl-C often": {syscall.SIGINT, syscall.SIGINT, syscall.SIGINT},
		"timeout and Ctrl-C": {syscall.SIGTERM, syscall.SIGINT}, "the terminal closes": {syscall.SIGHUP},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if slices.ContainsFunc(signals, func(s syscall.Signal) bool { return signal.Ignored(s) }) {
				t.Skip("the tests run without signals that are to be sent, as nohup has it, and so does the program: run them without nohup")
			}
			file := filepath.Join(t.TempDir(), "traces.json")
			s, id := keeps(t, exec.Command(stacktest.Program, "up"), file)
			pids := s.pids()
			for _, each := range signals {
				s.Cmd.Process.Signal(each)
				err := testbed.Eventually(func() error { // two of the same kind at once are one
					return inFile(t, file, id)
				})
				if err != nil {
					t.Fatalf("after %v: %v; it says %s", each, err, s.Output())
				}
			}
			<-s.Ended
			if err := inFile(t, file, id); err != nil || !strings.Contains(s.Output(), "spans saved to "+file) {
				t.Errorf("%v; it says %s", err, s.Output())
			}
			s.gone(pids)
		})
	}
}

// TestKilledWhileItEnds as timeout --kill-after does: what was there when it was asked to
// end is saved.
func TestKilledWhileItEnds(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "traces.json.gz")
	s, id := keeps(t, exec.Command(stacktest.Program, "up"), file)
	s.Cmd.Process.Signal(syscall.SIGTERM)
	s.eventually("saved", func() error { return inFile(t, file, id) })
	s.Cmd.Process.Kill()
	<-s.Ended
	if err := inFile(t, file, id); err != nil {
		t.Error(err)
	}
}

// TestKilledWithoutWarning loses what came since the last save, and no more.
func TestKilledWithoutWarning(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "traces.json")
	s, id := keeps(t, exec.Command(stacktest.Program, "up", "--keep-every", "20ms"), file)
	s.eventually("saved", func() error { return inFile(t, file, id) })
	for range 20 { // it is saving most of the time
		s.visit("GET", "/visit")
	}
	s.Cmd.Process.Kill()
	<-s.Ended
	if err := inFile(t, file, id); err != nil {
		t.Error(err)
	}
	again := stacktest.Up(t, "--keep", file)
	if status, _, _ := do(t, "GET", again.UI+"/api/v2/trace/"+id); status != 200 {
		t.Errorf("started again, the trace is %d", status)
	}
}

// TestNobodyReadsWhatItSays, since the terminal or the pipe is gone: it saves all the same.
func TestNobodyReadsWhatItSays(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "traces.json")
	cmd := exec.Command(stacktest.Program, append([]string{"up", "--log-level", "debug", "--keep", file}, stacktest.FreePorts()...)...)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = write, write
	testbed.EndWithTest(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	said := make([]byte, 1<<20)
	for n := 0; !strings.Contains(string(said[:n]), "is up in"); {
		more, err := read.Read(said[n:])
		if n += more; err != nil {
			t.Fatalf("%v: %s", err, said[:n])
		}
	}
	read.Close()
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); cmd.ProcessState.Sys().(syscall.WaitStatus).Signaled() {
		t.Errorf("it ended by %v", err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}
