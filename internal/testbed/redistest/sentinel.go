package redistest

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/internal/testbed"
)

// Sentinel is a running primary with two replicas, watched by three
// Sentinels.
type Sentinel struct {
	Name  string   // under which the Sentinels know it
	Addrs []string // of the Sentinels

	data  []*Server
	watch []*redis.Client // the Sentinels' own
}

// StartSentinel runs three redis-servers and three Sentinels until the
// test ends, and waits until all know each other.
func StartSentinel(t testing.TB) *Sentinel {
	t.Helper()
	s := &Sentinel{Name: "lab"}
	primary := testbed.FreePort(t)
	for i := range 3 {
		var r *Server
		if i == 0 {
			r = newServer(t, primary)
		} else {
			r = newServer(t, testbed.FreePort(t), "--replicaof", "127.0.0.1 "+primary)
		}
		r.Start()
		s.data = append(s.data, r)
	}
	eventually(t, "in step", func() error {
		info, err := client(t, s.data[0].Addr).Info(context.Background(), "replication").Result()
		if err == nil && strings.Count(info, "state=online") != 2 {
			err = fmt.Errorf("the primary says: %s", info)
		}
		return err
	})
	for range 3 {
		s.startSentinel(t, testbed.FreePort(t), primary)
	}
	for _, w := range s.watch {
		eventually(t, "watched", func() error { return s.watched(w) })
	}
	return s
}

func (s *Sentinel) startSentinel(t testing.TB, port, primary string) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "sentinel.conf") // it writes there what it learns
	// A long timeout: a busy machine must not make them vote.
	conf := fmt.Sprintf("port %s\nbind 127.0.0.1\ndir %s\nsentinel monitor %s 127.0.0.1 %s 2\n"+
		"sentinel down-after-milliseconds %[3]s 15000\nsentinel failover-timeout %[3]s 15000\n", port, dir, s.Name, primary)
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	addr := net.JoinHostPort("127.0.0.1", port)
	c := client(t, addr)
	testbed.NewServer(t, startWithin, answers(c), program(t), file, "--sentinel").Start()
	// They talk every second or two; a test need not wait for that. Redis before
	// 7.0 has no such command, and only takes longer.
	c.Do(context.Background(), "SENTINEL", "DEBUG", "PING-PERIOD", 100, "ASK-PERIOD", 100, "PUBLISH-PERIOD", 100)
	s.Addrs = append(s.Addrs, addr)
	s.watch = append(s.watch, c)
}

func (s *Sentinel) watched(by *redis.Client) error {
	info, err := by.Info(context.Background(), "sentinel").Result()
	if err == nil && !strings.Contains(info, "slaves=2,sentinels=3") {
		err = fmt.Errorf("a Sentinel says: %s", info)
	}
	return err
}

// Primary is a client of the present primary, for questions to it alone.
func (s *Sentinel) Primary(t testing.TB) *redis.Client {
	t.Helper()
	addr, err := s.primary(s.watch[0])
	if err != nil {
		t.Fatal(err)
	}
	return client(t, addr)
}

func (s *Sentinel) primary(by *redis.Client) (addr string, err error) {
	pair, err := redis.NewStringSliceCmd(context.Background(), "SENTINEL", "GET-MASTER-ADDR-BY-NAME", s.Name), error(nil)
	if err = by.Process(context.Background(), pair); err != nil {
		return "", err
	}
	return net.JoinHostPort(pair.Val()[0], pair.Val()[1]), nil
}

// FailOver kills the primary, has a replica take its place at once (the
// Sentinels need not find out first), and waits until all Sentinels name it and
// it takes writes.
func (s *Sentinel) FailOver(t testing.TB) {
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
