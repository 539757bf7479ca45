package testbed

import (
	"context"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Redis is a running redis-server.
type Redis struct {
	process
	Addr string
}

// StartRedis runs a redis-server without persistence until the test ends.
func StartRedis(t testing.TB) *Redis {
	t.Helper()
	r := newRedis(t, FreePort(t))
	r.Start()
	return r
}

// newRedis is a redis-server that is still to be started, and ends with the test.
func newRedis(t testing.TB, port string, args ...string) *Redis {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		Missing(t, "redis-server", "install the package redis-server")
	}
	r := &Redis{Addr: net.JoinHostPort("127.0.0.1", port)}
	client := plainRedis(t, r.Addr)
	r.process = process{t: t, within: 10 * time.Second,
		args: append([]string{program, "--port", port, "--bind", "127.0.0.1", "--dir", t.TempDir(),
			"--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"}, args...),
		ready: func(ctx context.Context) error { return client.Ping(ctx).Err() },
	}
	t.Cleanup(r.Stop)
	return r
}

// plainRedis is a client without patience, for the testbed's own questions: it
// must not make up for a server that is not there.
func plainRedis(t testing.TB, addr string) *redis.Client {
	client := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1, DialerRetries: 1, DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}})
	t.Cleanup(func() { client.Close() })
	return client
}

// eventually waits for a state of several servers, up to twenty seconds.
func eventually(t testing.TB, what string, ok func() error) {
	t.Helper()
	if err := Within(20*time.Second, ok); err != nil {
		t.Fatalf("never %s: %v", what, err)
	}
}
