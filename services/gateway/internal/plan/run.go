package plan

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/services/gateway/internal/background"
	"example.com/tracelab/services/gateway/visitapi"
)

// RunVisits does what makes the visits of a request, and returns what it returns.
func (p *Plan) RunVisits(ctx context.Context, do func(context.Context) ([]visitapi.Visit, error)) ([]visitapi.Visit, error) {
	if o := p.wait; o != nil {
		defer o.Measure(ctx)()
		return p.runBeside(ctx, o.Duration("ms"), do)
	}
	return do(ctx)
}

// runBeside does it in the background, and waits for it as long as budget says.
func (p *Plan) runBeside(ctx context.Context, budget time.Duration, do func(context.Context) ([]visitapi.Visit, error)) ([]visitapi.Visit, error) {
	var (
		done   = make(chan struct{})
		visits []visitapi.Visit
		failed error
	)
	err := p.tasks.Start(ctx, func(ctx context.Context) {
		defer close(done)
		visits, failed = do(ctx)
	})
	if errors.Is(err, background.ErrEnded) {
		return nil, &httpapi.Error{Code: httpapi.Unavailable, Service: "gateway", Detail: "the gateway is stopping"}
	}
	over := time.NewTimer(budget)
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

// EachVisit does the n visits of a round, as many at once as atOnce says, or the plan
// if that is fewer, and returns when all have ended. After the first error no
// other begins, and the contexts of those under way end.
func (p *Plan) EachVisit(ctx context.Context, n, atOnce int, do func(ctx context.Context, i int) error) error {
	fewer := p.inTurn != nil && min(n, atOnce) > 1
	if fewer {
		atOnce = 1
	}
	began, longest := time.Now(), longest{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i := range n {
		group.Go(func() error {
			defer longest.since(time.Now())
			return do(ctx, i)
		})
	}
	err := group.Wait()
	if fewer { // at once they would have taken as long as the longest
		p.inTurn.Record(ctx, began, time.Since(began)-longest.took)
	}
	return err
}

// longest is the longest of some times.
type longest struct {
	mu   sync.Mutex
	took time.Duration
}

func (l *longest) since(began time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.took = max(l.took, time.Since(began))
}
