package writer

import (
	"context"

	"example.com/tracelab/internal/metrics"
)

// writeMetrics adds how much waits in the queue. While Redis does not say, the metric is
// left out: zero would say that nothing waits.
func (q *queue) writeMetrics(p *metrics.Page) {
	p.Gauge("tracelab_queue_limit", "Queued visits beyond which more are refused.", float64(q.cfg.QueueLimit))
	ctx, cancel := context.WithTimeout(context.Background(), q.cfg.RedisTimeout/2)
	defer cancel()
	if waiting, err := q.redis.XLen(ctx, stream).Result(); err == nil {
		p.Gauge("tracelab_queue_waiting", "Queued visits that are not done: those that wait, and those under way.", float64(waiting))
	}
}
