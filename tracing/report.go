package tracing

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/openzipkin/zipkin-go/model"
)

// Reasons for which a span that was sampled never reached the collector.
const (
	dropQueueFull   = "queue_full"  // it came faster than the collector took it
	dropUndelivered = "undelivered" // the collector did not take it for as long as RetryFor
	dropRejected    = "rejected"    // the collector refuses this very span
	dropInvalid     = "invalid"     // it cannot be encoded
	dropShutdown    = "shutdown"    // the process ended first
)

// ReporterConfig sizes a Reporter. A zero field takes its default.
type ReporterConfig struct {
	URL      string        // of the collector: …/api/v2/spans. Required
	Client   *http.Client  // default: one with a time limit of 3 s, untraced
	MaxSpans int           // that wait; default 10,000
	MaxBytes int           // that they take, by an estimate; default 16 MiB
	Batch    int           // spans a request; default 500
	Linger   time.Duration // that the first span of a batch waits for more; default 50 ms
	RetryFor time.Duration // that one batch is tried; default 30 s
	Logger   *slog.Logger  // at most one line a minute; default slog.Default()
}

func (c ReporterConfig) withDefaults() ReporterConfig {
	if c.Client == nil {
		// A transport of its own: a full pool of other requests never delays spans.
		c.Client = &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{MaxIdleConns: 2, IdleConnTimeout: time.Minute}}
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	c.MaxSpans = orDefault(c.MaxSpans, 10_000)
	c.MaxBytes = orDefault(c.MaxBytes, 16<<20)
	c.Batch = orDefault(c.Batch, 500)
	c.Linger = orDefault(c.Linger, 50*time.Millisecond)
	c.RetryFor = orDefault(c.RetryFor, 30*time.Second)
	return c
}

func orDefault[T int | time.Duration](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}

// Reporter sends finished spans to Zipkin's collector from one goroutine of
// its own. Unlike zipkin-go's HTTP reporter it never makes a caller wait,
// retries what the collector could not take, gives up only the one span that
// the collector refuses, counts every span that it drops, and ends in bounded
// time. It is a zipkin-go reporter.Reporter.
type Reporter struct {
	cfg    ReporterConfig
	wake   chan struct{} // holds one token when there may be work
	cancel context.CancelFunc
	done   chan struct{}

	complained time.Time // of the collector, in the log; run's own

	mu     sync.Mutex
	queue  []model.SpanModel
	bytes  int
	sent   int // taken from the queue, not yet delivered or dropped
	closed bool
	stats  Stats
	unsaid uint64    // dropped since the last line of the log
	said   time.Time // when that was
}

// Stats counts spans. At every moment
// Accepted = Queued + Delivered + the sum of Dropped.
type Stats struct {
	Accepted  uint64            // given to Send
	Queued    uint64            // waiting, or on their way
	Delivered uint64            // taken by the collector
	Dropped   map[string]uint64 // by reason
}

// NewReporter starts a Reporter; Shutdown or Close ends it.
func NewReporter(cfg ReporterConfig) *Reporter {
	ctx, cancel := context.WithCancel(context.Background())
	r := &Reporter{
		cfg:    cfg.withDefaults(),
		wake:   make(chan struct{}, 1),
		cancel: cancel,
		done:   make(chan struct{}),
		stats:  Stats{Dropped: map[string]uint64{}},
	}
	go r.run(ctx)
	return r
}

// Send queues a span, or drops it and counts it when the queue is full or the
// Reporter closed. It never blocks on the network.
func (r *Reporter) Send(s model.SpanModel) {
	size := estimate(&s)
	r.mu.Lock()
	r.stats.Accepted++
	switch {
	case r.closed:
		r.drop(dropShutdown, 1)
	case len(r.queue)+r.sent >= r.cfg.MaxSpans, r.bytes+size > r.cfg.MaxBytes:
		r.drop(dropQueueFull, 1)
	default:
		r.queue = append(r.queue, s)
		r.bytes += size
	}
	r.mu.Unlock()
	r.signal()
}

func (r *Reporter) signal() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// estimate is what a queued span holds in memory, without walking its values.
func estimate(s *model.SpanModel) int {
	n := 400 + len(s.Name)
	for k, v := range s.Tags {
		n += 32 + len(k) + len(v)
	}
	for i := range s.Annotations {
		n += 40 + len(s.Annotations[i].Value)
	}
	return n
}

// drop counts n spans that nobody will see; r.mu is held.
func (r *Reporter) drop(reason string, n int) {
	r.stats.Dropped[reason] += uint64(n)
	r.unsaid += uint64(n)
}

// Stats returns a consistent copy of the counters.
func (r *Reporter) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.stats
	s.Queued = uint64(len(r.queue) + r.sent)
	s.Dropped = make(map[string]uint64, len(r.stats.Dropped))
	for reason, n := range r.stats.Dropped {
		s.Dropped[reason] = n
	}
	return s
}

// Shutdown sends what is queued until ctx ends, then counts the rest as
// dropped. Spans that come later are dropped and counted. It may be called
// again, and by several at once.
func (r *Reporter) Shutdown(ctx context.Context) error {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.signal()
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		r.cancel()
		<-r.done
		return ctx.Err()
	}
}

// Close is Shutdown with two seconds' time, for callers that hold a
// reporter.Reporter.
func (r *Reporter) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	return r.Shutdown(ctx)
}
