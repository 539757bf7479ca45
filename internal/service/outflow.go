package service

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
)

// outflow is between Go's execution tracer and a request whose body is the execution trace. The
// tracer must not wait: one goroutine of the runtime writes this and the flight recorder, and
// who begins or ends either waits for it.
type outflow struct {
	ctx  context.Context
	fail context.CancelCauseFunc // ends ctx
	most int                     // bytes that wait

	mu      sync.Mutex
	waiting bytes.Buffer
	ended   bool
	changed chan struct{} // holds a token after a change
}

func newOutflow(ctx context.Context, fail context.CancelCauseFunc, most int) *outflow {
	return &outflow{ctx: ctx, fail: fail, most: most, changed: make(chan struct{}, 1)}
}

var errSlow = errors.New("the server takes it more slowly than it is recorded")

// Write keeps b until it is read. When too much waits the recording ends.
func (o *outflow) Write(b []byte) (int, error) {
	if o.ctx.Err() != nil {
		return 0, context.Cause(o.ctx)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.waiting.Len()+len(b) > o.most {
		o.fail(errSlow)
		return 0, errSlow
	}
	o.waiting.Write(b)
	o.notify()
	return len(b), nil
}

// end has Read return io.EOF once it has returned the rest.
func (o *outflow) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
	o.notify()
}

// notify is for who has the lock.
func (o *outflow) notify() {
	select {
	case o.changed <- struct{}{}:
	default:
	}
}

// Read waits until there is something, or ctx ends.
func (o *outflow) Read(b []byte) (int, error) {
	for {
		if n, err := o.take(b); n > 0 || err != nil || len(b) == 0 {
			return n, err
		}
		select {
		case <-o.changed:
		case <-o.ctx.Done():
			return 0, context.Cause(o.ctx)
		}
	}
}

func (o *outflow) take(b []byte) (n int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.waiting.Len() > 0 {
		return o.waiting.Read(b)
	}
	if o.ended {
		err = io.EOF
	}
	return 0, err
}
