package writer

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/openzipkin/zipkin-go/model"
	"github.com/redis/go-redis/v9"
	"go.opencensus.io/trace"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/service"
	"example.com/tracelab/services/writer/internal/plan"
	"example.com/tracelab/services/writer/storeapi"
	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/propagation"
)

// The queue is one Redis Stream with one consumer group. What is done is
// deleted, so the stream's length is what is left to do.
const (
	stream         = storeapi.OwnPrefix + "visits"
	deadLetters    = storeapi.OwnPrefix + "visits:failed" // tried too often; the last 1,000
	maxDeadLetters = 1000
	group          = "writers"
	fieldURL       = "url"
	fieldB3        = "b3"
	fieldBaggage   = "baggage"

	// What b3 cannot say: the flags of the W3C, and what other vendors carry.
	fieldTraceparent = "traceparent"
	fieldTracestate  = "tracestate"
)

// contextFields are those in which a message carries its trace, named as the headers
// of HTTP.
var contextFields = []string{fieldB3, fieldTraceparent, fieldTracestate, fieldBaggage}

func reserved(key string) bool { return strings.HasPrefix(key, storeapi.OwnPrefix) }

type queue struct {
	redis   redis.UniversalClient
	cfg     *Config
	fetcher *service.Client
	writer  *writer
}

func newQueue(rdb redis.UniversalClient, cfg *Config, fetcher *service.Client, w *writer) *queue {
	return &queue{redis: rdb, cfg: cfg, fetcher: fetcher, writer: w}
}

func (q *queue) routes() []httpapi.Route {
	return []httpapi.Route{
		{Pattern: "POST /queue", Handler: httpapi.Query(q.writer.planned(q.post))},
	}
}

// post queues a message, or refuses it when too many wait: a stream that cuts
// its own tail would lose them unseen.
func (q *queue) post(rw http.ResponseWriter, r *http.Request, _ *plan.Plan) error {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxValue))
	if err != nil {
		return bodyError("url", err)
	}
	var m storeapi.Message
	if err := json.Unmarshal(body, &m); err != nil {
		return httpapi.InvalidField("url", `the body is not JSON like {"url": "https://go.dev/"}: %v`, err)
	}
	if m.URL == "" || reserved(m.URL) || len(m.URL) > maxKey {
		return httpapi.InvalidField("url", "the URL of a message must have 1 to %d bytes; this one has %d", maxKey, len(m.URL))
	}
	ctx, cancel := context.WithTimeout(r.Context(), q.cfg.RedisTimeout)
	defer cancel()
	id, err := q.publish(ctx, m)
	if err != nil {
		return err
	}
	httpapi.WriteJSONStatus(rw, http.StatusAccepted, storeapi.Queued{ID: id})
	return nil
}

// publish adds the message under a PRODUCER span, whose context the message
// carries to its consumer.
func (q *queue) publish(ctx context.Context, m storeapi.Message) (string, error) {
	ctx, span := trace.StartSpan(ctx, "publish visits")
	defer span.End()
	span.AddAttributes(tracing.Kind(model.Producer), tracing.Peer("redis"), trace.StringAttribute("messaging.destination.name", stream))
	id, err := q.add(ctx, m, span.SpanContext())
	if err != nil {
		httpapi.Mark(span, err)
		return "", err
	}
	span.AddAttributes(trace.StringAttribute("messaging.message.id", id))
	return id, nil
}

func (q *queue) add(ctx context.Context, m storeapi.Message, sc trace.SpanContext) (string, error) {
	switch waiting, err := q.redis.XLen(ctx, stream).Result(); {
	case err != nil:
		return "", unavailable(err)
	case waiting >= q.cfg.QueueLimit:
		return "", &httpapi.Error{Code: httpapi.Busy, Service: "writer", Detail: "the queue is full: try again later"}
	}
	fields := []any{fieldURL, m.URL, fieldB3, propagation.FormatB3(sc), fieldTraceparent, propagation.FormatTraceparent(sc), fieldBaggage, propagation.BaggageHeader(ctx)}
	if state := propagation.FormatTracestate(sc); state != "" {
		fields = append(fields, fieldTracestate, state)
	}
	id, err := q.redis.XAdd(ctx, &redis.XAddArgs{Stream: stream, Values: fields}).Result()
	if err != nil {
		return "", unavailable(err)
	}
	return id, nil
}
