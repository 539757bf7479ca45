package testbed

import (
	"context"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

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
		Missing(t, "redis-server", "install the package redis-server")
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
