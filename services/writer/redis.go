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
	"example.com/tracelab/tracing/redistrace"
)

// connect makes a client; it dials when it is first used. Its defaults would
// try a dead Redis for 1.7 s a command, and wait for a hung one longer than the
// request's deadline.
func connect(c *Config) redis.UniversalClient {
	redis.SetLogger(quietly{})
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
		MaxRetries:            retries,
		DisableIdentity:       true,
		MaintNotificationsConfig: &maintnotifications.Config{
			Mode: maintnotifications.ModeDisabled,
		},
	})
	rdb.AddHook(redistrace.Hook{})
	return rdb
}

// retries are after a command's first try: a connection that Redis closed fails
// once.
const retries = 2

// single makes a client of the server that has key, with one connection to it.
// What rdb knows of Sentinels and of the Cluster's nodes it need not ask again.
// The client does not follow a Cluster's redirects.
func single(ctx context.Context, rdb redis.UniversalClient, key string, c *Config) (*redis.Client, error) {
	server, err := locate(ctx, rdb, key)
	if err != nil {
		return nil, err
	}
	o := *server.Options()
	o.MaxRetries = retries // a Cluster's node has none of its own
	o.PoolSize = 1
	o.PoolTimeout = c.RedisTimeout // whoever is not served by then has no time left
	one := redis.NewClient(&o)
	one.AddHook(redistrace.Hook{})
	return one, nil
}

// locate returns the client of the server that has key.
func locate(ctx context.Context, rdb redis.UniversalClient, key string) (*redis.Client, error) {
	if cluster, ok := rdb.(*redis.ClusterClient); ok {
		return cluster.MasterForKey(ctx, key)
	}
	return rdb.(*redis.Client), nil
}

// quietly keeps go-redis's own lines (one for each failed dial) for those who
// ask for them: what fails is told by the request.
type quietly struct{}

func (quietly) Printf(ctx context.Context, format string, args ...any) {
	slog.DebugContext(ctx, "redis: "+fmt.Sprintf(format, args...))
}

// unavailable is the Error for a command that failed: Redis is down, hung or
// refuses.
func unavailable(err error) error {
	e := httpapi.Failed("redis", httpapi.Unavailable, err)
	var refusal redis.Error
	if errors.As(err, &refusal) {
		e.Detail = "redis refuses the command"
	}
	return e
}
