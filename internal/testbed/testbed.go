// Package testbed starts real servers for tests, each on a free port of
// loopback: redis-server, the released Zipkin server, and this program's own
// stack in processes of its own. A test that finds a product missing is skipped
// with a sentence that says how to have it; with REQUIRE_REAL=1 it fails.
package testbed

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// Missing skips the test, or fails it where everything must be there.
func Missing(t testing.TB, what, how string) {
	t.Helper()
	if os.Getenv("REQUIRE_REAL") == "1" {
		t.Fatalf("%s is missing, and REQUIRE_REAL=1: %s", what, how)
	}
	t.Skipf("%s is missing: %s", what, how)
}

// FreePort is a TCP port of loopback that nobody listens on.
func FreePort(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	return port
}

// process is a server that a test can stop and start again at its address.
type process struct {
	t      testing.TB
	args   []string
	env    []string
	ready  func(context.Context) error
	within time.Duration

	cmd *exec.Cmd
	log Output
}

// Output keeps what a process says, while others read it. Its zero value is
// ready.
type Output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write keeps more.
func (l *Output) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String is what was said so far.
func (l *Output) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Start starts the server, if it is not running, and waits until it answers.
func (p *process) Start() {
	p.t.Helper()
	if p.cmd != nil {
		return
	}
	p.cmd = exec.Command(p.args[0], p.args[1:]...)
	p.cmd.Env = append(os.Environ(), p.env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	endWithTest(p.cmd)
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), p.within)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := p.ready(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			p.t.Fatalf("%s does not answer after %s: %v\n%s", p.args[0], p.within, err, p.log.String())
		case <-tick.C:
		}
	}
}

// Stop kills the server, if it is running, and waits for its end.
func (p *process) Stop() {
	if p.cmd != nil {
		p.cmd.Process.Kill()
		p.cmd.Wait()
		p.cmd = nil
	}
}
