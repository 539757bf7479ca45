package redistrace_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/internal/testbed/redistest"
)

// TestNamesOfCommands asks a server for all of its commands, and sends each: a wrong use
// has a name too. What is none has none, whatever it is.
func TestNamesOfCommands(t *testing.T) {
	server := redistest.Start(t)
	all, err := plain(t, server.Addr).CommandList(context.Background(), nil).Result()
	if err != nil || len(all) < 200 {
		t.Fatalf("%d commands, %v", len(all), err)
	}
	never := &neverSent{}
	f := follow(t)
	c := connect(t, server.Addr)
	c.AddHook(never)
	name := func(first any) string {
		c.Do(f.ctx, first, "x")
		return f.only().Name
	}
	for _, command := range all {
		switch {
		case strings.Contains(command, "|"): // a command within a command
			continue
		case slices.Contains([]string{"hello", "auth", "select", "readonly"}, command): // of the set-up, which has no spans
			continue
		}
		if upper := strings.ToUpper(command); name(command) != upper || name([]byte(upper)) != upper {
			t.Errorf("%s goes without its name", command)
		}
	}
	for _, value := range []any{12345, int64(-1), 1.5, true, []byte("12345"), "s3cret", "S3CRET", "client list", "get ", "key:1", "a.b", "JSON.SECRET", "", nil} {
		if got := name(value); got != "COMMAND" {
			t.Errorf("Do(ctx, %#v) is called %s", value, got)
		}
	}
}

// neverSent is a hook that sends nothing.
type neverSent struct{ passing }

func (neverSent) ProcessHook(redis.ProcessHook) redis.ProcessHook {
	return func(context.Context, redis.Cmder) error { return nil }
}

// passing is a hook that does nothing.
type passing struct{}

func (passing) DialHook(next redis.DialHook) redis.DialHook          { return next }
func (passing) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }
func (passing) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}
