package redistrace_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/redistest"
	"example.com/tracelab/tracing/redistrace"
)

func clusterOptions(c *redistest.Cluster) *redis.ClusterOptions {
	return &redis.ClusterOptions{
		Addrs:                    c.Addrs,
		ContextTimeoutEnabled:    true,
		DialerRetries:            1,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

// TestCluster asks a cluster that changes: whatever go-redis has to do, it is
// one span. The redirects are counted by the node that sent them.
func TestCluster(t *testing.T) {
	cluster := redistest.StartCluster(t)
	setups := map[string]func(*redis.ClusterOptions){
		"the hook on the cluster": func(*redis.ClusterOptions) {},
		"and on its nodes": func(opt *redis.ClusterOptions) {
			opt.NewClient = func(opt *redis.Options) *redis.Client {
				node := redis.NewClient(opt)
				node.AddHook(redistrace.Hook{})
				return node
			}
		},
		"reading from replicas": func(opt *redis.ClusterOptions) { opt.ReadOnly = true },
	}
	for name, setup := range setups {
		t.Run(name, func(t *testing.T) {
			f := follow(t)
			opt := clusterOptions(cluster)
			setup(opt)
			c := traced(t, redis.NewClusterClient(opt))
			ask := func(call int, key string) {
				t.Helper()
				if err := calls[call].do(f.ctx, c, key); err != nil {
					t.Fatalf("%s: %v", calls[call].name, err)
				}
				f.check(f.only(), calls[call].operation, calls[call].tags)
			}
			for i := range calls {
				ask(i, "key") // finds the cluster first
				// go-redis may look at the cluster by itself between the switch and the call,
				// for the last MOVED: then it is switched again.
				err := testbed.Eventually(func() error {
					old := cluster.Owner(t, "key")
					knows(t, c, "key", old.Options().Addr)
					before := answers(t, old, "MOVED")
					cluster.SwitchOver(t, "key")
					ask(i, "key")
					if !opt.ReadOnly && answers(t, old, "MOVED") == before {
						return fmt.Errorf("%s was not sent on with MOVED: the test does not test what it says", calls[i].name)
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
			f.everyNode(c)
		})
	}
	t.Run("what nodes do by themselves", func(t *testing.T) {
		f := follow(t)
		c := redis.NewClusterClient(clusterOptions(cluster))
		t.Cleanup(func() { c.Close() })
		redistrace.Hook{}.AddTo(c)
		f.watches(c) // the first call, which has to find the cluster
		f.everyNode(c)
		old := cluster.Owner(t, "key")
		cluster.SwitchOver(t, "key")
		f.watches(c)
		if old.Options().Addr == cluster.Owner(t, "key").Options().Addr {
			t.Error("the key has not moved: the test does not test what it says")
		}
	})
	t.Run("a slot that moves", func(t *testing.T) {
		f := follow(t)
		c := traced(t, redis.NewClusterClient(clusterOptions(cluster)))
		cluster.Migrate(t, "moving")
		owner := cluster.Owner(t, "moving")
		for _, call := range calls {
			before := answers(t, owner, "ASK")
			if err := call.do(f.ctx, c, "moving"); err != nil {
				t.Fatalf("%s: %v", call.name, err)
			}
			f.check(f.only(), call.operation, call.tags)
			if answers(t, owner, "ASK") == before {
				t.Errorf("%s was not sent on with ASK: the test does not test what it says", call.name)
			}
		}
	})
	t.Run("a primary that dies", func(t *testing.T) {
		f := follow(t)
		opt := clusterOptions(cluster)
		opt.ClusterStateReloadInterval = 200 * time.Millisecond // a node that died does not send it on
		c := traced(t, redis.NewClusterClient(opt))
		attempts := f.attempt(c)
		cluster.FailOver(t, "attempt")
		attempts.stop()
		for _, call := range calls {
			err := testbed.Eventually(func() error { return call.do(context.Background(), c, "attempt") })
			if err != nil {
				t.Fatal(err)
			}
			if err := call.do(f.ctx, c, "attempt"); err != nil {
				t.Fatal(err)
			}
			f.check(f.only(), call.operation, call.tags)
		}
	})
}

// knows waits until a client, which learns in the background, takes a node for
// the one that serves a key.
func knows(t *testing.T, c *redis.ClusterClient, key, addr string) {
	t.Helper()
	err := testbed.Eventually(func() error {
		node, err := c.MasterForKey(context.Background(), key)
		if err == nil && node.Options().Addr != addr {
			err = fmt.Errorf("it takes %s for it", node.Options().Addr)
		}
		return err
	})
	if err != nil {
		t.Fatalf("the client never finds %s, which serves %q: %v", addr, key, err)
	}
}

// watches changes a key under a Watch, and checks that its spans are there. A node that
// says MOVED did not fail.
func (f *trail) watches(c *redis.ClusterClient) {
	f.t.Helper()
	err := testbed.Eventually(func() error {
		f.recorder.Flush() // of an attempt on a node that is a replica by now
		return c.Watch(f.ctx, func(tx *redis.Tx) error {
			_, err := tx.TxPipelined(f.ctx, func(p redis.Pipeliner) error { return p.Incr(f.ctx, "counter{key}").Err() })
			return err
		}, "counter{key}")
	})
	if err != nil {
		f.t.Fatal(err)
	}
	spans := f.spans()
	for _, s := range spans[:max(0, len(spans)-2)] {
		f.check(s, "WATCH", map[string]string{"db.response.status_code": "MOVED"})
	}
	if len(spans) < 2 {
		f.t.Fatalf("a Watch left %s", text(spans...))
	}
	f.check(spans[len(spans)-2], "WATCH", nil)
	f.check(spans[len(spans)-1], "MULTI", map[string]string{"db.operation.batch.size": "1"})
}

// everyNode makes calls that several nodes answer.
func (f *trail) everyNode(c *redis.ClusterClient) {
	f.t.Helper()
	if err := c.Exists(f.ctx, "key").Err(); err != nil { // a replica may be asked
		f.t.Fatal(err)
	}
	f.check(f.only(), "EXISTS", nil)
	if err := c.DBSize(f.ctx).Err(); err != nil {
		f.t.Fatal(err)
	}
	f.check(f.only(), "DBSIZE", nil)
	_, err := c.Pipelined(f.ctx, func(p redis.Pipeliner) error {
		for _, key := range []string{"a", "b", "c", "d"} {
			p.Set(f.ctx, key, key, 0)
		}
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	f.check(f.only(), "PIPELINE", map[string]string{"db.operation.batch.size": "4"})
	_, err = c.TxPipelined(f.ctx, func(p redis.Pipeliner) error {
		p.Set(f.ctx, "a", "a", 0)
		return p.Set(f.ctx, "b", "b", 0).Err()
	})
	if err == nil {
		f.t.Fatal("a transaction over two nodes")
	}
	if s := f.only(); s.Name != "MULTI" || s.Tags["db.response.status_code"] != "CROSSSLOT" || s.Tags["error"] == "" {
		f.t.Errorf("%s; want an error CROSSSLOT", text(s))
	}
}

// answers is how often a node has answered with an error of a kind.
func answers(t *testing.T, node *redis.Client, code string) string {
	t.Helper()
	info, err := node.Info(context.Background(), "errorstats").Result()
	if err != nil {
		t.Fatal(err)
	}
	_, count, _ := strings.Cut(info, "errorstat_"+code+":count=")
	count, _, _ = strings.Cut(count, "\r\n")
	return count
}
