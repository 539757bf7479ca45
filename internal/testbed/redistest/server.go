// Package redistest starts real Redis servers for tests, each on a free port of
// loopback: one alone, a Redis Cluster, a Sentinel set.
package redistest

import (
	"context"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"example.com/tracelab/internal/testbed"
)

// Server is a running redis-server.
type Server struct {
	*testbed.Server
	Addr string
}

// Start runs a redis-server without persistence until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	r := newServer(t, testbed.FreePort(t))
	r.Start()
	return r
}

// newServer is a redis-server that is still to be started, and ends with the test.
func newServer(t testing.TB, port string, args ...string) *Server {
	t.Helper()
	addr := net.JoinHostPort("127.0.0.1", port)
	own := append([]string{program(t), "--port", port, "--bind", "127.0.0.1", "--dir", t.TempDir(),
		"--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"}, args...)
	return &Server{Addr: addr, Server: testbed.NewServer(t, startWithin, answers(client(t, addr)), own...)}
}

// startWithin bounds how long a server takes until it answers.
const startWithin = time.Minute

func program(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		testbed.Missing(t, "redis-server", "install the package redis-server")
	}
	return path
}

func answers(c *redis.Client) func(context.Context) error {
	return func(ctx context.Context) error { return c.Ping(ctx).Err() }
}

// client is a client without retries, for the testbed's own commands: a server that
// is not there must be an error.
func client(t testing.TB, addr string) *redis.Client {
	c := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1, DialerRetries: 1, DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}})
	t.Cleanup(func() { c.Close() })
	return c
}

// eventually waits for a state of several servers, or gives up.
func eventually(t testing.TB, what string, ok func() error) {
	t.Helper()
	if err := testbed.Eventually(ok); err != nil {
		t.Fatalf("never %s: %v", what, err)
	}
}
