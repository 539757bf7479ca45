// Package changes reads the stream in which other programs may say what they
// changed.
package changes

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/redis/go-redis/v9"
	"go.opencensus.io/trace"

	"example.com/tracelab/services/writer/internal/node"
	"example.com/tracelab/services/writer/storeapi"
)

// stream is the key of the changes.
const stream = storeapi.OwnPrefix + "changes"

// Beside is a stream of changes on the server that has key: a Cluster's server
// refuses to read others.
func Beside(ctx context.Context, rdb redis.UniversalClient, key string) (string, error) {
	server, err := node.Of(ctx, rdb, key)
	if err != nil {
		return "", err
	}
	for {
		name := stream + ":" + rand.Text()
		at, err := node.Of(ctx, rdb, name)
		if err != nil || at == server {
			return name, err
		}
	}
}

// Await reads a stream until something is added to it, or the time comes.
func Await(ctx context.Context, conn redis.Cmdable, key string, until time.Time) []redis.XMessage {
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	// An idle Redis looks up to 100 ms late whose time has come: it is given more,
	// and the connection's deadline ends the read.
	wait := max(0, time.Until(until)) + time.Second
	streams, err := conn.XRead(ctx, &redis.XReadArgs{Streams: []string{key, "$"}, Block: wait}).Result()
	if err != nil || len(streams) == 0 {
		return nil
	}
	return streams[0].Messages
}

// Apart starts work that ends with ctx and belongs to no trace. A timer starts
// it, so that no goroutine of the request has created its goroutine.
func Apart(ctx context.Context, work func(context.Context)) {
	time.AfterFunc(0, func() { work(trace.NewContext(ctx, nil)) })
}
