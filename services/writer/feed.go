package writer

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"go.opencensus.io/trace"

	"example.com/tracelab/internal/faults"
)

// changes is the stream in which other programs may say what they changed.
const changes = ownPrefix + "changes"

// feed reads the changes, one reader at a time.
type feed struct {
	mu   sync.Mutex
	last string // id of the latest change that was read
}

// catchUp reads the changes for as many milliseconds as are asked for, and
// waits for their latest.
func (w *writer) catchUp(ctx context.Context, args faults.Args, _ string) error {
	var f feed
	until, reading := time.Now().Add(args.Duration("ms")), make(chan struct{})
	apart(ctx, func(ctx context.Context) {
		f.read(ctx, w, until, func() { close(reading) })
	})
	<-reading
	f.latest()
	return nil // a request whose time is up is told so by its command
}

// read keeps the feed to itself until there is a change, or the time comes.
func (f *feed) read(ctx context.Context, w *writer, until time.Time, reading func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	reading()
	rdb, err := single(ctx, w.redis, changes, w.cfg)
	if err != nil {
		return
	}
	defer rdb.Close()
	defer context.AfterFunc(ctx, func() { rdb.Close() })() // go-redis does not stop a read otherwise
	if messages := await(ctx, rdb, changes, until); len(messages) > 0 {
		f.last = messages[len(messages)-1].ID
	}
}

// latest waits while others read.
func (f *feed) latest() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// await reads a stream until something is added to it, or the time comes.
func await(ctx context.Context, conn redis.Cmdable, key string, until time.Time) []redis.XMessage {
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

// apart starts work that ends with ctx and belongs to no trace. A timer starts
// it: it is not what the caller does by other hands, but what goes on beside it.
func apart(ctx context.Context, work func(context.Context)) {
	time.AfterFunc(0, func() { work(trace.NewContext(ctx, nil)) })
}
