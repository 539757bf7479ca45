package writer

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/service"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/redistest"
)

// bench is a writer with its Redis and a fetcher that a test scripts.
type bench struct {
	t     *testing.T
	cfg   *Config
	redis redis.UniversalClient
	http.Handler
	parts   service.Definition
	fetches atomic.Int64
}

func newBench(t *testing.T, addr string, adjust func(*Config), fetch http.HandlerFunc) *bench {
	t.Helper()
	b := &bench{t: t}
	fetcher := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.fetches.Add(1)
		fetch(w, r)
	}))
	t.Cleanup(fetcher.Close)
	cfg := &Config{Redis: []string{addr}, RedisTimeout: time.Second, ValueTTL: time.Hour, FetcherURL: fetcher.URL,
		QueueLimit: 5, QueueWorkers: 2, MaxDeliveries: 3}
	if adjust != nil {
		adjust(cfg)
	}
	b.cfg, b.redis = cfg, connect(cfg)
	parts, err := cfg.build()
	if err != nil {
		t.Fatal(err)
	}
	b.parts = parts
	t.Cleanup(func() { parts.Close(); b.redis.Close() })
	mux := http.NewServeMux()
	for _, route := range parts.Routes {
		mux.HandleFunc(route.Pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := route.Handler(w, r); err != nil {
				httpapi.WriteError(w, r, err)
			}
		})
	}
	b.Handler = mux
	return b
}

func (b *bench) ask(method, path, body string) (int, string) {
	w := httptest.NewRecorder()
	b.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	return w.Code, w.Body.String()
}

// consume runs the queue's consumer until the test ends.
func (b *bench) consume() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.parts.Background(ctx) }()
	b.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			b.t.Errorf("the consumer ended: %v", err)
		}
	})
}

func (b *bench) eventually(what string, ok func() error) {
	b.t.Helper()
	if err := testbed.Eventually(ok); err != nil {
		b.t.Fatalf("never %s: %v", what, err)
	}
}

// holds says that Redis has the value under the key.
func (b *bench) holds(key, want string) func() error {
	return func() error {
		if got, err := b.redis.Get(context.Background(), key).Result(); err != nil || got != want {
			return fmt.Errorf("%s holds %q (%v)", key, got, err)
		}
		return nil
	}
}

// length says that a stream has n entries.
func (b *bench) length(stream string, n int64) func() error {
	return func() error {
		if got, err := b.redis.XLen(context.Background(), stream).Result(); err != nil || got != n {
			return fmt.Errorf("%s has %d entries (%v)", stream, got, err)
		}
		return nil
	}
}

func teapot(w http.ResponseWriter, _ *http.Request) {
	httpapi.WriteJSON(w, map[string]any{"status": 418, "statusText": "418 I'm a teapot"})
}

// servers runs a test with the embedded Redis and with a real one.
func servers(t *testing.T, test func(t *testing.T, addr string)) {
	t.Run("embedded", func(t *testing.T) { test(t, miniredis.RunT(t).Addr()) })
	t.Run("real", func(t *testing.T) { test(t, redistest.Start(t).Addr) })
}

func TestValues(t *testing.T) {
	servers(t, func(t *testing.T, addr string) {
		b := newBench(t, addr, nil, teapot)
		key := "http://go.dev/a b?q=1#ü"
		path := "/values/" + url.PathEscape(key)
		if code, body := b.ask("GET", path, ""); code != 404 || strings.Contains(body, "q=1") {
			t.Errorf("before: %d %s", code, body)
		}
		if code, body := b.ask("PUT", path, "200 OK"); code != 200 {
			t.Errorf("PUT: %d %s", code, body)
		}
		if err := b.holds(key, "200 OK")(); err != nil {
			t.Error(err)
		}
		if code, body := b.ask("GET", path, ""); code != 200 || !strings.Contains(body, `"200 OK"`) {
			t.Errorf("GET: %d %s", code, body)
		}
		if ttl := b.redis.TTL(context.Background(), key).Val(); ttl <= 0 || ttl > time.Hour {
			t.Errorf("the value expires in %s", ttl)
		}
	})
}

func TestWrongValues(t *testing.T) {
	b := newBench(t, miniredis.RunT(t).Addr(), nil, teapot)
	tests := []struct {
		method, path, body string
		want               int
	}{
		{"PUT", "/values/" + strings.Repeat("k", 9000), "x", 400},
		{"PUT", "/values/k", strings.Repeat("x", 70_000), 413},
		{"PUT", "/values/tracelab:visits", "x", 400},
		{"GET", "/values/tracelab:visits", "", 400},
		{"POST", "/queue", "", 400},
		{"POST", "/queue", "[]", 400},
		{"POST", "/queue", "{}", 400},
		{"POST", "/queue", `{"url":"tracelab:visits"}`, 400},
		{"POST", "/queue", `{"url":"` + strings.Repeat("u", 9000) + `"}`, 400},
		{"POST", "/queue", strings.Repeat(" ", 70_000), 413},
	}
	for _, test := range tests {
		if code, body := b.ask(test.method, test.path, test.body); code != test.want {
			t.Errorf("%s %.20s %.30s: %d %s; want %d", test.method, test.path, test.body, code, body, test.want)
		}
	}
}

func TestTheQueueIsWorkedOff(t *testing.T) {
	servers(t, func(t *testing.T, addr string) {
		t.Parallel()
		b := newBench(t, addr, nil, teapot)
		b.consume()
		for i := range 20 {
			b.eventually("taken", func() error {
				if code, body := b.ask("POST", "/queue", fmt.Sprintf(`{"url":"http://go.dev/%d"}`, i)); code != 202 {
					return fmt.Errorf("%d %s", code, body)
				}
				return nil
			})
		}
		for i := range 20 {
			b.eventually("stored", b.holds(fmt.Sprintf("http://go.dev/%d", i), "418 I'm a teapot"))
		}
		b.eventually("empty", b.length(stream, 0))
	})
}

func TestAFullQueueRefuses(t *testing.T) {
	b := newBench(t, miniredis.RunT(t).Addr(), nil, teapot)
	for i := range 7 {
		want := map[bool]int{true: 202, false: 503}[i < 5]
		if code, body := b.ask("POST", "/queue", `{"url":"http://go.dev/"}`); code != want {
			t.Errorf("message %d of a queue for 5: %d %s; want %d", i+1, code, body, want)
		}
	}
	if err := b.length(stream, 5)(); err != nil {
		t.Error(err)
	}
}

// TestACrashedConsumersMessageIsClaimed leaves a message with a consumer that
// never comes back.
func TestACrashedConsumersMessageIsClaimed(t *testing.T) {
	server := miniredis.RunT(t)
	b := newBench(t, server.Addr(), nil, teapot)
	ctx := context.Background()
	if code, body := b.ask("POST", "/queue", `{"url":"http://go.dev/"}`); code != 202 {
		t.Fatalf("%d %s", code, body)
	}
	b.redis.XGroupCreateMkStream(ctx, stream, group, "0")
	if err := b.redis.XReadGroup(ctx, &redis.XReadGroupArgs{Group: group, Consumer: "crashed", Streams: []string{stream, ">"}}).Err(); err != nil {
		t.Fatal(err)
	}
	server.SetTime(time.Now().Add(time.Minute))
	b.consume()
	b.eventually("stored", b.holds("http://go.dev/", "418 I'm a teapot"))
	b.eventually("empty", b.length(stream, 0))
}

func TestAMessageThatCannotBeDoneIsSetAside(t *testing.T) {
	refuse := func(w http.ResponseWriter, r *http.Request) {
		httpapi.WriteError(w, r, httpapi.InvalidField("url", "it is not fetched"))
	}
	fail := func(w http.ResponseWriter, r *http.Request) {
		httpapi.WriteError(w, r, httpapi.Failed("thirdparty", httpapi.Unreachable, fmt.Errorf("refused")))
	}
	for name, test := range map[string]struct {
		fetch http.HandlerFunc
		tries int64
	}{
		"refused: at once":            {refuse, 3},
		"failed: after its last try":  {fail, 1},
		"nothing to fetch with: once": {func(w http.ResponseWriter, _ *http.Request) { httpapi.WriteJSON(w, "") }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			servers(t, func(t *testing.T, addr string) {
				t.Parallel()
				b := newBench(t, addr, func(c *Config) { c.MaxDeliveries = test.tries }, test.fetch)
				b.consume()
				b.ask("POST", "/queue", `{"url":"http://go.dev/"}`)
				b.eventually("set aside", b.length(deadLetters, 1))
				b.eventually("off the queue", b.length(stream, 0))
				if n := b.fetches.Load(); n != 1 {
					t.Errorf("it was fetched %d times", n)
				}
				aside := b.redis.XRange(context.Background(), deadLetters, "-", "+").Val()[0]
				if aside.Values["url"] != "http://go.dev/" || aside.Values["error"] == "" || aside.Values["b3"] == "" || aside.Values["traceparent"] == "" {
					t.Errorf("what is kept: %v", aside.Values)
				}
			})
		})
	}
}

// TestAFailedMessageIsTriedAgain lets the first try fail, and passes the time
// after which its message is taken up again.
func TestAFailedMessageIsTriedAgain(t *testing.T) {
	server := miniredis.RunT(t)
	var b *bench
	b = newBench(t, server.Addr(), nil, func(w http.ResponseWriter, r *http.Request) {
		if b.fetches.Load() == 1 {
			w.WriteHeader(500)
			return
		}
		teapot(w, r)
	})
	ctx, cancel := context.WithCancel(context.Background())
	first := make(chan error, 1)
	go func() { first <- b.parts.Background(ctx) }()
	b.ask("POST", "/queue", `{"url":"http://go.dev/"}`)
	b.eventually("tried", func() error {
		if b.fetches.Load() == 0 {
			return fmt.Errorf("not fetched")
		}
		return nil
	})
	cancel()
	<-first
	if err := b.length(stream, 1)(); err != nil {
		t.Fatalf("after the first try: %v", err)
	}
	server.SetTime(time.Now().Add(time.Minute))
	b.consume()
	b.eventually("stored", b.holds("http://go.dev/", "418 I'm a teapot"))
}
