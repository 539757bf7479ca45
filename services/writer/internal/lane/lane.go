// Package lane is a connection to Redis on which commands go one after the other.
package lane

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/services/writer/internal/changes"
	"example.com/tracelab/services/writer/internal/node"
)

// Do does a command for key on a lane to its server, whose connection is
// in use until then, for as long as wait, to read the changes. A command waits
// for a connection as long as timeout.
func Do(ctx context.Context, rdb redis.UniversalClient, key string, timeout, wait time.Duration, do func(context.Context, redis.Cmdable) error) error {
	until := time.Now().Add(wait)
	lane, err := node.Connect(ctx, rdb, key, timeout)
	if err != nil {
		return err
	}
	taken, ended := make(chan struct{}), make(chan struct{})
	take := sync.OnceFunc(func() { close(taken) })
	lane.AddHook(dialling(take))
	changes.Apart(ctx, func(ctx context.Context) {
		defer close(ended)
		defer take()
		follow(ctx, rdb, lane, key, until)
	})
	defer func() {
		lane.Close()
		<-ended // nothing of a request outlives it
	}()
	select {
	case <-taken:
	case <-ctx.Done():
	}
	err = do(ctx, lane)
	if node.Redirected(err) { // the key has moved meanwhile
		err = do(ctx, rdb)
	}
	return err
}

// follow takes the connection of a lane, and reads the changes on it. Whoever closes the
// lane ends it.
func follow(ctx context.Context, rdb redis.UniversalClient, lane *redis.Client, key string, until time.Time) {
	conn := lane.Conn()
	defer conn.Close()
	if conn.Ping(ctx).Err() != nil {
		return
	}
	stream, err := changes.Beside(ctx, rdb, key)
	if err != nil {
		return
	}
	changes.Await(ctx, conn, stream, until)
}

// dialling is called when a client dials: its connection is in use from then on, and
// others wait for it, which is what takes time on a busy machine.
type dialling func()

// DialHook calls d, and dials.
func (d dialling) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		d()
		return next(ctx, network, addr)
	}
}

// ProcessHook changes nothing.
func (dialling) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

// ProcessPipelineHook changes nothing.
func (dialling) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}
