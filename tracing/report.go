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
	URL       string        // of the collector: …/api/v2/spans. Required
	Client    *http.Client  // default: one with a time limit of 3 s, untraced
	MaxSpans  int           // that wait; default 20,000
	MaxBytes  int           // that they take as JSON; default 16 MiB
	Batch     int           // spans a request; default 500
	BatchSize int           // bytes a request, but for a span that is larger by itself; default 512 KiB
	GzipAbove int           // bytes of a request; smaller ones are not worth the work. Default 128 KiB
	Linger    time.Duration // that the first span of a batch waits for more, when few come; default 50 ms
	LingerMax time.Duration // the same while many come: fewer, larger requests are half of the cost. Default 500 ms
	RetryFor  time.Duration // that one batch is tried; default 30 s
	Logger    *slog.Logger  // at most a line a minute; default slog.Default()
}

func (c ReporterConfig) withDefaults() ReporterConfig {
	if c.Client == nil {
		// A transport of its own: a full pool of other requests never delays spans.
		c.Client = &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{MaxIdleConns: 2, IdleConnTimeout: time.Minute, DisableCompression: true}}
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	c.MaxSpans = orDefault(c.MaxSpans, 20_000)
	c.MaxBytes = orDefault(c.MaxBytes, 16<<20)
	c.Batch = orDefault(c.Batch, 500)
	c.BatchSize = orDefault(c.BatchSize, 512<<10)
	c.GzipAbove = orDefault(c.GzipAbove, 128<<10)
	c.Linger = orDefault(c.Linger, 50*time.Millisecond)
	c.LingerMax = orDefault(c.LingerMax, max(c.Linger, 500*time.Millisecond))
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
	cfg     ReporterConfig
	scratch sync.Pool     // of *[]byte, to encode in
	wake    chan struct{} // holds one token when there may be work
	cancel  context.CancelFunc
	done    chan struct{}

	// run's own:
	complained time.Time // of the collector, in the log
	refusal    error     // the collector's last, for the log
	rate       float64   // spans a second while the last batch was waiting
	lastTaken  time.Time // when that was

	mu      sync.Mutex
	full    []*batch      // oldest first
	open    *batch        // takes the next span
	spare   *batch        // empty, for reuse
	spans   int           // waiting or on their way
	bytes   int           // of these
	settled uint64        // spans that were, and are delivered or dropped
	further chan struct{} // closed when more are; nil while nobody waits for that
	closed  bool
	stats   Stats
	unsaid  uint64    // dropped since the last line of the log
	said    time.Time // when that was
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
		cfg:     cfg.withDefaults(),
		scratch: sync.Pool{New: func() any { return new([]byte) }},
		wake:    make(chan struct{}, 1),
		cancel:  cancel,
		done:    make(chan struct{}),
		open:    &batch{},
		stats:   Stats{Dropped: map[string]uint64{}},
	}
	go r.run(ctx)
	return r
}

// Send queues a span, or drops it and counts it when it cannot be encoded, the
// queue is full or the Reporter closed. It never waits for the network, and
// keeps nothing of what the span points to.
func (r *Reporter) Send(s model.SpanModel) { r.send(s, r.cfg.MaxSpans) }

// send is Send to a queue that is full with max spans.
func (r *Reporter) send(s model.SpanModel, max int) {
	scratch := r.scratch.Get().(*[]byte)
	span, err := appendSpan((*scratch)[:0], &s)
	if work := r.enqueue(span, err, max); work {
		r.rouse()
	}
	if cap(span) <= 64<<10 { // one huge span must not stay in the pool
		*scratch = span
	}
	r.scratch.Put(scratch)
}

// enqueue tells whether the sender may have to be woken: for the first span of
// a batch and for a full one. Those between find it awake.
func (r *Reporter) enqueue(span []byte, err error, max int) (work bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stats.Accepted++
	switch {
	case r.closed:
		r.drop(dropShutdown, 1)
		return true // for the line in the log
	case err != nil:
		r.drop(dropInvalid, 1)
		return true
	case r.spans >= max, r.bytes+len(span) > r.cfg.MaxBytes:
		r.drop(dropQueueFull, 1)
		return true
	}
	if r.open.len() > 0 && len(r.open.body)+len(span) > r.cfg.BatchSize {
		r.seal()
		work = true
	}
	r.open.add(span)
	r.spans++
	r.bytes += len(span)
	if r.open.len() >= r.cfg.Batch {
		r.seal()
	}
	return work || r.open.len() <= 1
}

// rouse has the sender look for work.
func (r *Reporter) rouse() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// seal closes the open batch; r.mu is held.
func (r *Reporter) seal() {
	r.full = append(r.full, r.open)
	r.open = r.spare
	r.spare = nil
	if r.open == nil {
		r.open = &batch{}
	}
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
	s.Queued = uint64(r.spans)
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
	r.rouse()
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
