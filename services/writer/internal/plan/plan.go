// Package plan decides how a request is carried out: when a message is begun,
// what is done before a value is stored, and how it is. It is asked once for each
// request and each message.
package plan

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/reporting"
	"example.com/tracelab/services/writer/internal/changes"
	"example.com/tracelab/services/writer/internal/journal"
	"example.com/tracelab/services/writer/internal/lane"
	"example.com/tracelab/services/writer/internal/ranking"
)

// Planner makes the plans of one writer.
type Planner struct {
	redis   redis.UniversalClient
	timeout time.Duration // of a command
}

// New returns the Planner of a writer that stores in rdb.
func New(rdb redis.UniversalClient, timeout time.Duration) *Planner { return &Planner{rdb, timeout} }

// Plan is how one request is carried out. Most plans add nothing: each part that
// is nil is left out.
type Plan struct {
	*Planner
	due     *faults.Occurrence // the time before which a message is not begun
	room    *faults.Occurrence // in the reporter's queue, that spans leave to others
	changes *faults.Occurrence // to catch up with
	journal *faults.Occurrence // that the value is written to
	ranking *faults.Occurrence // to be read
	lane    *faults.Occurrence // that the value is stored by
	expiry  *faults.Occurrence // of the value
}

// For returns the plan of the request of ctx.
func (s *Planner) For(ctx context.Context) *Plan {
	in := faults.In(ctx)
	return &Plan{
		Planner: s,
		due:     in.At("slow-queue"),
		room:    in.At("dropped-spans"),
		changes: in.At("lock-contention"),
		journal: in.At("slow-disk"),
		ranking: in.At("n-plus-one"),
		lane:    in.At("pool-exhaustion"),
		expiry:  in.At("failing-dependency"),
	}
}

// Early is how long it is until a message is due that has waited so long.
func (p *Plan) Early(waited time.Duration) time.Duration {
	if p.due == nil {
		return 0
	}
	return p.due.Duration("ms") - waited
}

// Waited comes when a message is begun that has waited so long.
func (p *Plan) Waited(ctx context.Context, waited time.Duration) {
	if o := p.due; o != nil {
		o.Record(ctx, time.Now().Add(-waited), waited)
	}
}

// OnSpanStart comes first in the span of a request or a message.
func (p *Plan) OnSpanStart(ctx context.Context) {
	if o := p.room; o != nil {
		defer o.Measure(ctx)()
		reporting.SetTerms(ctx, reporting.Terms{QueueFull: true})
	}
}

// Set stores a value by one command of rdb.
type Set func(ctx context.Context, rdb redis.Cmdable, key, value string) error

// Store stores a value by set. Its error is Redis's, or an httpapi.Error.
func (p *Plan) Store(ctx context.Context, key, value string, set Set) error {
	if err := p.before(ctx, value); err != nil {
		return err
	}
	if p.expiry != nil {
		set = p.setToExpire
	}
	if o := p.lane; o != nil {
		defer o.Measure(ctx)()
		return lane.Do(ctx, p.redis, key, p.timeout, o.Duration("ms"), func(ctx context.Context, rdb redis.Cmdable) error {
			return set(ctx, rdb, key, value)
		})
	}
	return set(ctx, p.redis, key, value)
}

func (p *Plan) before(ctx context.Context, value string) error {
	if o := p.changes; o != nil {
		end := o.Measure(ctx)
		changes.CatchUp(ctx, p.redis, p.timeout, o.Duration("ms"))
		end()
	}
	if o := p.journal; o != nil {
		end := o.Measure(ctx)
		err := journal.Write(ctx, value, o.Duration("ms"))
		end()
		if err != nil {
			return err
		}
	}
	if o := p.ranking; o != nil {
		defer o.Measure(ctx)()
		return ranking.Read(ctx, p.redis, o.Int("n"))
	}
	return nil
}

// setToExpire is a Set with a time that was never set: it is in 1970,
// which Redis refuses.
func (p *Plan) setToExpire(ctx context.Context, rdb redis.Cmdable, key, value string) error {
	defer p.expiry.Measure(ctx)()
	return rdb.SetArgs(ctx, key, value, redis.SetArgs{ExpireAt: time.Unix(0, 0)}).Err()
}
