package writer

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/tracing"
)

const (
	clearEvery  = 100 * time.Millisecond // at most; in one command for all that is done
	flushWithin = time.Second            // that messages wait for a collector that is away
)

// doneList is the messages that are done and are to be taken off the queue.
type doneList struct {
	mu   sync.Mutex
	ids  []string
	some chan struct{} // holds a token when there may be some
}

func (d *doneList) add(id string) {
	d.mu.Lock()
	d.ids = append(d.ids, id)
	d.mu.Unlock()
	select {
	case d.some <- struct{}{}:
	default:
	}
}

func (d *doneList) take() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	ids := d.ids
	d.ids = nil
	return ids
}

// clear takes what is done off the queue until ctx ends, each message after its
// spans have been delivered: whatever kills this process, a message is done
// again rather than done without a trace. Workers do not wait for it.
func (c *consumer) clear(ctx context.Context) {
	defer func() { c.remove(ctx, c.done.take()) }() // an end in good order delivers the spans later
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.done.some:
		}
		ids := c.done.take()
		flushing, cancel := context.WithTimeout(ctx, flushWithin)
		if tracing.Flush(flushing) != nil {
			slog.DebugContext(ctx, "queued visits are done, and their spans are not delivered yet", "messages", len(ids))
		}
		cancel()
		c.remove(ctx, ids)
		wait(ctx, clearEvery)
	}
}

// remove takes messages off the stream, also when ctx has ended.
func (c *consumer) remove(ctx context.Context, ids []string) {
	if len(ids) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.cfg.RedisTimeout)
	defer cancel()
	defer c.inFlight.remove(ids...)
	_, err := c.redis.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.XAck(ctx, stream, group, ids...)
		p.XDel(ctx, stream, ids...)
		return nil
	})
	if err != nil {
		slog.WarnContext(ctx, "queued visits cannot be taken off the queue: they will be done again", "messages", len(ids), "err", err)
	}
}
