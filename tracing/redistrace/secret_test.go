package redistrace_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/internal/testbed/redistest"
)

// secret stands for keys, values, arguments and passwords; in capitals, as the
// codes of Redis's errors are.
const secret = "PLANTED-SECRET"

// TestNoSpanRevealsASecret plants it wherever it may come to a span, above all
// in commands that fail: the errors of Redis and of go-redis repeat it.
func TestNoSpanRevealsASecret(t *testing.T) {
	server := redistest.Start(t)
	admin := plain(t, server.Addr)
	ctx := context.Background()
	script := func(body string) func(context.Context, *redis.Client) error {
		return func(ctx context.Context, c *redis.Client) error {
			return c.Eval(ctx, body, []string{secret}, secret).Err()
		}
	}
	tests := []struct {
		name string
		ok   bool // it succeeds
		do   func(context.Context, *redis.Client) error
	}{
		{"a key and its value", true, func(ctx context.Context, c *redis.Client) error { return c.Set(ctx, secret, secret, 0).Err() }},
		{"a command that there is not", false, func(ctx context.Context, c *redis.Client) error {
			return c.Do(ctx, "NOSUCH", secret, secret).Err()
		}},
		{"a word in the place of the command", false, func(ctx context.Context, c *redis.Client) error {
			return c.Do(ctx, secret, "x").Err()
		}},
		{"bytes in the place of the command", false, func(ctx context.Context, c *redis.Client) error {
			return c.Do(ctx, []byte(secret)).Err()
		}},
		{"a pointer in the place of the command", false, func(ctx context.Context, c *redis.Client) error {
			word := strings.ToLower(secret)
			return c.Do(ctx, &word).Err()
		}},
		{"a value in a pipeline, in the place of the command", false, func(ctx context.Context, c *redis.Client) error {
			_, err := c.Pipelined(ctx, func(p redis.Pipeliner) error { p.Ping(ctx); p.Do(ctx, secret); return p.Ping(ctx).Err() })
			return err
		}},
		{"a value in the place of the command", false, func(ctx context.Context, c *redis.Client) error {
			return c.Do(ctx, secret+" = x").Err()
		}},
		{"a value that is too long for a command", false, func(ctx context.Context, c *redis.Client) error {
			return c.Do(ctx, strings.Repeat(secret, 9)).Err()
		}},
		{"no command", false, func(ctx context.Context, c *redis.Client) error {
			ctx, cancel := context.WithTimeout(ctx, 20*time.Millisecond) // there is no answer to it
			defer cancel()
			return c.Do(ctx).Err()
		}},
		{"a script's arguments", true, script("return #ARGV[1]")},
		{"a script with the secret in it", false, script("-- " + secret + "\nreturn " + secret + ".x")},
		{"a script that does not compile", false, script("return '" + secret)},
		{"a script that answers with an error", false, script("return redis.error_reply(ARGV[1])")},
		{"a script that answers with a bare error", false, script("return {err=ARGV[1]}")},
		{"a script that raises an error", false, script("error(ARGV[1])")},
		{"a script whose command fails", false, script("return redis.call('NOSUCH', ARGV[1])")},
		{"an answer that is no number", false, func(ctx context.Context, c *redis.Client) error {
			return c.Process(ctx, redis.NewIntCmd(ctx, "eval", "return {ok=ARGV[1]}", 0, secret))
		}},
		{"an answer that is no fraction", false, func(ctx context.Context, c *redis.Client) error {
			return c.Process(ctx, redis.NewFloatCmd(ctx, "eval", "return ARGV[1]", 0, secret))
		}},
		{"an argument that cannot be sent", false, func(ctx context.Context, c *redis.Client) error {
			return c.Set(ctx, secret, struct{ s string }{secret}, 0).Err()
		}},
		{"a pipeline", false, func(ctx context.Context, c *redis.Client) error {
			_, err := c.Pipelined(ctx, func(p redis.Pipeliner) error { return p.Do(ctx, "NOSUCH", secret).Err() })
			return err
		}},
		{"a transaction", false, func(ctx context.Context, c *redis.Client) error {
			_, err := c.TxPipelined(ctx, func(p redis.Pipeliner) error { return p.Do(ctx, "NOSUCH", secret).Err() })
			return err
		}},
		{"a new user's password", true, func(ctx context.Context, c *redis.Client) error {
			return c.ACLSetUser(ctx, secret, "on", ">"+secret, "+ping", "+client").Err()
		}},
		{"a rule that is none", false, func(ctx context.Context, c *redis.Client) error {
			return c.ACLSetUser(ctx, "bob", "no rule: "+secret).Err()
		}},
		{"a password in the configuration", true, func(ctx context.Context, c *redis.Client) error {
			return c.ConfigSet(ctx, "masterauth", secret).Err()
		}},
		{"a channel and a message", true, func(ctx context.Context, c *redis.Client) error {
			s := c.Subscribe(ctx, secret)
			defer s.Close()
			if _, err := s.Receive(ctx); err != nil {
				return err
			}
			return c.Publish(ctx, secret, secret).Err()
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := follow(t)
			err := test.do(f.ctx, connect(t, server.Addr))
			f.keepsSecret(err, test.ok)
		})
	}
	for _, addr := range []string{"redis://ann:" + secret + "@127.0.0.1:1", "ann:" + secret + "@127.0.0.1:1", secret + "@127.0.0.1:1"} {
		t.Run("an address with a password", func(t *testing.T) {
			f := follow(t)
			c := traced(t, redis.NewClient(options(addr)))
			f.keepsSecret(c.Ping(f.ctx).Err(), false)
			s := c.Subscribe(f.ctx, "channel")
			defer s.Close()
			_, err := s.Receive(f.ctx)
			f.keepsSecret(err, false)
		})
	}
	// Users: the new one may do nothing but PING, the default one has a password.
	if err := admin.ConfigSet(ctx, "requirepass", secret).Err(); err != nil {
		t.Fatal(err)
	}
	get := func(ctx context.Context, c *redis.Client) error { return c.Get(ctx, secret).Err() }
	logins := []struct {
		name, user, password string
		ok                   bool
		do                   func(context.Context, *redis.Client) error
	}{
		{"no password", "", "", false, get},
		{"a password", "", secret, true, get},
		{"a wrong password", "", secret + "!", false, get},
		{"a user who may not", secret, secret, false, get},
		{"a user's wrong password", secret, secret + "!", false, get},
		{"a user who may", secret, secret, true, func(ctx context.Context, c *redis.Client) error { return c.Ping(ctx).Err() }},
		{"AUTH", "", secret, true, func(ctx context.Context, c *redis.Client) error {
			conn := c.Conn()
			defer conn.Close()
			if err := conn.Auth(ctx, "not the "+secret).Err(); err == nil {
				return nil
			}
			if err := conn.Auth(ctx, secret).Err(); err != nil {
				return err
			}
			if err := conn.AuthACL(ctx, secret, secret).Err(); err != nil {
				return err
			}
			return conn.Ping(ctx).Err()
		}},
		{"HELLO", "", secret, true, func(ctx context.Context, c *redis.Client) error {
			conn := c.Conn()
			defer conn.Close()
			if err := conn.Hello(ctx, 3, secret, secret, secret).Err(); err != nil {
				return err
			}
			return conn.Ping(ctx).Err()
		}},
	}
	for _, login := range logins {
		t.Run(login.name, func(t *testing.T) {
			f := follow(t)
			opt := options(server.Addr)
			opt.Username, opt.Password, opt.ClientName = login.user, login.password, secret
			err := login.do(f.ctx, traced(t, redis.NewClient(opt)))
			f.keepsSecret(err, login.ok)
		})
	}
}

// keepsSecret checks what was recorded of a call that ended so.
func (f *trail) keepsSecret(err error, ok bool) {
	f.t.Helper()
	if (err == nil) != ok {
		f.t.Errorf("it ended with %v: the test does not test what it says", err)
	}
	spans := f.spans()
	if len(spans) == 0 {
		f.t.Fatal("no span")
	}
	said := text(spans...)
	if strings.Contains(strings.ToLower(said), strings.ToLower(secret)) {
		f.t.Errorf("a span tells the secret: %s", said)
	}
	if failed := strings.Contains(said, description); failed == ok {
		f.t.Errorf("it ended with %v, and the spans say: %s", err, said)
	}
}

// plain is a client without a hook.
func plain(t *testing.T, addr string) *redis.Client {
	c := redis.NewClient(options(addr))
	t.Cleanup(func() { c.Close() })
	return c
}
