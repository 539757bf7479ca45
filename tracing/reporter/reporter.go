// Package reporter sends finished spans to a Zipkin server.
//
// A Reporter is a zipkin-go reporter.Reporter: give it to tracing.Config,
// contrib's OpenCensus exporter or a zipkin-go tracer.
//
//	r, err := reporter.New(reporter.Config{URL: "http://localhost:9411"})
//	if err != nil { … }
//	defer r.Shutdown(ctx)
//
// Unlike zipkin-go's HTTP reporter it never makes a caller of Send wait, retries
// what the collector could not take, gives up only the one span that the
// collector rejects, and ends in bounded time. No span is lost without a count:
// see Stats.
package reporter

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Config sizes a Reporter. A zero field takes its default.
type Config struct {
	// URL is that of a Zipkin server, such as http://localhost:9411, or of its
	// collector: http://localhost:9411/api/v2/spans. Required. A user and a password in
	// it are sent as basic authentication, and shown nowhere.
	URL        string
	Client     *http.Client  // default: one with a time limit of 3 s, untraced. Redirects are refusals, whatever its CheckRedirect
	MaxSpans   int           // in the queue; default 20,000. A negative number leaves no room for any
	MaxBytes   int           // of JSON in the queue; default 16 MiB
	BatchSpans int           // a request; default 500
	BatchBytes int           // of JSON a request, but for a span that is larger by itself; default 512 KiB
	GzipAbove  int           // bytes of a request; smaller ones are not worth the work. Default 128 KiB; to a loopback address, none is compressed
	Linger     time.Duration // that the first span of a batch waits for more, when few come; default 50 ms
	LingerMax  time.Duration // the same while many come: fewer, larger requests are half of the cost. Default 500 ms
	RetryFor   time.Duration // that one batch is tried; default 30 s
	Logger     *slog.Logger  // at most a line a minute that spans wait, and one that some were lost; default slog.Default()
}

func (c Config) withDefaults(collector *url.URL) Config {
	if c.Client == nil {
		// A transport of its own: a full pool of other requests never delays spans.
		c.Client = &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{MaxIdleConns: 2, IdleConnTimeout: time.Minute, DisableCompression: true}}
	}
	client := *c.Client
	client.Transport = refusing{cmp.Or(client.Transport, http.DefaultTransport)}
	c.Client = &client
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	c.MaxSpans = orDefault(c.MaxSpans, 20_000)
	c.MaxBytes = orDefault(c.MaxBytes, 16<<20)
	c.BatchSpans = orDefault(c.BatchSpans, 500)
	c.BatchBytes = orDefault(c.BatchBytes, 512<<10)
	c.GzipAbove = orDefault(c.GzipAbove, gzipAbove(collector))
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

// Reporter sends finished spans to Zipkin's collector from one goroutine of its
// own. Its methods are safe for concurrent use.
type Reporter struct {
	cfg     Config
	url     string        // of the collector
	scratch sync.Pool     // of *[]byte, to encode in
	wake    chan struct{} // holds one token when the sender may have work
	cancel  context.CancelFunc
	done    chan struct{} // closed when the sender has returned

	sender sender // used by the sender's goroutine only

	encoding  sync.Mutex // held while ended spans are moved into batches, so before mu
	noneEnded []Ended    // empty, for reuse; guarded by encoding

	mu        sync.Mutex
	ended     []Ended       // without a model
	unencoded int           // these, and those that are being encoded
	full      []*batch      // oldest first
	open      *batch        // takes the next span
	spare     *batch        // empty, for reuse
	spans     int           // encoded: waiting or on their way
	bytes     int           // of these
	settled   uint64        // spans that were encoded, and are delivered or dropped
	further   chan struct{} // closed when settled grows; nil while no Flush waits for it
	closed    bool
	stats     Stats
	unlogged  uint64    // dropped since the log's last line
	loggedAt  time.Time // when that was
}

// New starts a Reporter. End it with Shutdown or Close. It returns an error where
// cfg.URL is no http or https URL with a host; a server that does not answer is
// none.
func New(cfg Config) (*Reporter, error) {
	collector, err := collectorURL(cfg.URL)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &Reporter{
		cfg:     cfg.withDefaults(collector),
		url:     collector.String(),
		scratch: sync.Pool{New: func() any { return new([]byte) }},
		wake:    make(chan struct{}, 1),
		cancel:  cancel,
		done:    make(chan struct{}),
		open:    &batch{},
		stats:   Stats{Dropped: map[string]uint64{}},
	}
	go r.run(ctx)
	return r, nil
}

// Shutdown sends what is queued until ctx ends, then counts the rest as
// dropped. Spans that come later are dropped and counted. It may be called
// again, and by several goroutines at once.
//
// It returns the error of ctx if that ended first, and otherwise nil. Nil says that
// nothing is queued any more; Stats says what of it was dropped.
func (r *Reporter) Shutdown(ctx context.Context) error {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.wakeSender()
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		r.cancel()
		<-r.done
		return ctx.Err()
	}
}

// Close is Shutdown with a limit of two seconds, and returns what that does. It completes zipkin-go's
// reporter.Reporter.
func (r *Reporter) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	return r.Shutdown(ctx)
}
