package testbed

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// RedisSentinel is a running primary with two replicas, watched by three
// Sentinels.
type RedisSentinel struct {
	Name  string   // under which the Sentinels know it
	Addrs []string // of the Sentinels

	data  []*Redis
	watch []*redis.Client // the Sentinels' own
}

// StartRedisSentinel runs three redis-servers and three Sentinels until the
// test ends, and waits until all know each other.
func StartRedisSentinel(t testing.TB) *RedisSentinel {
	t.Helper()
	s := &RedisSentinel{Name: "lab"}
	ports := distinctPorts(t, 6)
	for i, port := range ports[:3] {
		r := newRedis(t, port)
		if i > 0 {
			r.args = append(r.args, "--replicaof", "127.0.0.1 "+ports[0])
		}
		r.Start()
		s.data = append(s.data, r)
	}
	eventually(t, "in step", func() error {
		info, err := plainRedis(t, s.data[0].Addr).Info(context.Background(), "replication").Result()
		if err == nil && strings.Count(info, "state=online") != 2 {
			err = fmt.Errorf("the primary says: %s", info)
		}
		return err
	})
	for _, port := range ports[3:] {
		s.startSentinel(t, port, ports[0])
	}
	for _, w := range s.watch {
		eventually(t, "watched", func() error { return s.watched(w) })
	}
	return s
}

func (s *RedisSentinel) startSentinel(t testing.TB, port, primary string) {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		Missing(t, "redis-server", "install the package redis-server")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "sentinel.conf") // it writes there what it learns
	// Sentinels are patient: a busy machine must not make them vote.
	conf := fmt.Sprintf("port %s\nbind 127.0.0.1\ndir %s\nsentinel monitor %s 127.0.0.1 %s 2\n"+
		"sentinel down-after-milliseconds %[3]s 15000\nsentinel failover-timeout %[3]s 15000\n", port, dir, s.Name, primary)
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	addr := net.JoinHostPort("127.0.0.1", port)
	client := plainRedis(t, addr)
	p := &process{t: t, within: 10 * time.Second, args: []string{program, file, "--sentinel"},
		ready: func(ctx context.Context) error { return client.Ping(ctx).Err() }}
	t.Cleanup(p.Stop)
	p.Start()
	// They talk every second or two; a test need not wait for that. Redis before
	// 7.0 cannot be told, and only takes longer.
	client.Do(context.Background(), "SENTINEL", "DEBUG", "PING-PERIOD", 100, "ASK-PERIOD", 100, "PUBLISH-PERIOD", 100)
	s.Addrs = append(s.Addrs, addr)
	s.watch = append(s.watch, client)
}

func (s *RedisSentinel) watched(by *redis.Client) error {
	info, err := by.Info(context.Background(), "sentinel").Result()
	if err == nil && !strings.Contains(info, "slaves=2,sentinels=3") {
		err = fmt.Errorf("a Sentinel says: %s", info)
	}
	return err
}

// Primary is a client of the present primary, for questions to it alone.
func (s *RedisSentinel) Primary(t testing.TB) *redis.Client {
	t.Helper()
	addr, err := s.primary(s.watch[0])
	if err != nil {
		t.Fatal(err)
	}
	return plainRedis(t, addr)
}

func (s *RedisSentinel) primary(by *redis.Client) (addr string, err error) {
	pair, err := redis.NewStringSliceCmd(context.Background(), "SENTINEL", "GET-MASTER-ADDR-BY-NAME", s.Name), error(nil)
	if err = by.Process(context.Background(), pair); err != nil {
		return "", err
	}
	return net.JoinHostPort(pair.Val()[0], pair.Val()[1]), nil
}

// FailOver kills the primary, has a replica take its place at once (the
// Sentinels need not find out first), and waits until all Sentinels name it and
// it takes writes.
func (s *RedisSentinel) FailOver(t testing.TB) {
	t.Helper()
	old, err := s.primary(s.watch[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range s.data {
		if r.Addr == old {
			r.Stop()
		}
	}
	eventually(t, "begun", func() error { return s.watch[0].Do(context.Background(), "SENTINEL", "FAILOVER", s.Name).Err() })
	for i, w := range s.watch {
		eventually(t, "changed", func() error {
			addr, err := s.primary(w)
			if err == nil && addr == old {
				err = fmt.Errorf("the Sentinel at %s still names %s", s.Addrs[i], old)
			}
			return err
		})
	}
	eventually(t, "writable", func() error { return s.Primary(t).Set(context.Background(), "writable", "yes", 0).Err() })
}
