package gateway

import (
	"context"
	"sync"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/services/gateway/visitapi"
)

// errands are work that may go on when its request has been answered. They end
// with the service at the latest.
type errands struct {
	mu       sync.Mutex // between a start and the end
	underWay sync.WaitGroup
	life     context.Context
	end      context.CancelFunc
}

func newErrands() *errands {
	e := &errands{}
	e.life, e.end = context.WithCancel(context.Background())
	return e
}

// start does an errand with the values of ctx, and neither its deadline nor its
// end. It does nothing, and says so, when the service ends.
func (e *errands) start(ctx context.Context, do func(context.Context)) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.life.Err() != nil {
		return &httpapi.Error{Code: httpapi.Unavailable, Service: "gateway", Detail: "the gateway is stopping"}
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(e.life, cancel)
	e.underWay.Go(func() {
		defer cancel()
		defer stop()
		do(ctx)
	})
	return nil
}

// endWith ends all errands when ctx ends, and returns when they have.
func (e *errands) endWith(ctx context.Context) error {
	<-ctx.Done()
	e.mu.Lock()
	e.end()
	e.mu.Unlock()
	e.underWay.Wait()
	return nil
}

// visitAsErrand has the visits made as an errand, and waits for it for as long
// as patience says.
func (g *gateway) visitAsErrand(ctx context.Context, req *request, patience time.Duration) ([]visitapi.Visit, error) {
	var (
		done   = make(chan struct{})
		visits []visitapi.Visit
		failed error
	)
	err := g.errands.start(ctx, func(ctx context.Context) {
		defer close(done)
		ctx, cancel := context.WithTimeout(ctx, g.cfg.VisitTimeout)
		defer cancel()
		visits, failed = g.visitAll(ctx, req)
	})
	if err != nil {
		return nil, err
	}
	over := time.NewTimer(patience)
	defer over.Stop()
	select {
	case <-done:
		return visits, failed
	case <-over.C:
		return nil, httpapi.Failed("fetcher", httpapi.Unreachable, context.DeadlineExceeded)
	case <-ctx.Done():
		return nil, httpapi.Failed("gateway", httpapi.Unavailable, ctx.Err())
	}
}
