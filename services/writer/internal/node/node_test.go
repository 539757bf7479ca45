package node_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"example.com/tracelab/internal/testbed/redistest"
	"example.com/tracelab/services/writer/internal/node"
)

// TestOneServer has one connection to it, for which the next command waits.
func TestOneServer(t *testing.T) {
	server := miniredis.RunT(t)
	server.RequireUserAuth("ann", "secret")
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr(), Username: "ann", Password: "secret", MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}})
	defer rdb.Close()
	if of, err := node.Of(t.Context(), rdb, "key"); err != nil || of != rdb {
		t.Errorf("%v, %v", of, err)
	}
	const timeout = 30 * time.Millisecond
	one, err := node.Connect(t.Context(), rdb, "key", timeout)
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	if err := one.Set(t.Context(), "key", "value", 0).Err(); err != nil {
		t.Fatalf("it may not: %v", err)
	}
	taken := one.Conn()
	if err := taken.Ping(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := one.Get(t.Context(), "key").Err(); !errors.Is(err, redis.ErrPoolTimeout) || time.Since(began) < timeout {
		t.Errorf("while another has the connection: %v after %s", err, time.Since(began))
	}
	taken.Close()
	if got, err := one.Get(t.Context(), "key").Result(); err != nil || got != "value" {
		t.Errorf("afterwards: %q, %v", got, err)
	}
}

// TestTheServerOfAKey asks each server of a Cluster for its keys, over a
// connection to it alone.
func TestTheServerOfAKey(t *testing.T) {
	t.Parallel()
	cluster := redistest.StartCluster(t)
	rdb := redis.NewClusterClient(&redis.ClusterOptions{Addrs: cluster.Addrs})
	defer rdb.Close()
	seen := map[string]bool{}
	for i := range 20 {
		key := fmt.Sprint("key", i)
		one, err := node.Connect(t.Context(), rdb, key, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		seen[one.Options().Addr] = true
		if err := one.Set(t.Context(), key, "value", 0).Err(); err != nil {
			t.Errorf("%s at %s: %v", key, one.Options().Addr, err)
		}
		one.Close()
	}
	if len(seen) < 2 {
		t.Errorf("all keys are at %v", seen)
	}
}

// TestRedirected asks a server of a Cluster for the key of another.
func TestRedirected(t *testing.T) {
	t.Parallel()
	cluster := redistest.StartCluster(t)
	one := redis.NewClient(&redis.Options{Addr: cluster.Addrs[0], MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}})
	defer one.Close()
	redirected := 0
	for i := range 20 {
		if node.Redirected(one.Set(t.Context(), fmt.Sprint("key", i), "value", 0).Err()) {
			redirected++
		}
	}
	if redirected == 0 || redirected == 20 {
		t.Errorf("%d of 20 commands were sent on", redirected)
	}
	for _, err := range []error{nil, redis.Nil, context.Canceled} {
		if node.Redirected(err) {
			t.Errorf("%v sends on", err)
		}
	}
}
