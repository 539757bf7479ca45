package writer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/redact"
	"example.com/tracelab/services/writer/internal/node"
	"example.com/tracelab/tracing/redistrace"
)

// connect makes a client; it dials when it is first used. Its defaults would
// try a dead Redis for 1.7 s a command, and wait for a hung one longer than the
// request's deadline.
func connect(c *Config) redis.UniversalClient {
	redis.SetLogger(quietLogger{})
	rdb := redis.NewUniversalClient(&redis.UniversalOptions{
		Addrs:                 c.Redis,
		MasterName:            c.RedisMaster,
		IsClusterMode:         c.RedisCluster,
		Username:              c.RedisUsername,
		Password:              c.RedisPassword,
		ContextTimeoutEnabled: true,
		DialTimeout:           500 * time.Millisecond,
		DialerRetries:         1,
		ReadTimeout:           time.Second,
		WriteTimeout:          time.Second,
		PoolTimeout:           time.Second,
		MaxRetries:            node.Retries,
		DisableIdentity:       true,
		MaintNotificationsConfig: &maintnotifications.Config{
			Mode: maintnotifications.ModeDisabled,
		},
	})
	rdb.AddHook(redistrace.Hook{})
	return rdb
}

// quietLogger logs the lines of go-redis, one for each failed dial, at debug
// level: the request reports what failed.
type quietLogger struct{}

func (quietLogger) Printf(ctx context.Context, format string, args ...any) {
	slog.DebugContext(ctx, "redis: "+redact.In(fmt.Sprintf(format, args...)))
}

// unavailable is the Error for a command that failed: Redis is down, hung or
// refuses. An Error it leaves as it is.
func unavailable(err error) error {
	var known *httpapi.Error
	if errors.As(err, &known) {
		return known
	}
	e := httpapi.Failed("redis", httpapi.Unavailable, err)
	var refusal redis.Error
	if errors.As(err, &refusal) {
		e.Detail = "redis refuses the command"
	}
	return e
}
