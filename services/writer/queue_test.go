package writer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/redistest"
)

// abandoned leaves messages in flight with a consumer that is gone, each begun so
// often.
func (b *bench) abandoned(consumer string, times int, urls ...string) {
	b.t.Helper()
	ctx := b.t.Context()
	for _, u := range urls {
		if code, body := b.ask("POST", "/queue", fmt.Sprintf(`{"url":%q}`, u)); code != 202 {
			b.t.Fatalf("%d %s", code, body)
		}
	}
	b.redis.XGroupCreateMkStream(ctx, stream, group, "0")
	streams, err := b.redis.XReadGroup(ctx, &redis.XReadGroupArgs{Group: group, Consumer: consumer, Streams: []string{stream, ">"}}).Result()
	if err != nil {
		b.t.Fatal(err)
	}
	for range times - 1 {
		for _, m := range streams[0].Messages {
			if err := b.redis.XClaim(ctx, &redis.XClaimArgs{Stream: stream, Group: group, Consumer: consumer, Messages: []string{m.ID}}).Err(); err != nil {
				b.t.Fatal(err)
			}
		}
	}
}

const fixedAddr = "127.0.0.1:8082" // a name that lasts: nothing listens there

// TestARestartGoesOnAtOnce does not wait until the consumer of before is taken
// for dead.
func TestARestartGoesOnAtOnce(t *testing.T) {
	servers(t, func(t *testing.T, addr string) {
		t.Parallel()
		b := newBench(t, addr, func(c *Config) { c.Addr = fixedAddr }, teapot)
		b.abandoned(consumerName(fixedAddr), 2, "http://go.dev/1", "http://go.dev/2", "http://go.dev/3")
		began := time.Now()
		b.consume()
		for i := range 3 {
			b.eventually("stored", b.holds(fmt.Sprintf("http://go.dev/%d", i+1), "418 I'm a teapot"))
		}
		b.eventually("empty", b.length(stream, 0))
		if took := time.Since(began); took > claimIdle/3 {
			t.Errorf("it took %s", took)
		}
	})
}

// TestWhatEndsItsConsumersIsSetAside has a message that was begun as often as
// may be: it is not tried again.
func TestWhatEndsItsConsumersIsSetAside(t *testing.T) {
	servers(t, func(t *testing.T, addr string) {
		t.Parallel()
		b := newBench(t, addr, func(c *Config) { c.Addr = fixedAddr }, teapot)
		b.abandoned(consumerName(fixedAddr), 3, "http://go.dev/")
		b.consume()
		b.eventually("set aside", b.length(deadLetters, 1))
		b.eventually("off the queue", b.length(stream, 0))
		aside := b.redis.XRange(t.Context(), deadLetters, "-", "+").Val()[0]
		if n := b.fetches.Load(); n != 0 || aside.Values["url"] != "http://go.dev/" || !strings.Contains(fmt.Sprint(aside.Values["error"]), "3 times") {
			t.Errorf("it was fetched %d times, and what is kept is %v", n, aside.Values)
		}
	})
}

// TestWhatIsInHandIsNotClaimed makes two messages look old, of which their
// consumer renews one. (miniredis counts a renewal as a delivery.)
func TestWhatIsInHandIsNotClaimed(t *testing.T) {
	b := newBench(t, redistest.Start(t).Addr, nil, teapot)
	b.abandoned("the owner", 1, "http://go.dev/1", "http://go.dev/2")
	pending := func(of string) []redis.XPendingExt {
		return b.redis.XPendingExt(t.Context(), &redis.XPendingExtArgs{Stream: stream, Group: group, Start: "-", End: "+", Count: 9, Consumer: of}).Val()
	}
	for _, p := range pending("the owner") {
		if err := b.redis.Do(t.Context(), "XCLAIM", stream, group, "the owner", 0, p.ID, "IDLE", time.Hour.Milliseconds(), "JUSTID").Err(); err != nil {
			t.Fatal(err)
		}
	}
	consumerNamed := func(name string) *consumer {
		c := newConsumer(newQueue(b.redis, &Config{QueueWorkers: 1, MaxDeliveries: 3}, nil, &writer{}))
		c.name = name
		return c
	}
	owner, other := consumerNamed("the owner"), consumerNamed("the other")
	renewed := pending("the owner")[0].ID
	owner.inFlight.add(renewed)
	if err := owner.renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	// The other's worker is busy: it claims, and goes no further.
	if err := other.slots.Acquire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); other.claim(ctx) }()
	b.eventually("claimed", func() error {
		if n := len(pending("the other")); n == 0 {
			return errors.New("the other has nothing")
		}
		return nil
	})
	cancel()
	<-ended
	if mine := pending("the owner"); len(mine) != 1 || mine[0].ID != renewed || mine[0].RetryCount != 1 {
		t.Errorf("the owner has %+v; want the one that it renewed", mine)
	}
	if theirs := pending("the other"); len(theirs) != 1 || theirs[0].RetryCount != 2 {
		t.Errorf("the other has %+v", theirs)
	}
}

// run runs the whole service until the test or the returned function ends it,
// and returns its URL.
func (b *bench) run(adjust func(*Config)) (base string, stop func()) {
	b.t.Helper()
	cfg := *b.cfg
	cfg.Addr, cfg.AllowFaults, cfg.Sampler, cfg.LogLevel, cfg.LogFormat, cfg.StopWithin = "127.0.0.1:"+testbed.FreePort(b.t), true, "always", "error", "text", time.Second
	if adjust != nil {
		adjust(&cfg)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- cfg.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			b.t.Errorf("the service ended: %v", err)
		}
	})
	b.t.Cleanup(stop)
	base = "http://" + cfg.Addr
	b.eventually("up", func() error {
		resp, err := http.Get(base + "/healthz")
		if err == nil {
			resp.Body.Close()
		}
		return err
	})
	return base, stop
}

func (b *bench) post(base, target, asks string) {
	b.t.Helper()
	req, err := http.NewRequest("POST", base+"/queue", strings.NewReader(fmt.Sprintf(`{"url":%q}`, target)))
	if err != nil {
		b.t.Fatal(err)
	}
	if asks != "" {
		req.Header.Set("Fault", asks)
		req.Header.Set("Baggage", "attendee=ann")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != 202 {
		b.t.Fatalf("%d %s", resp.StatusCode, body)
	}
}

// visits notes what a fetcher is asked for, and when.
type visits struct {
	mu      sync.Mutex
	began   map[string]time.Time
	baggage map[string]string
}

func newVisits() *visits { return &visits{began: map[string]time.Time{}, baggage: map[string]string{}} }

func (v *visits) fetch(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	v.began[r.URL.Query().Get("url")] = time.Now()
	v.baggage[r.URL.Query().Get("url")] = r.Header.Get("Baggage")
	v.mu.Unlock()
	teapot(w, r)
}

// TestALateMessageDelaysNoOther queues one that is late before others, for one
// worker.
func TestALateMessageDelaysNoOther(t *testing.T) {
	servers(t, func(t *testing.T, addr string) {
		v := newVisits()
		b := newBench(t, addr, func(c *Config) { c.QueueWorkers, c.QueueLimit = 1, 100 }, v.fetch)
		base, _ := b.run(nil)
		queued := time.Now()
		const late = 2 * time.Second // in which a busy machine does all others, too
		b.post(base, "http://go.dev/late", fmt.Sprintf("writer=slow-queue;ms=%d", late.Milliseconds()))
		for i := range 5 {
			b.post(base, fmt.Sprintf("http://go.dev/%d", i), "")
		}
		b.eventually("stored", b.holds("http://go.dev/late", "418 I'm a teapot"))
		b.eventually("empty", b.length(stream, 0))
		v.mu.Lock()
		defer v.mu.Unlock()
		begun := v.began["http://go.dev/late"]
		if waited := begun.Sub(queued); waited < late {
			t.Errorf("it waited for %s", waited)
		}
		for u, began := range v.began {
			if u != "http://go.dev/late" && !began.Before(begun) {
				t.Errorf("%s waited for it", u)
			}
		}
		if len(v.began) != 6 || b.fetches.Load() != 6 {
			t.Errorf("%d visits of %d URLs", b.fetches.Load(), len(v.began))
		}
	})
}

// TestALateMessageOutlivesItsConsumer stops the service while one waits.
func TestALateMessageOutlivesItsConsumer(t *testing.T) {
	v := newVisits()
	b := newBench(t, miniredis.RunT(t).Addr(), nil, v.fetch)
	fixed := "127.0.0.1:" + testbed.FreePort(t)
	same := func(c *Config) { c.Addr = fixed }
	base, stop := b.run(same)
	queued := time.Now()
	b.post(base, "http://go.dev/late", "writer=slow-queue;ms=1500")
	b.eventually("read", func() error {
		if n, err := b.redis.XPending(t.Context(), stream, group).Result(); err != nil || n.Count != 1 {
			return fmt.Errorf("%+v, %v", n, err)
		}
		return nil
	})
	stop()
	if b.fetches.Load() != 0 {
		t.Fatal("it was done early")
	}
	b.run(same)
	b.eventually("stored", b.holds("http://go.dev/late", "418 I'm a teapot"))
	if took := time.Since(queued); took < 1500*time.Millisecond || took > claimIdle/2 {
		t.Errorf("it took %s", took)
	}
}

// TestAMessageCarriesItsBaggage sees it arrive at the fetcher.
func TestAMessageCarriesItsBaggage(t *testing.T) {
	v := newVisits()
	b := newBench(t, miniredis.RunT(t).Addr(), nil, v.fetch)
	base, _ := b.run(nil)
	b.post(base, "http://go.dev/", "fetcher=narrow-channel;ms=5,writer=failing-dependency")
	b.eventually("fetched", func() error {
		v.mu.Lock()
		defer v.mu.Unlock()
		if got := v.baggage["http://go.dev/"]; !strings.Contains(got, "attendee=ann") || !strings.Contains(got, "fetcher=narrow-channel") {
			return fmt.Errorf("the baggage is %q", got)
		}
		return nil
	})
	if _, err := b.redis.Get(t.Context(), "http://go.dev/").Result(); !errors.Is(err, redis.Nil) {
		t.Errorf("the write that was to be refused: %v", err)
	}
}

// TestAMessageCarriesItsTrace sees all that its caller's headers said of the trace
// arrive at the fetcher, and on the stream of what was set aside.
func TestAMessageCarriesItsTrace(t *testing.T) {
	const traceID = "463ac35c9f6413ad48485a3953bb6124"
	headers := make(chan http.Header, 1)
	b := newBench(t, miniredis.RunT(t).Addr(), func(c *Config) { c.MaxDeliveries = 1 }, func(w http.ResponseWriter, r *http.Request) {
		headers <- r.Header
		w.WriteHeader(500)
	})
	base, _ := b.run(func(c *Config) { c.Sampler = "never" })
	req, err := http.NewRequest("POST", base+"/queue", strings.NewReader(`{"url":"http://go.dev/"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-B3-Flags", "1")
	req.Header.Set("traceparent", "00-"+traceID+"-a2fb4a1d1a96d312-02")
	req.Header.Add("tracestate", "rojo=1")
	req.Header.Add("tracestate", "congo=2")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	got := <-headers
	if parent := got.Get("traceparent"); !strings.HasPrefix(parent, "00-"+traceID+"-") || !strings.HasSuffix(parent, "-03") ||
		got.Get("X-B3-TraceId") != traceID || got.Get("X-B3-Flags") != "1" || got.Get("tracestate") != "rojo=1,congo=2" {
		t.Errorf("the fetcher was asked with %v", got)
	}
	b.eventually("set aside", b.length(deadLetters, 1))
	aside := b.redis.XRange(t.Context(), deadLetters, "-", "+").Val()[0].Values
	if !strings.HasPrefix(fmt.Sprint(aside["b3"]), traceID) || !strings.Contains(fmt.Sprint(aside["traceparent"]), traceID) || aside["tracestate"] != "rojo=1,congo=2" {
		t.Errorf("what is kept: %v", aside)
	}
}

// TestAMessageIsDoneWhenItsTraceIsDelivered holds the collector.
func TestAMessageIsDoneWhenItsTraceIsDelivered(t *testing.T) {
	for name, test := range map[string]struct{ answer, told int }{"a collector": {202, 1}, "one that is away": {503, 0}} {
		t.Run(name, func(t *testing.T) {
			let := make(chan struct{})
			var told struct {
				sync.Mutex
				consumers int
			}
			collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				var spans []struct{ Kind string }
				json.Unmarshal(body, &spans)
				for _, s := range spans {
					if s.Kind == "CONSUMER" && test.answer == 202 {
						<-let
						told.Lock()
						told.consumers++
						told.Unlock()
					}
				}
				w.WriteHeader(test.answer)
			}))
			defer collector.Close()
			b := newBench(t, miniredis.RunT(t).Addr(), nil, teapot)
			base, _ := b.run(func(c *Config) { c.ZipkinURL = collector.URL })
			b.post(base, "http://go.dev/", "")
			b.eventually("stored", b.holds("http://go.dev/", "418 I'm a teapot"))
			if err := b.length(stream, 1)(); err != nil {
				t.Errorf("it is not known yet: %v", err)
			}
			close(let)
			b.eventually("off the queue", b.length(stream, 0))
			told.Lock()
			defer told.Unlock()
			if told.consumers != test.told {
				t.Errorf("%d CONSUMER spans were told before it was off the queue", told.consumers)
			}
		})
	}
}
