// Package plan decides how the visits of a request are carried out: how many at
// once, how long the caller waits for them, and what is done before the first and
// after the last. It is asked once for each request.
package plan

import (
	"context"
	"time"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/service"
	"example.com/tracelab/services/gateway/internal/background"
	"example.com/tracelab/services/gateway/internal/ranking"
	"example.com/tracelab/services/gateway/internal/stamp"
	"example.com/tracelab/services/gateway/internal/standby"
	"example.com/tracelab/services/gateway/visitapi"
)

// Planner makes the plans of one gateway.
type Planner struct {
	writer     *service.Client
	fetchLimit time.Duration // of a call of the fetcher
	tasks      *background.Tasks
	press      *stamp.Press
	standby    *standby.Fetchers
}

// New returns the Planner of a gateway that calls this writer, and gives the
// fetcher so long for each call.
func New(writer *service.Client, fetchLimit time.Duration) *Planner {
	return &Planner{writer, fetchLimit, background.New(), stamp.NewPress(), standby.New()}
}

// Run ends what goes on in the background when ctx ends, and returns when it
// has.
func (s *Planner) Run(ctx context.Context) error { return s.tasks.Run(ctx) }

// Plan is how the visits of one request are carried out. Most plans add nothing:
// each part that is nil is left out.
type Plan struct {
	*Planner
	stamp   *faults.Occurrence // before the first visit, of its URL
	repeat  *faults.Occurrence // calls of a fetcher that stands by, before the first visit
	wait    *faults.Occurrence // the caller waits no longer, and the visits go on
	inTurn  *faults.Occurrence // visits are made one after the other
	private *faults.Occurrence // the writer is called without the trace
	rank    *faults.Occurrence // of all visits, after the last
}

// For returns the plan of the request of ctx.
func (s *Planner) For(ctx context.Context) *Plan {
	in := faults.In(ctx)
	return &Plan{
		Planner: s,
		stamp:   in.At("goroutine-flood"),
		repeat:  in.At("retry-storm"),
		wait:    in.At("lost-deadline"),
		inTurn:  in.At("serial-fanout"),
		private: in.At("lost-context"),
		rank:    in.At("quadratic"),
	}
}

// BeforeVisits does what comes before the first visit, which is of target.
func (p *Plan) BeforeVisits(ctx context.Context, target string) {
	if o := p.stamp; o != nil {
		end := o.Measure(ctx)
		p.press.Stamp(ctx, target, o.Int("n"), o.Duration("ms"))
		end()
	}
	if o := p.repeat; o != nil {
		end := o.Measure(ctx)
		p.standby.Ask(ctx, target, o.Int("n"), standby.Near)
		end()
	}
	if o := p.wait; o != nil {
		// What makes a plain visit late. It lasts longer than the caller waits, as
		// long as the limit of all calls of the fetcher lets it.
		p.standby.Ask(ctx, target, 1, min(2*o.Duration("ms"), p.fetchLimit))
	}
}

// CallWriter sends a request to the writer.
func (p *Plan) CallWriter(ctx context.Context, route, path, body string, out any) error {
	writer := p.writer
	if o := p.private; o != nil {
		defer o.Measure(ctx)()
		writer = writer.WithoutTrace()
	}
	return writer.Do(ctx, route, path, body, out)
}

// AfterVisits does what comes after the last visit.
func (p *Plan) AfterVisits(ctx context.Context, visits []visitapi.Visit) {
	if o := p.rank; o != nil {
		defer o.Measure(ctx)()
		ranking.Rank(ctx, visits, o.Duration("ms"))
	}
}
