package redistrace_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/redistest"
)

// TestADialThatACommandWaitsFor holds the dial until the command waits.
func TestADialThatACommandWaitsFor(t *testing.T) {
	f := follow(t)
	began, release := make(chan struct{}), make(chan struct{})
	opt := options(redistest.Start(t).Addr)
	opt.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
		close(began)
		<-release
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}
	c := traced(t, redis.NewClient(opt))
	done := make(chan error)
	go func() { done <- c.Ping(f.ctx).Err() }()
	<-began
	released := time.Now()
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	s := f.only()
	f.check(s, "PING", nil)
	if len(s.Annotations) != 1 || s.Annotations[0].Value != "new connection" || s.Annotations[0].Timestamp.Before(released) ||
		s.Annotations[0].Timestamp.After(s.Timestamp.Add(s.Duration)) {
		t.Errorf("%s%v; want it to tell when it had its connection", text(s), s.Annotations)
	}
	if err := c.Ping(f.ctx).Err(); err != nil {
		t.Fatal(err)
	}
	if s := f.only(); len(s.Annotations) != 0 {
		t.Errorf("%s; the connection was there", text(s))
	}
}

// TestASubscriptionShowsItsDial is the one dial that comes in its caller's
// context.
func TestASubscriptionShowsItsDial(t *testing.T) {
	f := follow(t)
	server := redistest.Start(t)
	subscribe := func() error {
		opt := options(server.Addr)
		opt.DB, opt.ClientName = 1, "name" // more for the set-up to say
		s := traced(t, redis.NewClient(opt)).Subscribe(f.ctx, "channel")
		defer s.Close()
		_, err := s.Receive(f.ctx)
		return err
	}
	if err := subscribe(); err != nil {
		t.Fatal(err)
	}
	f.check(f.only(), "DIAL", map[string]string{"server.address": server.Addr})
	server.Stop()
	if subscribe() == nil {
		t.Fatal("a subscription without a server")
	}
	spans := f.spans()
	if len(spans) == 0 {
		t.Fatal("no span of a dial that failed")
	}
	for _, s := range spans {
		if s.Name != "DIAL" || !strings.Contains(s.Tags[description], "connection refused") {
			t.Errorf("%s; want a DIAL that was refused", text(s))
		}
	}
}

// TestNoSpanWithoutATrace has the pool dial ahead, and commands of no trace.
func TestNoSpanWithoutATrace(t *testing.T) {
	f := follow(t)
	opt := options(redistest.Start(t).Addr)
	opt.MinIdleConns, opt.DB, opt.ClientName, opt.Protocol = 3, 1, "name", 3
	c := traced(t, redis.NewClient(opt))
	err := testbed.Eventually(func() error {
		return c.Ping(context.Background()).Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, call := range calls {
		if err := call.do(context.Background(), c, "key"); err != nil {
			t.Error(err)
		}
	}
	if spans := f.spans(); len(spans) != 0 {
		t.Errorf("nobody asked for %s", text(spans...))
	}
}

// TestAPipelineOfSetUpCommandsAlone is go-redis's; one with more is a caller's.
func TestAPipelineOfSetUpCommandsAlone(t *testing.T) {
	f := follow(t)
	c := connect(t, redistest.Start(t).Addr)
	_, err := c.Pipelined(f.ctx, func(p redis.Pipeliner) error {
		p.Select(f.ctx, 0)
		return p.Ping(f.ctx).Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	f.check(f.only(), "PIPELINE", map[string]string{"db.operation.batch.size": "2"})
	if err := c.ClientList(f.ctx).Err(); err != nil {
		t.Fatal(err)
	}
	f.check(f.only(), "CLIENT", nil)
}

// TestRedisIsGone stops the server under a client that is connected, and has
// one call fail and the next come back.
func TestRedisIsGone(t *testing.T) {
	server := redistest.Start(t)
	for _, call := range calls {
		t.Run(call.name, func(t *testing.T) {
			f := follow(t)
			server.Start()
			c := connect(t, server.Addr)
			if err := call.do(f.ctx, c, "key"); err != nil {
				t.Fatal(err)
			}
			f.check(f.only(), call.operation, call.tags)
			server.Stop()
			if call.do(f.ctx, c, "key") == nil {
				t.Fatal("an answer came")
			}
			s := f.only()
			f.check(s, call.operation, with(call.tags, "error", "UNKNOWN", description, s.Tags[description]))
			if !strings.Contains(s.Tags[description], "connection refused") {
				t.Errorf("%s; want it to say that the connection was refused", text(s))
			}
			server.Start()
			if err := call.do(f.ctx, c, "key"); err != nil {
				t.Fatal(err)
			}
			f.check(f.only(), call.operation, call.tags)
		})
	}
}

// TestAPoolWithoutAConnectionToSpare has the one connection be in use.
func TestAPoolWithoutAConnectionToSpare(t *testing.T) {
	f := follow(t)
	opt := options(redistest.Start(t).Addr)
	opt.PoolSize, opt.PoolTimeout, opt.MaxRetries = 1, 20*time.Millisecond, -1
	c := traced(t, redis.NewClient(opt))
	held := c.Conn()
	defer held.Close()
	if err := held.Ping(context.Background()).Err(); err != nil {
		t.Fatal(err)
	}
	if c.Ping(f.ctx).Err() == nil {
		t.Fatal("two commands had one connection")
	}
	f.check(f.only(), "PING", map[string]string{"error": "UNKNOWN", description: redis.ErrPoolTimeout.Error()})
}
