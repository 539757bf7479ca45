package changes

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/services/writer/internal/node"
)

// CatchUp reads the changes for so long, and waits for their latest. A request
// whose time is up meanwhile fails at its next command.
func CatchUp(ctx context.Context, rdb redis.UniversalClient, timeout, reads time.Duration) {
	var f feed
	until, reading := time.Now().Add(reads), make(chan struct{})
	Apart(ctx, func(ctx context.Context) {
		f.read(ctx, rdb, timeout, until, func() { close(reading) })
	})
	<-reading
	f.latest()
}

// feed reads the changes, one reader at a time.
type feed struct {
	mu   sync.Mutex
	last string // id of the latest change that was read
}

// read keeps the feed to itself until there is a change, or the time comes.
func (f *feed) read(ctx context.Context, rdb redis.UniversalClient, timeout time.Duration, until time.Time, reading func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	reading()
	one, err := node.Connect(ctx, rdb, stream, timeout)
	if err != nil {
		return
	}
	defer one.Close()
	defer context.AfterFunc(ctx, func() { one.Close() })() // go-redis does not stop a read otherwise
	if messages := Await(ctx, one, stream, until); len(messages) > 0 {
		f.last = messages[len(messages)-1].ID
	}
}

// latest waits while others read.
func (f *feed) latest() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}
