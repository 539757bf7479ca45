package writer

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/openzipkin/zipkin-go/model"
	"github.com/redis/go-redis/v9"
	"go.opencensus.io/trace"
	"golang.org/x/sync/errgroup"

	"example.com/tracelab/internal/service"
	"example.com/tracelab/tracing"
)

const (
	pollFor    = 500 * time.Millisecond // that a read waits for a message; bounds the end of the service too
	claimEvery = 5 * time.Second        // that others' unfinished messages are looked for
	claimIdle  = 15 * time.Second       // after which a message's consumer is taken for dead: far above a visit's time
)

// consume works on the queue until ctx ends. While Redis is away it waits and
// asks again.
func (q *queue) consume(ctx context.Context) error {
	consumer := "writer-" + rand.Text()[:8]
	var workers errgroup.Group
	workers.SetLimit(q.cfg.QueueWorkers)
	defer workers.Wait()
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval, delays.MaxInterval = 100*time.Millisecond, 2*time.Second
	var claimed time.Time
	for ctx.Err() == nil {
		due := time.Since(claimed) >= claimEvery
		messages, err := q.receive(ctx, consumer, due)
		if err != nil {
			slog.DebugContext(ctx, "the queue cannot be read; trying again", "err", err)
			select {
			case <-ctx.Done():
			case <-time.After(delays.NextBackOff()):
			}
			continue
		}
		delays.Reset()
		if due {
			claimed = time.Now()
		}
		for _, m := range messages {
			workers.Go(func() error { q.handle(ctx, m); return nil })
		}
	}
	return nil
}

// receive returns new messages, or, when claim is due, those whose consumer died.
func (q *queue) receive(ctx context.Context, consumer string, claim bool) ([]redis.XMessage, error) {
	if claim {
		messages, err := q.claim(ctx, consumer)
		if err != nil || len(messages) > 0 {
			return messages, err
		}
	}
	streams, err := q.redis.XReadGroup(ctx, &redis.XReadGroupArgs{Group: group, Consumer: consumer,
		Streams: []string{stream, ">"}, Count: int64(q.cfg.QueueWorkers), Block: pollFor}).Result()
	switch {
	case errors.Is(err, redis.Nil): // none came
		return nil, nil
	case err != nil && strings.HasPrefix(err.Error(), "NOGROUP"):
		return nil, q.createGroup(ctx)
	case err != nil || len(streams) == 0:
		return nil, err
	}
	return streams[0].Messages, nil
}

// claim takes over the messages of consumers that died with them.
func (q *queue) claim(ctx context.Context, consumer string) ([]redis.XMessage, error) {
	messages, _, err := q.redis.XAutoClaim(ctx, &redis.XAutoClaimArgs{Stream: stream, Group: group, Consumer: consumer,
		MinIdle: claimIdle, Start: "0", Count: int64(q.cfg.QueueWorkers)}).Result()
	if err != nil && strings.HasPrefix(err.Error(), "NOGROUP") {
		return nil, q.createGroup(ctx)
	}
	return messages, err
}

func (q *queue) createGroup(ctx context.Context) error {
	err := q.redis.XGroupCreateMkStream(ctx, stream, group, "0").Err()
	if err != nil && strings.HasPrefix(err.Error(), "BUSYGROUP") {
		return nil
	}
	return err
}

// handle does one message under a CONSUMER span. One that fails stays on the
// stream for another try, until it has had them all. A stop lets it finish.
func (q *queue) handle(ctx context.Context, m redis.XMessage) {
	baggage, _ := m.Values[fieldBaggage].(string)
	ctx, span := startConsumer(context.WithoutCancel(ctx), m)
	defer span.End()
	ctx = service.Arrived(ctx, baggage)
	err := q.visit(ctx, m)
	if err != nil {
		service.Mark(span, err)
		slog.WarnContext(ctx, "a queued visit failed", "message", m.ID, "err", err)
		err = q.failed(ctx, m, err)
	} else {
		err = q.done(ctx, m.ID)
	}
	if err != nil {
		slog.WarnContext(ctx, "a queued visit could not be taken off the queue: it will be done again", "message", m.ID, "err", err)
	}
}

func startConsumer(ctx context.Context, m redis.XMessage) (context.Context, *trace.Span) {
	b3, _ := m.Values[fieldTrace].(string)
	var span *trace.Span
	if parent, ok := tracing.ParseB3(b3); ok {
		ctx, span = trace.StartSpanWithRemoteParent(ctx, "process visits", parent)
	} else {
		ctx, span = trace.StartSpan(ctx, "process visits")
	}
	span.AddAttributes(tracing.Kind(model.Consumer), tracing.Peer("redis"),
		trace.StringAttribute("messaging.destination.name", stream),
		trace.StringAttribute("messaging.message.id", m.ID))
	if waited, ok := age(m.ID); ok {
		span.AddAttributes(trace.Int64Attribute("messaging.queue_ms", waited.Milliseconds()))
	}
	return ctx, span
}

// age is the time since Redis gave the entry its id, which begins with the
// clock's milliseconds.
func age(id string) (time.Duration, bool) {
	ms, _, _ := strings.Cut(id, "-")
	at, err := strconv.ParseInt(ms, 10, 64)
	return max(0, time.Since(time.UnixMilli(at))), err == nil
}

// visit asks the fetcher for the URL and stores its status.
func (q *queue) visit(ctx context.Context, m redis.XMessage) error {
	target, ok := m.Values[fieldURL].(string)
	if !ok || target == "" {
		return service.InvalidField("url", "message %s has no URL", m.ID)
	}
	var fetched struct {
		StatusText string `json:"statusText"`
	}
	if err := q.fetcher.Do(ctx, "GET /fetch", "/fetch?url="+url.QueryEscape(target), "", &fetched); err != nil {
		return err
	}
	if fetched.StatusText == "" {
		return fmt.Errorf("the fetcher gave no status for message %s", m.ID)
	}
	return q.writer.redisWrite(ctx, target, fetched.StatusText)
}

// failed leaves the message for another try, or sets it aside: at once when
// trying again cannot help, else after the last try.
func (q *queue) failed(ctx context.Context, m redis.XMessage, cause error) error {
	if service.AsError(cause).Code != service.Invalid {
		pending, err := q.redis.XPendingExt(ctx, &redis.XPendingExtArgs{Stream: stream, Group: group, Start: m.ID, End: m.ID, Count: 1}).Result()
		if err != nil {
			return err
		}
		if len(pending) == 0 || pending[0].RetryCount < q.cfg.MaxDeliveries {
			return nil
		}
	}
	slog.ErrorContext(ctx, "a queued visit is set aside", "message", m.ID, "stream", setAside, "err", cause)
	return q.putAside(ctx, m, cause.Error())
}
