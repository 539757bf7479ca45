package lane_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/services/writer/internal/lane"
)

// newRedis returns a server and a client of it.
func newRedis(t *testing.T) (*miniredis.Miniredis, *redis.Client) {
	t.Helper()
	server := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr(), MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}})
	t.Cleanup(func() { rdb.Close() })
	return server, rdb
}

// TestACommandWaitsForItsConnection finds it closed afterwards.
func TestACommandWaitsForItsConnection(t *testing.T) {
	server, rdb := newRedis(t)
	const wait = 50 * time.Millisecond
	began := time.Now()
	err := lane.Do(t.Context(), rdb, "key", 10*time.Second, wait, func(ctx context.Context, conn redis.Cmdable) error {
		if conn == redis.Cmdable(rdb) {
			t.Error("the command takes the usual way")
		}
		return conn.Set(ctx, "key", "value", 0).Err()
	})
	if took := time.Since(began); err != nil || took < wait {
		t.Errorf("%v after %s", err, took)
	}
	if got, err := server.Get("key"); err != nil || got != "value" {
		t.Errorf("Redis holds %q, %v", got, err)
	}
	err = testbed.Eventually(func() error {
		if n := server.CurrentConnectionCount(); n > 0 { // rdb has sent nothing
			return errors.New("connections are open")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestACommandWaitsWhileItsConnectionIsMade, which takes longer than what comes after it
// where all processors are busy: it is the command that waits then, not its caller.
func TestACommandWaitsWhileItsConnectionIsMade(t *testing.T) {
	server, waiting := miniredis.RunT(t), make(chan struct{})
	rdb := redis.NewClient(&redis.Options{
		Addr: server.Addr(), MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		Dialer: func(ctx context.Context, network, addr string) (net.Conn, error) {
			select {
			case <-waiting:
			case <-ctx.Done():
			}
			return new(net.Dialer).DialContext(ctx, network, addr)
		},
		DialTimeout: 20 * time.Second,
	})
	defer rdb.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	err := lane.Do(ctx, rdb, "key", 30*time.Second, time.Millisecond, func(ctx context.Context, conn redis.Cmdable) error {
		close(waiting)
		return conn.Set(ctx, "key", "value", 0).Err()
	})
	if err != nil {
		t.Error(err)
	}
}

// TestItHasItsError and the end of its request.
func TestItHasItsError(t *testing.T) {
	_, rdb := newRedis(t)
	failed := errors.New("failed")
	if err := lane.Do(t.Context(), rdb, "key", time.Second, time.Millisecond, func(context.Context, redis.Cmdable) error { return failed }); err != failed {
		t.Errorf("%v; want the command's", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	began := time.Now()
	err := lane.Do(ctx, rdb, "key", time.Hour, time.Hour, func(ctx context.Context, conn redis.Cmdable) error {
		return conn.Set(ctx, "key", "value", 0).Err()
	})
	if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took > 20*time.Second {
		t.Errorf("%v after %s", err, took)
	}
}

// TestAConnectionThatIsNotFreeInTime gives the command less than it needs.
func TestAConnectionThatIsNotFreeInTime(t *testing.T) {
	_, rdb := newRedis(t)
	err := lane.Do(t.Context(), rdb, "key", 20*time.Millisecond, 2*time.Second, func(ctx context.Context, conn redis.Cmdable) error {
		return conn.Set(ctx, "key", "value", 0).Err()
	})
	if !errors.Is(err, redis.ErrPoolTimeout) {
		t.Errorf("%v", err)
	}
}
