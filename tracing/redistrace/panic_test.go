package redistrace_test

import (
	"context"
	"net"
	"testing"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/internal/testbed/redistest"
)

// panicking is a hook that panics within the call that it is made for.
type panicking struct {
	passing
	dial bool
}

func (h panicking) DialHook(next redis.DialHook) redis.DialHook {
	if !h.dial {
		return next
	}
	return func(context.Context, string, string) (net.Conn, error) { panic("dial") }
}

func (h panicking) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() == "set" {
			panic("command")
		}
		return next(ctx, cmd)
	}
}

func (h panicking) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		for _, cmd := range cmds {
			if cmd.Name() == "append" { // not the set-up of a connection
				panic("pipeline")
			}
		}
		return next(ctx, cmds)
	}
}

// panics reports whether do does.
func panics(do func()) (did bool) {
	defer func() { did = recover() != nil }()
	do()
	return false
}

func TestAPanicLosesNoSpan(t *testing.T) {
	addr := redistest.Start(t).Addr
	failed := map[string]string{"error": "UNKNOWN", description: "a panic ended the call"}
	for _, call := range calls {
		t.Run(call.name, func(t *testing.T) {
			f := follow(t)
			c := connect(t, addr)
			c.AddHook(panicking{})
			if !panics(func() { call.do(f.ctx, c, "key") }) {
				t.Fatal("the panic does not reach the caller")
			}
			s := f.only()
			f.check(s, call.operation, with(call.tags, "error", "UNKNOWN", description, failed[description]))
			if err := c.Ping(f.ctx).Err(); err != nil {
				t.Errorf("the next call: %v", err)
			}
			f.check(f.only(), "PING", nil)
		})
	}
	t.Run("dial", func(t *testing.T) {
		f := follow(t)
		c := connect(t, addr)
		c.AddHook(panicking{dial: true})
		if !panics(func() { c.Subscribe(f.ctx, "channel") }) {
			t.Skip("go-redis recovers from it")
		}
		f.check(f.only(), "DIAL", with(failed, "server.address", addr))
	})
	t.Run("the function of a Watch", func(t *testing.T) {
		f := follow(t)
		c := connect(t, addr)
		if !panics(func() { c.Watch(f.ctx, func(*redis.Tx) error { panic("function") }, "key") }) {
			t.Fatal("the panic does not reach the caller")
		}
		spans := f.spans()
		if len(spans) != 2 {
			t.Fatalf("%d spans, want WATCH and UNWATCH: %s", len(spans), text(spans...))
		}
		f.check(spans[0], "WATCH", nil)
		f.check(spans[1], "UNWATCH", nil)
	})
}
