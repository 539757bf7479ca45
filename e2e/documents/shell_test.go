package documents

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

// shell is bash, as a reader has it: in this repository, with tracelab on its path,
// 80 columns wide.
type shell struct {
	t   *testing.T
	dir string
	cmd *exec.Cmd
	in  io.Writer
	out *bufio.Reader
}

func newShell(t *testing.T) *shell {
	t.Helper()
	for _, program := range []string{"bash", "curl", "timeout"} {
		if _, err := exec.LookPath(program); err != nil {
			testbed.Missing(t, program, "install it; timeout is of GNU's coreutils")
		}
	}
	s := &shell{t: t, dir: repository(t)}
	cmd := s.bash()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.cmd, s.in, s.out = cmd, in, bufio.NewReader(out)
	t.Cleanup(func() { s.end(); cmd.Wait() })
	return s
}

// bash is one as the shell is, which ends with what it runs. Load is for three seconds
// where a command does not say for how long: ten are the default, and nothing to see.
func (s *shell) bash(args ...string) *exec.Cmd {
	cmd := exec.Command("bash", append([]string{"--noprofile", "--norc"}, args...)...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "COLUMNS=80", "TRACELAB_DURATION=3s", "PATH="+filepath.Dir(stacktest.Program)+":"+os.Getenv("PATH"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// aside is a command for a shell beside this one.
func (s *shell) aside(command string) *exec.Cmd { return s.bash("-c", command) }

// end ends the shell, and what it runs.
func (s *shell) end() { syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL) }

// repository is a folder with links to what is in this repository, so that what a
// command writes is not in it.
func repository(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := os.Symlink(filepath.Join(root, e.Name()), filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// run runs a command, and returns what it printed, on standard error too, and its exit
// status.
func (s *shell) run(command string) (printed string, status int) {
	s.t.Helper()
	const end = "\x01"
	fmt.Fprintf(s.in, "{ %s\n} </dev/null 2>&1\necho %s$?\n", command, end)
	var b strings.Builder
	defer time.AfterFunc(s.limit(command), s.end).Stop()
	for {
		line, err := s.out.ReadString('\n')
		if err != nil {
			s.t.Fatalf("%s: the shell ended: %v: %s%s", command, err, &b, line)
		}
		before, code, ended := strings.Cut(strings.TrimSuffix(line, "\n"), end)
		if !ended {
			b.WriteString(line)
			continue
		}
		status, err = strconv.Atoi(code)
		if err != nil {
			s.t.Fatalf("%s: exit status %q", command, code)
		}
		return b.String() + before, status
	}
}

// compiles is a command that may have to compile what it runs.
var compiles = regexp.MustCompile(`\bgo (build|install|list|run|test|tool|vet)\b`)

// limit is how long a command may take: a minute, which is enough for a machine however
// busy. To compile takes as long as the test may, but for what it takes to say so.
func (s *shell) limit(command string) time.Duration {
	deadline, limited := s.t.Deadline()
	switch {
	case !compiles.MatchString(command):
		return time.Minute
	case !limited:
		return math.MaxInt64
	}
	return time.Until(deadline) - 10*time.Second
}
