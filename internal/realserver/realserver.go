// Package realserver starts the real products for tests: redis-server and the
// released Zipkin server, each on a free port of loopback. A test that finds
// none is skipped with a sentence that says how to have one; with
// REQUIRE_REAL=1 it fails.
package realserver

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// missing skips the test, or fails it where everything must be there.
func missing(t testing.TB, what, how string) {
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
	log lockedBuffer
}

// lockedBuffer keeps what a server says, for the case that it fails.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
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

// Redis is a running redis-server.
type Redis struct {
	process
	Addr string
}

// StartRedis runs a redis-server without persistence until the test ends.
func StartRedis(t testing.TB) *Redis {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		missing(t, "redis-server", "install the package redis-server")
	}
	port := FreePort(t)
	r := &Redis{Addr: net.JoinHostPort("127.0.0.1", port)}
	client := redis.NewClient(&redis.Options{Addr: r.Addr, MaxRetries: -1, DialerRetries: 1})
	t.Cleanup(func() { client.Close() })
	r.process = process{t: t, within: 10 * time.Second,
		args:  []string{program, "--port", port, "--bind", "127.0.0.1", "--dir", t.TempDir(), "--save", "", "--appendonly", "no"},
		ready: func(ctx context.Context) error { return client.Ping(ctx).Err() },
	}
	t.Cleanup(r.Stop)
	r.Start()
	return r
}

// Zipkin is a running Zipkin server.
type Zipkin struct {
	process
	URL string
}

// StartZipkin runs the released Zipkin server, whose executable jar the
// variable ZIPKIN_JAR names, until the test ends.
func StartZipkin(t testing.TB) *Zipkin {
	t.Helper()
	java, err := exec.LookPath("java")
	if err != nil {
		missing(t, "java", "install a Java 17 runtime")
	}
	jar := os.Getenv("ZIPKIN_JAR")
	if jar == "" {
		missing(t, "the Zipkin server", "'make zipkin' fetches its jar; then set ZIPKIN_JAR to its path, which that command prints")
	}
	if _, err := os.Stat(filepath.Clean(jar)); err != nil {
		t.Fatalf("ZIPKIN_JAR: %v", err)
	}
	port := FreePort(t)
	z := &Zipkin{URL: "http://127.0.0.1:" + port}
	z.process = process{t: t, within: 2 * time.Minute,
		args: []string{java, "-Xmx512m", "-jar", jar},
		// It would listen on every interface; tests are nobody else's business.
		env: []string{"ARMERIA_PORTS_0_IP=127.0.0.1", "ARMERIA_PORTS_0_PORT=" + port, "ARMERIA_PORTS_0_PROTOCOLS_0=http"},
		ready: func(ctx context.Context) error {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, z.URL+"/health", nil)
			if err != nil {
				return err
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				return fmt.Errorf("/health: %s", resp.Status)
			}
			return nil
		},
	}
	t.Cleanup(z.Stop)
	z.Start()
	return z
}

// Log is what the server has said, for the message of a failed test.
func (p *process) Log() string { return strings.TrimSpace(p.log.String()) }
