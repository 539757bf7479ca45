package redistrace_test

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/internal/testbed/redistest"
)

// TestAScriptThatRedisDoesNotKnowYet is sent by the call that needs it: nothing failed.
func TestAScriptThatRedisDoesNotKnowYet(t *testing.T) {
	f := follow(t)
	c := connect(t, redistest.Start(t).Addr)
	script := redis.NewScript("return 1")
	for name, run := range map[string]func() *redis.Cmd{
		"":    func() *redis.Cmd { return script.Run(f.ctx, c, nil) },
		"_RO": func() *redis.Cmd { return script.RunRO(f.ctx, c, nil) },
	} {
		c.ScriptFlush(f.ctx)
		f.check(f.only(), "SCRIPT", nil)
		for _, known := range []bool{false, true} {
			if err := run().Err(); err != nil {
				t.Fatal(err)
			}
			spans := f.spans()
			if known {
				if len(spans) != 1 {
					t.Fatalf("of a script that is known: %s", text(spans...))
				}
				f.check(spans[0], "EVALSHA"+name, nil)
				continue
			}
			if len(spans) != 2 {
				t.Fatalf("of a script that is not known: %s", text(spans...))
			}
			f.check(spans[0], "EVALSHA"+name, map[string]string{"db.response.status_code": "NOSCRIPT"})
			f.check(spans[1], "EVAL"+name, nil)
		}
	}
}

// TestAScriptThatIsNotKnownFailsAPipeline: nobody sends it then.
func TestAScriptThatIsNotKnownFailsAPipeline(t *testing.T) {
	f := follow(t)
	c := connect(t, redistest.Start(t).Addr)
	_, err := c.Pipelined(f.ctx, func(p redis.Pipeliner) error {
		return redis.NewScript("return 1").Run(f.ctx, p, nil).Err()
	})
	if err == nil {
		t.Fatal("the script was known")
	}
	f.check(f.only(), "PIPELINE", map[string]string{"db.operation.batch.size": "1", "db.response.status_code": "NOSCRIPT",
		"error": "UNKNOWN", description: "redis answered with an error: NOSCRIPT"})
}
