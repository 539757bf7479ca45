package changes_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"go.opencensus.io/trace"

	"example.com/tracelab/internal/testbed/redistest"
	"example.com/tracelab/services/writer/internal/changes"
	"example.com/tracelab/services/writer/internal/node"
	"example.com/tracelab/tracing/tracetest"
)

// TestCatchingUpTakesItsTime gets no change meanwhile, and its reading is no
// part of the trace.
func TestCatchingUpTakesItsTime(t *testing.T) {
	spans := tracetest.Start(t, "always")
	rdb := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr(), MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}})
	defer rdb.Close()
	ctx, span := trace.StartSpan(t.Context(), "redisWrite")
	const reads = 30 * time.Millisecond
	began := time.Now()
	changes.CatchUp(ctx, rdb, time.Second, reads)
	took := time.Since(began)
	span.End()
	if took < reads || took > time.Minute {
		t.Errorf("it took %s, not %s", took, reads)
	}
	if all := spans.Take(); len(all) != 1 {
		t.Errorf("the spans are %+v", all)
	}
}

// TestAChangeEndsTheWait adds one while a goroutine waits for it.
func TestAChangeEndsTheWait(t *testing.T) {
	rdb := redis.NewClient(&redis.Options{Addr: redistest.Start(t).Addr, MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}})
	defer rdb.Close()
	caughtUp := make(chan struct{})
	go func() {
		defer close(caughtUp)
		changes.CatchUp(t.Context(), rdb, time.Second, time.Hour)
	}()
	tick, over := time.NewTicker(10*time.Millisecond), time.After(20*time.Second)
	defer tick.Stop()
	for {
		select {
		case <-caughtUp:
			return
		case <-over:
			t.Fatal("a change came, and the wait goes on")
		case <-tick.C: // the reader may not be there yet
			rdb.XAdd(t.Context(), &redis.XAddArgs{Stream: "tracelab:changes", Values: []string{"key", "value"}})
		}
	}
}

func TestCatchingUpEndsWithItsRequest(t *testing.T) {
	rdb := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr(), MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}})
	defer rdb.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	began := time.Now()
	changes.CatchUp(ctx, rdb, time.Second, time.Hour)
	if took := time.Since(began); took < 30*time.Millisecond || took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
}

// TestBesideAKey finds streams that the key's server reads.
func TestBesideAKey(t *testing.T) {
	cluster := redistest.StartCluster(t)
	rdb := redis.NewClusterClient(&redis.ClusterOptions{Addrs: cluster.Addrs})
	defer rdb.Close()
	for _, key := range []string{"a", "b", "c", "d", "e"} {
		stream, err := changes.Beside(t.Context(), rdb, key)
		if err != nil || !strings.HasPrefix(stream, "tracelab:changes:") {
			t.Fatalf("%s: %q, %v", key, stream, err)
		}
		server, _ := node.Of(t.Context(), rdb, key)
		if err := server.XLen(t.Context(), stream).Err(); err != nil {
			t.Errorf("%s: its server says of %s: %v", key, stream, err)
		}
	}
}
