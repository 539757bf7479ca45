package reporter_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openzipkin/zipkin-go/model"

	"example.com/tracelab/tracing/reporter"
)

// collector takes spans as Zipkin does, and answers as a test says.
type collector struct {
	*httptest.Server
	answer atomic.Value // func(body []byte) int
	packed atomic.Int64 // requests that came as gzip

	mu     sync.Mutex
	stored map[string]int // bodies' spans by name
}

func newCollector(t *testing.T) *collector {
	c := &collector{stored: map[string]int{}}
	c.answerWith(func([]byte) int { return http.StatusAccepted })
	c.Server = httptest.NewServer(http.HandlerFunc(c.take))
	t.Cleanup(c.Close)
	return c
}

func (c *collector) answerWith(f func(body []byte) int) { c.answer.Store(f) }

func (c *collector) take(w http.ResponseWriter, r *http.Request) {
	src := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		c.packed.Add(1)
		unpacked, err := gzip.NewReader(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		src = unpacked
	}
	body, _ := io.ReadAll(src)
	status := c.answer.Load().(func([]byte) int)(body)
	if status == http.StatusAccepted {
		var spans []struct{ Name string }
		if json.Unmarshal(body, &spans) != nil {
			status = http.StatusBadRequest
		}
		c.mu.Lock()
		for _, s := range spans {
			c.stored[s.Name]++
		}
		c.mu.Unlock()
	}
	w.WriteHeader(status)
}

func (c *collector) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.stored)
}

func reporterTo(t *testing.T, cfg reporter.Config) *reporter.Reporter {
	t.Helper()
	cfg.Logger = slog.New(slog.DiscardHandler)
	r, err := reporter.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		r.Shutdown(ctx)
	})
	return r
}

func named(name string) model.SpanModel {
	return model.SpanModel{SpanContext: model.SpanContext{TraceID: model.TraceID{Low: 1}, ID: 1}, Name: name,
		Timestamp: time.Unix(1, 0), Duration: time.Millisecond}
}

// send sends every second span by Send, and the others by SendEnded.
func send(r *reporter.Reporter, n int, prefix string) {
	for i := range n {
		s := named(prefix + "-" + string(rune('a'+i%26)) + strings.Repeat("x", i/26))
		if i%2 == 0 {
			r.Send(s)
		} else {
			r.SendEnded(ended(s))
		}
	}
}

// eventually waits for a condition of another goroutine: for a minute, which is enough for
// a machine however busy.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// addUp checks the promise that no span is lost without a count.
func addUp(t *testing.T, s reporter.Stats) {
	t.Helper()
	sum := s.Queued + s.Delivered
	for _, n := range s.Dropped {
		sum += n
	}
	if sum != s.Accepted {
		t.Errorf("the counters do not add up: %+v", s)
	}
}

func TestReporterDelivers(t *testing.T) {
	c := newCollector(t)
	r := reporterTo(t, reporter.Config{URL: c.URL})
	send(r, 100, "s")
	eventually(t, "100 spans stored", func() bool { return c.count() == 100 })
	eventually(t, "counted as delivered", func() bool { return r.Stats().Delivered == 100 })
	addUp(t, r.Stats())
}

// TestBatchesGrowUnderLoad sends one span alone, and then a flood: the first
// arrives at once by itself, the flood in few requests. The time is that of a bubble: on a
// busy machine the sender could wait long enough for each part of the flood.
func TestBatchesGrowUnderLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var requests atomic.Int64
		collector := roundTrip(func(*http.Request) (*http.Response, error) {
			requests.Add(1)
			return &http.Response{StatusCode: http.StatusAccepted, Body: http.NoBody}, nil
		})
		r := reporterTo(t, reporter.Config{URL: "http://zipkin", Client: &http.Client{Transport: collector}, Linger: time.Millisecond, LingerMax: 300 * time.Millisecond, BatchSpans: 100})
		delivered := func(want uint64, n int64) {
			t.Helper()
			synctest.Wait()
			if got := r.Stats().Delivered; got != want || requests.Load() != n {
				t.Errorf("%d spans were delivered in %d requests; want %d in %d", got, requests.Load(), want, n)
			}
		}
		r.Send(named("alone"))
		time.Sleep(time.Millisecond)
		delivered(1, 1)
		send(r, 1000, "flood")
		delivered(1001, 1+10)
	})
}

func TestReporterTriesAgain(t *testing.T) {
	for name, status := range map[string]int{"500": 500, "503": 503, "429": 429} {
		t.Run(name, func(t *testing.T) {
			c := newCollector(t)
			var bodies []string
			c.answerWith(func(body []byte) int {
				bodies = append(bodies, string(body)) // one request at a time
				if len(bodies) < 3 {
					return status
				}
				return http.StatusAccepted
			})
			r := reporterTo(t, reporter.Config{URL: c.URL})
			send(r, 10, "s")
			eventually(t, "delivered", func() bool { return r.Stats().Delivered == 10 })
			if bodies[0] != bodies[1] || bodies[1] != bodies[2] {
				t.Error("a body that may have arrived was not sent again byte for byte")
			}
		})
	}
}

// TestLargeBatchesArePacked sends a batch above the size, a batch below it, and
// a span that is larger than a batch may be.
func TestLargeBatchesArePacked(t *testing.T) {
	c := newCollector(t)
	r := reporterTo(t, reporter.Config{URL: c.URL, GzipAbove: 4 << 10, BatchBytes: 16 << 10})
	settled := func(n uint64) func() bool { return func() bool { return r.Stats().Delivered == n } }
	send(r, 5, "few")
	eventually(t, "few delivered", settled(5))
	if n := c.packed.Load(); n != 0 {
		t.Errorf("a small batch was packed")
	}
	large := named("large")
	large.Tags = map[string]string{"text": strings.Repeat("x", 64<<10)}
	r.Send(large)
	send(r, 200, "many")
	eventually(t, "all delivered", settled(206))
	if n := c.packed.Load(); n < 2 || c.count() != 206 {
		t.Errorf("%d batches were packed, %d spans stored", n, c.count())
	}
	addUp(t, r.Stats())
}

// TestTheNetworkDecidesWhatIsPacked sends a large span by every kind of address to
// the same collector.
func TestTheNetworkDecidesWhatIsPacked(t *testing.T) {
	for host, want := range map[string]int64{"127.0.0.1": 0, "127.1.2.3": 0, "[::1]": 0, "localhost": 0, "10.1.2.3": 1, "zipkin.example": 1} {
		c := newCollector(t)
		toCollector := func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, c.Listener.Addr().String())
		}
		r := reporterTo(t, reporter.Config{URL: "http://" + host + ":9411", Client: &http.Client{Transport: &http.Transport{DialContext: toCollector}}})
		large := named("large")
		large.Tags = map[string]string{"text": strings.Repeat("x", 200<<10)}
		r.Send(large)
		eventually(t, "delivered", func() bool { return r.Stats().Delivered == 1 })
		if n := c.packed.Load(); n != want {
			t.Errorf("to %s: %d requests were packed, want %d", host, n, want)
		}
	}
}

func TestReporterOutlivesACollectorThatIsDown(t *testing.T) {
	c := newCollector(t)
	url := c.URL
	c.CloseClientConnections()
	c.Close()
	r := reporterTo(t, reporter.Config{URL: url, MaxSpans: 20, RetryFor: time.Hour})
	send(r, 50, "s")
	if s := r.Stats(); s.Dropped["queue_full"] != 30 || s.Queued != 20 {
		t.Errorf("a queue of 20 took 50 spans as %+v", s)
	}
	addUp(t, r.Stats())
}

func TestReporterGivesUpABatchInTime(t *testing.T) {
	c := newCollector(t)
	c.answerWith(func([]byte) int { return 500 })
	r := reporterTo(t, reporter.Config{URL: c.URL, RetryFor: time.Millisecond})
	send(r, 5, "s")
	eventually(t, "given up", func() bool { return r.Stats().Dropped["undelivered"] == 5 })
	addUp(t, r.Stats())
}

// TestOnePoisonedSpanCostsOnlyItself sends a span that makes Zipkin refuse the
// whole batch that it is in.
func TestOnePoisonedSpanCostsOnlyItself(t *testing.T) {
	for name, status := range map[string]int{"400": 400, "413": 413} {
		t.Run(name, func(t *testing.T) {
			c := newCollector(t)
			c.answerWith(func(body []byte) int {
				if strings.Contains(string(body), "poison") {
					return status
				}
				return http.StatusAccepted
			})
			r := reporterTo(t, reporter.Config{URL: c.URL})
			send(r, 40, "good")
			r.Send(named("poison"))
			send(r, 40, "fine")
			eventually(t, "all settled", func() bool { return r.Stats().Queued == 0 })
			s := r.Stats()
			if s.Delivered != 80 || s.Dropped["rejected"] != 1 || c.count() != 80 {
				t.Errorf("%+v, %d stored; want 80 delivered and 1 rejected", s, c.count())
			}
			addUp(t, s)
		})
	}
}

func TestASpanWithoutEncodingCostsOnlyItself(t *testing.T) {
	c := newCollector(t)
	r := reporterTo(t, reporter.Config{URL: c.URL})
	bad := named("bad")
	bad.Duration = -time.Second
	r.Send(bad)
	send(r, 5, "good")
	eventually(t, "all settled", func() bool { return r.Stats().Queued == 0 })
	if s := r.Stats(); s.Delivered != 5 || s.Dropped["invalid"] != 1 {
		t.Errorf("%+v; want 5 delivered and 1 invalid", s)
	}
}

func TestShutdownSendsTheLastSpans(t *testing.T) {
	c := newCollector(t)
	r := reporterTo(t, reporter.Config{URL: c.URL, Linger: time.Hour})
	send(r, 10, "s")
	if err := r.Shutdown(context.Background()); err != nil || c.count() != 10 {
		t.Errorf("Shutdown: %v, %d of 10 spans stored", err, c.count())
	}
	r.Send(named("late"))
	if err := r.Close(); err != nil {
		t.Errorf("a second end: %v", err)
	}
	s := r.Stats()
	if s.Dropped["shutdown"] != 1 {
		t.Errorf("a span after the end: %+v", s)
	}
	addUp(t, s)
}

func TestShutdownEndsWithItsContext(t *testing.T) {
	c := newCollector(t)
	release := make(chan struct{})
	defer close(release)
	began := make(chan struct{}, 1)
	c.answerWith(func([]byte) int { began <- struct{}{}; <-release; return http.StatusAccepted })
	r := reporterTo(t, reporter.Config{URL: c.URL})
	send(r, 10, "s")
	<-began // the collector hangs
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.Shutdown(ctx); err == nil {
		t.Error("Shutdown told nothing of the spans that it gave up")
	}
	s := r.Stats()
	if s.Dropped["shutdown"] != 10 || s.Queued != 0 {
		t.Errorf("%+v; want 10 dropped by the shutdown", s)
	}
	addUp(t, s)
}

func TestReporterFromManyGoroutines(t *testing.T) {
	c := newCollector(t)
	r := reporterTo(t, reporter.Config{URL: c.URL, MaxSpans: 100})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			send(r, 500, "s")
			addUp(t, r.Stats())
		})
	}
	wg.Wait()
	if err := r.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	s := r.Stats()
	if s.Accepted != 4000 || s.Queued != 0 {
		t.Errorf("%+v; want 4000 accepted, none queued", s)
	}
	addUp(t, s)
}
