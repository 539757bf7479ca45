package redistrace_test

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/redistest"
)

func sentinelClient(t *testing.T, s *redistest.Sentinel, name string) *redis.Client {
	t.Helper()
	return traced(t, redis.NewFailoverClient(&redis.FailoverOptions{
		MasterName:            name,
		SentinelAddrs:         s.Addrs,
		ContextTimeoutEnabled: true,
		DialerRetries:         1,
	}))
}

// TestSentinel finds the primary through Sentinels, loses it and finds the next:
// what it takes is inside the span of the call that needs it.
func TestSentinel(t *testing.T) {
	s := redistest.StartSentinel(t)
	f := follow(t)
	c := sentinelClient(t, s, s.Name)
	for _, call := range calls {
		if err := call.do(f.ctx, c, call.name); err != nil {
			t.Fatal(err)
		}
		f.check(f.only(), call.operation, call.tags)
	}
	old := s.Primary(t).Options().Addr
	attempts := f.attempt(c)
	s.FailOver(t)
	attempts.stop()
	if now := s.Primary(t).Options().Addr; now == old {
		t.Fatalf("%s is still the primary", old)
	}
	for _, call := range calls {
		err := testbed.Eventually(func() error { return call.do(context.Background(), c, call.name) })
		if err != nil {
			t.Fatal(err)
		}
		if err := call.do(f.ctx, c, call.name); err != nil {
			t.Fatal(err)
		}
		f.check(f.only(), call.operation, call.tags)
	}
	if err := s.Primary(t).Get(context.Background(), "command").Err(); err != nil {
		t.Errorf("the new primary does not have the key: %v", err)
	}
}

// TestAPrimaryThatNoSentinelKnows is no absent key.
func TestAPrimaryThatNoSentinelKnows(t *testing.T) {
	s := redistest.StartSentinel(t)
	f := follow(t)
	c := sentinelClient(t, s, "nobody")
	if err := c.Get(f.ctx, "key").Err(); err == nil || err == redis.Nil {
		t.Fatalf("GET of a primary that there is not: %v", err)
	}
	if span := f.only(); span.Name != "GET" || span.Tags["error"] == "" {
		t.Errorf("%s; want an error", text(span))
	}
}

// attempts are calls one after another, while something happens to Redis.
type attempts struct {
	f      *trail
	end    chan struct{}
	ended  chan struct{}
	all    int
	failed int
}

// attempt begins to make them, and returns when the first has succeeded.
func (f *trail) attempt(c redis.UniversalClient) *attempts {
	f.t.Helper()
	a := &attempts{f: f, end: make(chan struct{}), ended: make(chan struct{})}
	began := make(chan struct{})
	go a.run(c, began)
	select {
	case <-began:
	case <-a.ended:
		f.t.Fatal("no call succeeded")
	}
	return a
}

// run makes calls until one succeeds after the end, for half a minute at most.
func (a *attempts) run(c redis.UniversalClient, began chan struct{}) {
	defer close(a.ended)
	for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit); {
		ending := false
		select {
		case <-a.end:
			ending = true
		default:
		}
		ctx, cancel := context.WithTimeout(a.f.ctx, time.Second)
		err := calls[a.all%len(calls)].do(ctx, c, "attempt")
		cancel()
		a.all++
		if err != nil {
			a.failed++
			continue
		}
		if a.all == a.failed+1 {
			close(began)
		}
		if ending {
			return
		}
	}
}

// stop ends them, and checks that each left one span, which says how it ended.
func (a *attempts) stop() {
	a.f.t.Helper()
	close(a.end)
	<-a.ended
	failed := 0
	spans := a.f.spans()
	for i, s := range spans {
		if call := calls[i%len(calls)]; s.Name != call.operation {
			a.f.t.Errorf("call %d is a %s: %s", i, call.operation, text(s))
		}
		if s.Tags["error"] != "" {
			failed++
		}
	}
	if len(spans) != a.all || failed != a.failed {
		a.f.t.Errorf("%d calls of which %d failed left %d spans of which %d failed", a.all, a.failed, len(spans), failed)
	}
	a.f.t.Logf("%d calls, %d failed", a.all, a.failed)
}
