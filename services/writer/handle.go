package writer

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/openzipkin/zipkin-go/model"
	"github.com/redis/go-redis/v9"
	"go.opencensus.io/trace"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/service"
	"example.com/tracelab/services/fetcher/fetchapi"
	"example.com/tracelab/services/writer/internal/plan"
	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/propagation"
)

// accept counts a message as in flight and gives it to a worker, for whom it
// waits. One that is not due yet waits by itself, and the others do not wait for
// it. When ctx ends, what no worker has begun is left for the next start.
func (c *consumer) accept(ctx context.Context, m redis.XMessage) {
	c.inFlight.add(m.ID)
	baggage, _ := m.Values[fieldBaggage].(string)
	work := service.Arrived(context.WithoutCancel(ctx), baggage) // a stop lets it finish
	p := c.writer.planner.For(work)
	waited, _ := age(m.ID)
	if early := p.Early(waited - idUnit); early > 0 {
		c.working.Go(func() {
			if wait(ctx, early) && c.slots.Acquire(ctx, 1) == nil {
				defer c.slots.Release(1)
				c.handle(work, m, p)
			}
		})
		return
	}
	if c.slots.Acquire(ctx, 1) != nil {
		return
	}
	c.working.Go(func() {
		defer c.slots.Release(1)
		c.handle(work, m, p)
	})
}

// handle does one message under a CONSUMER span. One that fails stays on the
// stream for another try, until it has had them all.
func (c *consumer) handle(ctx context.Context, m redis.XMessage, p *plan.Plan) {
	ctx, span := startConsumer(ctx, m, p)
	p.OnSpanStart(ctx)
	err := c.visit(ctx, m, p)
	if err != nil {
		httpapi.Mark(span, err)
		slog.WarnContext(ctx, "a queued visit failed", "message", m.ID, "err", err)
		err = c.failed(ctx, m, err)
	}
	span.End()
	if err != nil {
		c.inFlight.remove(m.ID)
	} else {
		c.done.add(m.ID)
	}
}

func startConsumer(ctx context.Context, m redis.XMessage, p *plan.Plan) (context.Context, *trace.Span) {
	var span *trace.Span
	if parent := carried(m); parent != (trace.SpanContext{}) {
		ctx, span = trace.StartSpanWithRemoteParent(ctx, "process visits", parent)
	} else {
		ctx, span = trace.StartSpan(ctx, "process visits")
	}
	span.AddAttributes(tracing.Kind(model.Consumer), tracing.Peer("redis"),
		trace.StringAttribute("messaging.destination.name", stream),
		trace.StringAttribute("messaging.message.id", m.ID))
	if waited, ok := age(m.ID); ok {
		span.AddAttributes(trace.Int64Attribute("messaging.queue_ms", waited.Milliseconds()))
		p.Waited(ctx, waited)
	}
	return ctx, span
}

// carried is the span context in a message. What is malformed is as if it were absent.
func carried(m redis.XMessage) trace.SpanContext {
	fields := http.Header{}
	for _, name := range contextFields {
		if value, ok := m.Values[name].(string); ok {
			fields.Set(name, value)
		}
	}
	parent, _ := propagation.Extract(fields)
	return parent
}

// idUnit is what the clock in an entry's id is cut to: an entry may be younger
// than its age by up to that much.
const idUnit = time.Millisecond

// age is the time since Redis gave the entry its id, which begins with the
// clock's milliseconds.
func age(id string) (time.Duration, bool) {
	ms, _, _ := strings.Cut(id, "-")
	at, err := strconv.ParseInt(ms, 10, 64)
	return max(0, time.Since(time.UnixMilli(at))), err == nil
}

// visit asks the fetcher for the URL and stores its status.
func (q *queue) visit(ctx context.Context, m redis.XMessage, p *plan.Plan) error {
	target, ok := m.Values[fieldURL].(string)
	if !ok || target == "" {
		return httpapi.InvalidField("url", "message %s has no URL", m.ID)
	}
	var fetched fetchapi.Result
	if err := q.fetcher.Do(ctx, "GET /fetch", "/fetch?url="+url.QueryEscape(target), "", &fetched); err != nil {
		return err
	}
	if fetched.StatusText == "" {
		return fmt.Errorf("the fetcher gave no status for message %s", m.ID)
	}
	return q.writer.redisWrite(ctx, p, target, fetched.StatusText)
}

// failed sets the message aside: at once when trying again cannot help, else
// after the last try. The error of one that is not set aside is not nil: it
// stays for another try.
func (c *consumer) failed(ctx context.Context, m redis.XMessage, cause error) error {
	if httpapi.AsError(cause).Code != httpapi.Invalid {
		pending, err := c.redis.XPendingExt(ctx, &redis.XPendingExtArgs{Stream: stream, Group: group, Start: m.ID, End: m.ID, Count: 1}).Result()
		if err != nil {
			return err
		}
		if len(pending) == 0 || pending[0].RetryCount < c.cfg.MaxDeliveries {
			return cause
		}
	}
	return c.deadLetter(ctx, m, cause.Error())
}

// deadLetter keeps a message where people can look, instead of doing it.
func (q *queue) deadLetter(ctx context.Context, m redis.XMessage, why string) error {
	slog.ErrorContext(ctx, "a queued visit is set aside", "message", m.ID, "stream", deadLetters, "why", why)
	fields := []any{fieldURL, m.Values[fieldURL], "error", why, "at", time.Now().UTC().Format(time.RFC3339)}
	for _, name := range contextFields {
		if value, ok := m.Values[name]; ok {
			fields = append(fields, name, value)
		}
	}
	return q.redis.XAdd(ctx, &redis.XAddArgs{Stream: deadLetters, MaxLen: maxDeadLetters, Approx: true, Values: fields}).Err()
}
