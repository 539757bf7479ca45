package writer

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/semaphore"
)

const (
	pollFor    = 500 * time.Millisecond // that a read waits for a message; bounds the end of the service too
	claimEvery = 5 * time.Second        // that others' unfinished messages are looked for
	claimIdle  = 15 * time.Second       // after which a message's consumer is taken for dead; the living renew theirs
)

// consumer is the queue's other end: it reads messages and has workers do them.
type consumer struct {
	*queue
	name     string
	slots    *semaphore.Weighted // for workers
	working  sync.WaitGroup
	inFlight inFlight
	done     doneList
}

// consume works on the queue until ctx ends. While Redis is away it waits and
// asks again.
func (q *queue) consume(ctx context.Context) error {
	c := newConsumer(q)
	upkeep, stop := context.WithCancel(context.WithoutCancel(ctx))
	var loops sync.WaitGroup
	loops.Go(func() { c.clear(upkeep) })
	loops.Go(func() { c.renewAlways(upkeep) })
	c.readAll(ctx)
	c.working.Wait()
	stop()
	loops.Wait()
	return nil
}

func newConsumer(q *queue) *consumer {
	return &consumer{
		queue:    q,
		name:     consumerName(q.cfg.Addr),
		slots:    semaphore.NewWeighted(int64(q.cfg.QueueWorkers)),
		inFlight: inFlight{ids: map[string]bool{}},
		done:     doneList{some: make(chan struct{}, 1)},
	}
}

// consumerName is the same after a restart, so that what was under way when the
// service died is its own to go on with. Without a port of its own it has no
// name that lasts.
func consumerName(addr string) string {
	host, _ := os.Hostname()
	if _, port, err := net.SplitHostPort(addr); err != nil || port == "0" {
		addr = rand.Text()[:8]
	}
	return host + "/" + addr
}

// readAll begins with what was in flight when this consumer died, and goes on
// with what comes.
func (c *consumer) readAll(ctx context.Context) {
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval, delays.MaxInterval = 100*time.Millisecond, 2*time.Second
	var resumed bool
	var claimed time.Time
	for ctx.Err() == nil {
		var err error
		switch {
		case !resumed:
			err = c.resume(ctx)
			resumed = err == nil
		case time.Since(claimed) >= claimEvery:
			if err = c.claim(ctx); err == nil {
				claimed = time.Now()
			}
		default:
			err = c.read(ctx)
		}
		if err == nil {
			delays.Reset()
			continue
		}
		if strings.HasPrefix(err.Error(), "NOGROUP") && c.createGroup(ctx) == nil {
			continue
		}
		slog.DebugContext(ctx, "the queue cannot be read; trying again", "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(delays.NextBackOff()):
		}
	}
}

// read takes new messages.
func (c *consumer) read(ctx context.Context) error {
	streams, err := c.redis.XReadGroup(ctx, &redis.XReadGroupArgs{Group: group, Consumer: c.name,
		Streams: []string{stream, ">"}, Count: int64(c.cfg.QueueWorkers), Block: pollFor}).Result()
	if errors.Is(err, redis.Nil) { // none came
		return nil
	}
	for _, s := range streams {
		for _, m := range s.Messages {
			c.accept(ctx, m)
		}
	}
	return err
}

func (q *queue) createGroup(ctx context.Context) error {
	err := q.redis.XGroupCreateMkStream(ctx, stream, group, "0").Err()
	if err != nil && strings.HasPrefix(err.Error(), "BUSYGROUP") {
		return nil
	}
	return err
}
