// Package background does work that may go on when its request has been
// answered. It ends with the service at the latest.
package background

import (
	"context"
	"errors"
	"sync"
)

// ErrEnded is the error of a task that is started when the service ends.
var ErrEnded = errors.New("the service is stopping")

// Tasks are the tasks of one service.
type Tasks struct {
	mu       sync.Mutex // between a start and the end
	underWay sync.WaitGroup
	ctx      context.Context // of all tasks
	end      context.CancelFunc
}

// New returns Tasks that can be started at once.
func New() *Tasks {
	t := &Tasks{}
	t.ctx, t.end = context.WithCancel(context.Background())
	return t
}

// Start does a task in a goroutine, with the values of ctx, and neither its
// deadline nor its end. Once the tasks have ended it returns ErrEnded, and does
// nothing.
func (t *Tasks) Start(ctx context.Context, do func(context.Context)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ctx.Err() != nil {
		return ErrEnded
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(t.ctx, cancel)
	t.underWay.Go(func() {
		defer cancel()
		defer stop()
		do(ctx)
	})
	return nil
}

// Run ends all tasks when ctx ends, and returns when they have.
func (t *Tasks) Run(ctx context.Context) error {
	<-ctx.Done()
	t.mu.Lock()
	t.end()
	t.mu.Unlock()
	t.underWay.Wait()
	return nil
}
