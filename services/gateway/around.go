package gateway

import (
	"context"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/services/gateway/visitapi"
)

// visitInTime does what must be done in the time of one request.
func (g *gateway) visitInTime(ctx context.Context, req *request) ([]visitapi.Visit, error) {
	if args, ok := faults.Here(ctx, "lost-deadline"); ok {
		defer faults.Measure(ctx, "lost-deadline")()
		return g.visitAsErrand(ctx, req, args.Duration("ms"))
	}
	ctx, cancel := context.WithTimeout(ctx, g.cfg.VisitTimeout)
	defer cancel()
	return g.visitAll(ctx, req)
}

// prepare is what comes before the first visit.
func (g *gateway) prepare(ctx context.Context, req *request) {
	if args, ok := faults.Here(ctx, "goroutine-flood"); ok {
		end := faults.Measure(ctx, "goroutine-flood")
		g.stamp(ctx, req.urls[0], args.Int("n"), args.Duration("ms"))
		end()
	}
	if args, ok := faults.Here(ctx, "retry-storm"); ok {
		end := faults.Measure(ctx, "retry-storm")
		g.askSpare(ctx, req.urls[0], args.Int("n"), spareLimit)
		end()
	}
	if args, ok := faults.Here(ctx, "lost-deadline"); ok {
		// What makes a plain visit late. It lasts longer than the caller waits, as
		// long as the limit of all calls of the fetcher lets it.
		g.askSpare(ctx, req.urls[0], 1, min(2*args.Duration("ms"), fetcherLimit))
	}
}

// conclude is what comes after the last visit.
func (g *gateway) conclude(ctx context.Context, visits []visitapi.Visit) {
	if args, ok := faults.Here(ctx, "quadratic"); ok {
		defer faults.Measure(ctx, "quadratic")()
		rank(ctx, visits, args.Duration("ms"))
	}
}
