// Package node finds the server that has a key, in a Cluster and without one.
package node

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/tracing/redistrace"
)

// Retries are after a command's first try: a connection that Redis closed fails
// once.
const Retries = 2

// Of returns the client of the server that has key.
func Of(ctx context.Context, rdb redis.UniversalClient, key string) (*redis.Client, error) {
	if cluster, ok := rdb.(*redis.ClusterClient); ok {
		return cluster.MasterForKey(ctx, key)
	}
	return rdb.(*redis.Client), nil
}

// Connect makes a client of the server that has key, with one connection to it,
// for which a command waits as long as timeout. What rdb knows of Sentinels and of
// the Cluster's nodes it need not ask again. The client does not follow a
// Cluster's redirects.
func Connect(ctx context.Context, rdb redis.UniversalClient, key string, timeout time.Duration) (*redis.Client, error) {
	server, err := Of(ctx, rdb, key)
	if err != nil {
		return nil, err
	}
	o := *server.Options()
	o.MaxRetries = Retries // a Cluster's node has none of its own
	o.PoolSize = 1
	o.PoolTimeout = timeout // a request that is not served by then has no time left
	one := redis.NewClient(&o)
	one.AddHook(redistrace.Hook{})
	return one, nil
}

// Redirected reports whether a Cluster's server has sent on a command.
func Redirected(err error) bool {
	_, moved := redis.IsMovedError(err)
	_, ask := redis.IsAskError(err)
	return moved || ask
}
