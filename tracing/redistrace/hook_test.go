package redistrace_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/internal/testbed/redistest"
	"example.com/tracelab/tracing/redistrace"
)

// calls are the three ways to ask Redis, each with something that it refuses: a
// command for strings on a list.
var calls = []struct {
	name, operation string
	tags            map[string]string
	do              func(ctx context.Context, c redis.UniversalClient, key string) error
	refused         func(ctx context.Context, c redis.UniversalClient, list string) error
}{
	{"command", "SET", nil,
		func(ctx context.Context, c redis.UniversalClient, key string) error {
			return c.Set(ctx, key, "v", 0).Err()
		},
		func(ctx context.Context, c redis.UniversalClient, list string) error {
			return c.SetRange(ctx, list, 0, "v").Err()
		}},
	{"pipeline", "PIPELINE", map[string]string{"db.operation.batch.size": "3"},
		func(ctx context.Context, c redis.UniversalClient, key string) error {
			_, err := c.Pipelined(ctx, three(ctx, key))
			return err
		},
		func(ctx context.Context, c redis.UniversalClient, list string) error {
			_, err := c.Pipelined(ctx, three(ctx, list))
			return err
		}},
	{"transaction", "MULTI", map[string]string{"db.operation.batch.size": "3"},
		func(ctx context.Context, c redis.UniversalClient, key string) error {
			_, err := c.TxPipelined(ctx, three(ctx, key))
			return err
		},
		func(ctx context.Context, c redis.UniversalClient, list string) error {
			_, err := c.TxPipelined(ctx, three(ctx, list))
			return err
		}},
}

// three commands about one key; the second is for strings.
func three(ctx context.Context, key string) func(redis.Pipeliner) error {
	return func(p redis.Pipeliner) error {
		p.Exists(ctx, key)
		p.Append(ctx, key, "v")
		p.StrLen(ctx, key)
		return nil
	}
}

func with(tags map[string]string, more ...string) map[string]string {
	all := map[string]string{}
	for k, v := range tags {
		all[k] = v
	}
	for i := 0; i < len(more); i += 2 {
		all[more[i]] = more[i+1]
	}
	return all
}

func TestOneSpanForACall(t *testing.T) {
	addr := redistest.Start(t).Addr
	for _, call := range calls {
		t.Run(call.name, func(t *testing.T) {
			f := follow(t)
			c := connect(t, addr)
			if err := call.do(f.ctx, c, "key"); err != nil {
				t.Fatal(err)
			}
			f.check(f.only(), call.operation, call.tags)
		})
	}
}

func TestOneSpanForAFailingCall(t *testing.T) {
	addr := redistest.Start(t).Addr
	for _, call := range calls {
		t.Run(call.name, func(t *testing.T) {
			f := follow(t)
			c := connect(t, addr)
			c.Del(context.Background(), "list")
			c.RPush(context.Background(), "list", "v")
			if call.refused(f.ctx, c, "list") == nil {
				t.Fatal("Redis took a list for a string")
			}
			s := f.only()
			operation := call.operation
			if operation == "SET" {
				operation = "SETRANGE"
			}
			f.check(s, operation, with(call.tags, "db.response.status_code", "WRONGTYPE",
				"error", "UNKNOWN", description, "redis answered with an error: WRONGTYPE"))
		})
	}
}

// TestAnAbsentKeyIsNoError asks for one alone, and before a command that fails:
// go-redis then reports the absence.
func TestAnAbsentKeyIsNoError(t *testing.T) {
	f := follow(t)
	c := connect(t, redistest.Start(t).Addr)
	if err := c.Get(f.ctx, "absent").Err(); err != redis.Nil {
		t.Fatalf("GET of an absent key: %v", err)
	}
	f.check(f.only(), "GET", nil)
	get := func(then string) {
		t.Helper()
		_, err := c.Pipelined(f.ctx, func(p redis.Pipeliner) error {
			p.Get(f.ctx, "absent")
			p.Do(f.ctx, then, "list", "v")
			return nil
		})
		if err != redis.Nil {
			t.Fatalf("a pipeline whose first key is absent: %v", err)
		}
	}
	batch := map[string]string{"db.operation.batch.size": "2"}
	get("rpush")
	f.check(f.only(), "PIPELINE", batch)
	get("append")
	f.check(f.only(), "PIPELINE", with(batch, "db.response.status_code", "WRONGTYPE",
		"error", "UNKNOWN", description, "redis answered with an error: WRONGTYPE"))
}

func TestALostRaceIsMarkedAsSuch(t *testing.T) {
	f := follow(t)
	c := connect(t, redistest.Start(t).Addr)
	err := c.Watch(f.ctx, func(tx *redis.Tx) error {
		if err := c.Set(context.Background(), "key", "another", 0).Err(); err != nil {
			return err
		}
		_, err := tx.TxPipelined(f.ctx, func(p redis.Pipeliner) error { return p.Set(f.ctx, "key", "mine", 0).Err() })
		return err
	}, "key")
	if !errors.Is(err, redis.TxFailedErr) {
		t.Fatal(err)
	}
	spans := f.spans()
	if len(spans) != 2 {
		t.Fatalf("%d spans, want WATCH and MULTI: %s", len(spans), text(spans...))
	}
	f.check(spans[0], "WATCH", nil)
	f.check(spans[1], "MULTI", map[string]string{"db.operation.batch.size": "1",
		"error": "UNKNOWN", description: redis.TxFailedErr.Error()})
}

func TestWhoGaveUp(t *testing.T) {
	addr := redistest.Start(t).Addr
	calls := map[string]func(context.Context, *redis.Client) error{
		"BLPOP": func(ctx context.Context, c *redis.Client) error { return c.BLPop(ctx, 0, "empty").Err() },
		"PIPELINE": func(ctx context.Context, c *redis.Client) error {
			_, err := c.Pipelined(ctx, func(p redis.Pipeliner) error { return p.BLPop(ctx, 0, "empty").Err() })
			return err
		},
	}
	contexts := map[string]struct {
		end  func(context.Context) (context.Context, context.CancelFunc)
		code string
		text string
	}{
		"deadline": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 50*time.Millisecond)
		}, "DEADLINE_EXCEEDED", ""},
		"cancel": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			return ctx, cancel
		}, "CANCELLED", "context canceled"},
	}
	for name, c := range contexts {
		for operation, call := range calls {
			t.Run(name+" of "+operation, func(t *testing.T) {
				f := follow(t)
				client := connect(t, addr)
				ctx, cancel := c.end(f.ctx)
				defer cancel()
				if call(ctx, client) == nil {
					t.Fatal("an answer came")
				}
				s := f.only()
				if s.Name != operation || s.Tags["error"] != c.code || c.text != "" && s.Tags[description] != c.text {
					t.Errorf("%s; want code %s", text(s), c.code)
				}
			})
		}
	}
}

// TestRetriesAreInsideTheSpan lets the first two dials fail.
func TestRetriesAreInsideTheSpan(t *testing.T) {
	addr := redistest.Start(t).Addr
	for _, call := range calls {
		t.Run(call.name, func(t *testing.T) {
			f := follow(t)
			dials := 0
			opt := options(addr)
			opt.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
				if dials++; dials <= 2 {
					return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("not yet")}
				}
				return (&net.Dialer{}).DialContext(ctx, network, addr)
			}
			c := traced(t, redis.NewClient(opt))
			if err := call.do(f.ctx, c, "key"); err != nil {
				t.Fatal(err)
			}
			if dials != 3 {
				t.Errorf("%d dials, want 3: the test does not test what it says", dials)
			}
			f.check(f.only(), call.operation, call.tags)
		})
	}
}

func TestPeerNamesTheServer(t *testing.T) {
	f := follow(t)
	c := redis.NewClient(options(redistest.Start(t).Addr))
	defer c.Close()
	c.AddHook(redistrace.Hook{Peer: "sessions"})
	if err := c.Ping(f.ctx).Err(); err != nil {
		t.Fatal(err)
	}
	if s := f.only(); s.RemoteEndpoint == nil || s.RemoteEndpoint.ServiceName != "sessions" {
		t.Errorf("%s; want it to go to sessions", text(s))
	}
}
