package writer

import (
	"context"

	"github.com/redis/go-redis/v9"
	"go.opencensus.io/trace"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/services/writer/internal/plan"
)

// redisWrite stores a value under a span of that name.
func (w *writer) redisWrite(ctx context.Context, p *plan.Plan, key, value string) error {
	ctx, span := trace.StartSpan(ctx, "redisWrite")
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, w.cfg.RedisTimeout)
	defer cancel()
	if err := p.Store(ctx, key, value, w.set); err != nil {
		err = unavailable(err)
		httpapi.Mark(span, err)
		return err
	}
	return nil
}

func (w *writer) set(ctx context.Context, rdb redis.Cmdable, key, value string) error {
	return rdb.Set(ctx, key, value, w.cfg.ValueTTL).Err()
}
