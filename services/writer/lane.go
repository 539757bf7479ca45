package writer

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// setInOrder sets a value by a lane, whose connection somebody else uses until
// then, for as long as wait, to read the changes.
func (w *writer) setInOrder(ctx context.Context, key, value string, wait time.Duration) error {
	until := time.Now().Add(wait)
	lane, err := single(ctx, w.redis, key, w.cfg)
	if err != nil {
		return err
	}
	taken, ended := make(chan struct{}), make(chan struct{})
	apart(ctx, func(ctx context.Context) {
		defer close(ended)
		w.follow(ctx, lane, key, until, sync.OnceFunc(func() { close(taken) }))
	})
	defer func() {
		lane.Close()
		<-ended // nothing of a request outlives it
	}()
	select {
	case <-taken:
	case <-ctx.Done():
	}
	err = w.set(ctx, lane, key, value)
	if redirected(err) { // the key has moved meanwhile
		err = w.set(ctx, w.redis, key, value)
	}
	return err
}

// follow takes the connection of a lane, says so, and reads the changes on it.
// Whoever closes the lane ends it.
func (w *writer) follow(ctx context.Context, lane *redis.Client, key string, until time.Time, taken func()) {
	defer taken()
	conn := lane.Conn()
	defer conn.Close()
	if conn.Ping(ctx).Err() != nil {
		return
	}
	stream, err := beside(ctx, w.redis, key)
	if err != nil {
		return
	}
	taken()
	await(ctx, conn, stream, until)
}

// beside is the name of a stream of changes on the server that has key: a
// Cluster's server refuses to read others.
func beside(ctx context.Context, rdb redis.UniversalClient, key string) (string, error) {
	server, err := locate(ctx, rdb, key)
	if err != nil {
		return "", err
	}
	for {
		stream := changes + ":" + rand.Text()
		at, err := locate(ctx, rdb, stream)
		if err != nil || at == server {
			return stream, err
		}
	}
}

// redirected reports whether a Cluster's server has sent on a command.
func redirected(err error) bool {
	_, moved := redis.IsMovedError(err)
	_, ask := redis.IsAskError(err)
	return moved || ask
}
