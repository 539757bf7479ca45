package writer

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
	"go.opencensus.io/trace"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
)

// redisWrite stores a value under a span of that name.
func (w *writer) redisWrite(ctx context.Context, key, value string) error {
	ctx, span := trace.StartSpan(ctx, "redisWrite")
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, w.cfg.RedisTimeout)
	defer cancel()
	if err := w.write(ctx, key, value); err != nil {
		httpapi.Mark(span, err)
		return err
	}
	return nil
}

// write does what a request may ask for beside the value that it stores, and
// stores it.
func (w *writer) write(ctx context.Context, key, value string) error {
	for _, beside := range []struct {
		asked string
		do    func(context.Context, faults.Args, string) error
	}{
		{"lock-contention", w.catchUp},
		{"slow-disk", w.journal},
		{"n-plus-one", w.rank},
	} {
		args, ok := faults.Here(ctx, beside.asked)
		if !ok {
			continue
		}
		end := faults.Measure(ctx, beside.asked)
		err := beside.do(ctx, args, value)
		end()
		if err != nil {
			return err
		}
	}
	if err := w.store(ctx, key, value); err != nil {
		return unavailable(err)
	}
	return nil
}

func (w *writer) store(ctx context.Context, key, value string) error {
	if args, ok := faults.Here(ctx, "pool-exhaustion"); ok {
		defer faults.Measure(ctx, "pool-exhaustion")()
		return w.setInOrder(ctx, key, value, args.Duration("ms"))
	}
	return w.set(ctx, w.redis, key, value)
}

func (w *writer) set(ctx context.Context, rdb redis.UniversalClient, key, value string) error {
	if _, ok := faults.Here(ctx, "failing-dependency"); ok {
		defer faults.Measure(ctx, "failing-dependency")()
		// A time that somebody forgot to set is in 1970, which Redis refuses.
		return rdb.SetArgs(ctx, key, value, redis.SetArgs{ExpireAt: time.Unix(0, 0)}).Err()
	}
	return rdb.Set(ctx, key, value, w.cfg.ValueTTL).Err()
}
