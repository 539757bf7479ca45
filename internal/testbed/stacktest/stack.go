// Package stacktest builds this program for tests and runs it, its stack or its
// store alone, in processes of their own on free ports of loopback.
package stacktest

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"example.com/tracelab/internal/testbed"
)

// Program is the path of the tracelab binary that Main built.
var Program string

// Main builds the program, with the race detector when the tests have it, and
// runs the tests: for a TestMain to pass to os.Exit.
func Main(m *testing.M) int { return run(m, testbed.Race) }

// MainMeasured is Main for tests that measure the program: it never has the
// race detector, which would be most of the cost.
func MainMeasured(m *testing.M) int { return run(m, false) }

func run(m *testing.M, race bool) int {
	testbed.OneLine()
	dir, err := os.MkdirTemp("", "tracelab-test")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	Program = filepath.Join(dir, "tracelab")
	if race {
		// The race detector would hold every process for a second at its end.
		os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE"))
	}
	if err := Build(Program, race); err != nil {
		fmt.Fprintln(os.Stderr, "building the program:", err)
		return 1
	}
	if !flag.Parsed() && runtime.GOMAXPROCS(0) < atOnce {
		flag.Set("test.parallel", strconv.Itoa(atOnce)) // a flag of the command line comes later
	}
	return m.Run()
}

// atOnce is how many tests that are parallel run at once, at least: they wait for
// processes most of their time, and need a core for little of it.
const atOnce = 4

// Build puts the program at path. It has go run copy it: go keeps the programs that it
// runs in its cache, so that it is linked once for all packages whose tests want it.
func Build(path string, race bool) error {
	out, err := exec.Command("go", "run", fmt.Sprintf("-race=%t", race), "-exec=cp", "example.com/tracelab/cmd/tracelab", path).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// Stack is a running `tracelab up`.
type Stack struct {
	Gateway, UI string        // base URLs
	Ended       chan struct{} // closed when the program has ended
	Cmd         *exec.Cmd

	t   testing.TB
	out testbed.Output
}

// FreePorts are the flags that put every piece of the stack on a free port.
func FreePorts() (flags []string) {
	for _, piece := range []string{"server", "gateway", "fetcher", "writer", "third-party", "gateway-debug", "fetcher-debug", "writer-debug"} {
		flags = append(flags, "--port-"+piece+"=0")
	}
	return flags
}

// Up starts the stack on free ports, waits until it says that it is up, and
// ends it with the test.
func Up(t testing.TB, args ...string) *Stack {
	t.Helper()
	s := Start(t, exec.Command(Program, append(append([]string{"up"}, FreePorts()...), args...)...))
	s.AwaitUp()
	return s
}

// Start starts a command that runs the stack, and ends it with the test.
func Start(t testing.TB, cmd *exec.Cmd) *Stack {
	t.Helper()
	s := &Stack{t: t, Cmd: cmd, Ended: make(chan struct{})}
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go s.read(pipe)
	t.Cleanup(s.Stop)
	return s
}

func (s *Stack) read(pipe io.Reader) {
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		fmt.Fprintln(&s.out, lines.Text())
	}
	s.Cmd.Wait()
	close(s.Ended)
}

// Output is what the program has said.
func (s *Stack) Output() string { return s.out.String() }

var (
	gatewayLine = regexp.MustCompile(`curl -s '(http://localhost:\d+)/visit'`)
	uiLine      = regexp.MustCompile(`look +(http://localhost:\d+)/`)
	lastLine    = regexp.MustCompile(`(?m)^ *stop +Ctrl-C.*\n`)
)

// AwaitUp reads from what the program says where its pieces are, once it has said all
// of it: lines come one by one, and tests look for what is below these, too.
func (s *Stack) AwaitUp() {
	s.t.Helper()
	err := testbed.Eventually(func() error {
		s.running()
		out := s.Output()
		g, u := gatewayLine.FindStringSubmatch(out), uiLine.FindStringSubmatch(out)
		if g == nil || u == nil || !lastLine.MatchString(out) {
			return fmt.Errorf("it says: %s", out)
		}
		s.Gateway, s.UI = g[1], u[1]
		return nil
	})
	if err != nil {
		s.dumpServices()
		s.t.Fatalf("never up: %v", err)
	}
}

// dumpServices has each service print the stacks of its goroutines, where the kernel
// lists the children of a process. Later the services are gone.
func (s *Stack) dumpServices() {
	signaled := 0
	for _, pid := range s.children() {
		if p, err := os.FindProcess(pid); err == nil && p.Signal(syscall.SIGQUIT) == nil {
			signaled++
		}
	}
	testbed.Eventually(func() error {
		if said := strings.Count(s.Output(), "SIGQUIT: quit"); said < signaled {
			return fmt.Errorf("%d of %d", said, signaled)
		}
		return nil
	})
}

// children are the process ids of the program's children; Linux lists them by
// the thread that started each.
func (s *Stack) children() (pids []int) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", s.Cmd.Process.Pid))
	for _, list := range lists {
		text, _ := os.ReadFile(list) // of a thread that has ended: none
		for _, field := range strings.Fields(string(text)) {
			if pid, err := strconv.Atoi(field); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// running fails the test if the program has ended.
func (s *Stack) running() {
	s.t.Helper()
	select {
	case <-s.Ended:
		s.t.Fatalf("it ended (%s), and said: %s", s.Cmd.ProcessState, s.Output())
	default:
	}
}

// Stop ends the program as Ctrl-C does, and waits for its end.
func (s *Stack) Stop() {
	s.Cmd.Process.Signal(syscall.SIGINT)
	<-s.Ended
	if s.t.Failed() {
		s.t.Logf("the program said:\n%s", s.Output())
	}
}
