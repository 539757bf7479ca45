package writer

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
)

// resume goes on with the messages that were in flight when this consumer died.
func (c *consumer) resume(ctx context.Context) error {
	return c.retake(ctx, redis.XPendingExtArgs{Consumer: c.name, Count: c.cfg.QueueLimit})
}

// claim takes over what is in the hands of consumers that are dead, and what
// failed and is to be tried again.
func (c *consumer) claim(ctx context.Context) error {
	return c.retake(ctx, redis.XPendingExtArgs{Idle: claimIdle, Count: int64(c.cfg.QueueWorkers)})
}

// renewAlways renews what is in flight from time to time, until ctx ends.
func (c *consumer) renewAlways(ctx context.Context) {
	for wait(ctx, claimEvery) {
		if err := c.renew(ctx); err != nil {
			slog.DebugContext(ctx, "what is in hand cannot be renewed", "err", err)
		}
	}
}

// renew says that what is in flight is alive.
func (c *consumer) renew(ctx context.Context) error {
	ids := c.inFlight.list()
	if len(ids) == 0 {
		return nil
	}
	return c.redis.XClaimJustID(ctx, &redis.XClaimArgs{Stream: stream, Group: group, Consumer: c.name, Messages: ids}).Err()
}

// retake takes over messages that were begun and not finished.
func (c *consumer) retake(ctx context.Context, which redis.XPendingExtArgs) error {
	which.Stream, which.Group, which.Start, which.End = stream, group, "-", "+"
	pending, err := c.redis.XPendingExt(ctx, &which).Result()
	if err != nil {
		return err
	}
	for _, p := range pending {
		if c.inFlight.has(p.ID) {
			continue
		}
		messages, err := c.redis.XClaim(ctx, &redis.XClaimArgs{Stream: stream, Group: group, Consumer: c.name,
			MinIdle: which.Idle, Messages: []string{p.ID}}).Result()
		if err != nil {
			return err
		}
		for _, m := range messages { // none if another was faster
			if err := c.again(ctx, m, p.RetryCount); err != nil {
				return err
			}
		}
	}
	return nil
}

// again accepts a message that was begun before. One that was begun too often
// becomes a dead letter: it may be what ends its consumers.
func (c *consumer) again(ctx context.Context, m redis.XMessage, begun int64) error {
	if begun < c.cfg.MaxDeliveries {
		c.accept(ctx, m)
		return nil
	}
	err := c.deadLetter(ctx, m, fmt.Sprintf("it was begun %d times and never ended", begun))
	if err == nil {
		c.done.add(m.ID)
	}
	return err
}

// wait reports whether the time passed before ctx ended.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
