package explain

import (
	"context"
	"slices"
	"time"

	"example.com/tracelab/internal/snapshots"
	"example.com/tracelab/internal/zipkin"
)

// Spans are reported a moment after they end.
const (
	spansWithin = 2 * time.Second        // after the trace, if they come at all
	newWithin   = 600 * time.Millisecond // that an unknown trace is waited for
)

// gathering waits for what a trace is to be explained from: an answer of each process
// after the trace had ended, and the spans.
type gathering struct {
	*Explainer
	of      subject
	began   time.Time
	within  context.Context // how long it is waited
	lacking []zipkin.SpanID // spans that ran, and have to be reported yet
}

// gather requests a snapshot of every process that may know something of a trace,
// and waits, within bounds, until they have answered and the trace's spans are
// there.
func (g *gathering) gather(ctx context.Context) (*inputs, error) {
	tick := time.NewTicker(g.cfg.PollEvery)
	defer tick.Stop()
	for {
		changed := g.cfg.Snapshots.Changed()
		in, err := g.look(ctx)
		if err != nil {
			return nil, err
		}
		if !slices.Equal(g.cfg.Snapshots.BestAt(g.of.trace, in.during), in.snapshots) {
			continue // one has arrived since Best was read
		}
		if g.over() || !in.progress.Pending && g.settled(in) {
			return in, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-g.within.Done():
		case <-changed:
		case <-tick.C:
		}
	}
}

// over reports whether it was waited for long enough.
func (g *gathering) over() bool { return g.within.Err() != nil }

// look is what there is now. It requests what is missing.
func (g *gathering) look(ctx context.Context) (*inputs, error) {
	in := &inputs{id: g.of.trace, snapshots: g.cfg.Snapshots.Best(g.of.trace)}
	if err := in.read(ctx, g.cfg.Reader); err != nil {
		return nil, err
	}
	if in.narrow(g.of.span); !in.during.Start.IsZero() {
		in.snapshots = g.cfg.Snapshots.BestAt(g.of.trace, in.during)
	}
	in.progress = g.cfg.Snapshots.Request(g.of.trace, in.ended())
	_, in.bare = g.cfg.Snapshots.Services()
	in.addAbsent(g.cfg.Snapshots)
	return in, nil
}

// settled reports whether no more spans are to be expected: those that are known to be
// missing are there, or the trace is old enough.
func (g *gathering) settled(in *inputs) bool {
	now := time.Now()
	if in.progress.Ended.IsZero() {
		return now.Sub(g.began) > newWithin
	}
	return now.Sub(in.progress.Ended) > spansWithin || in.whole() && len(in.notReported(g.lacking)) == 0
}

// whole reports whether a request has ended, and there are spans of each process that
// took part. A process without a recorder may report its caller yet.
func (in *inputs) whole() bool {
	if in.root == nil || in.root.Duration == 0 || in.root.ParentID != 0 && len(in.bare) > 0 {
		return false
	}
	for _, s := range in.snapshots {
		if s.Recorded() && !reportedBy(in.spans, s.Service) { // for one request of the trace, or another
			return false
		}
	}
	for _, p := range in.absent {
		if !p.Idle && in.hasCallOf(p.Service) && !in.hasSpanOf(p.Service) {
			return false
		}
	}
	return true
}

// notReported are those of the ids of which there is no report.
func (in *inputs) notReported(ids []zipkin.SpanID) (missing []zipkin.SpanID) {
	if len(ids) == 0 {
		return nil
	}
	reported := map[zipkin.SpanID]bool{}
	for i := range in.spans {
		reported[in.spans[i].ID] = true
	}
	for _, id := range ids {
		if !reported[id] {
			missing = append(missing, id)
		}
	}
	return missing
}

// ran are the spans of the trace that have ended, as the execution traces say.
func (in *inputs) ran() (ids []zipkin.SpanID) {
	for _, p := range in.recorded {
		if p.Trace == nil {
			continue
		}
		for _, s := range p.Trace.SpansOf(in.id.Bytes()) {
			if task, ok := p.Trace.Task(s.Task); ok && task.Ended {
				ids = append(ids, zipkin.SpanIDOf(s.ID))
			}
		}
	}
	return ids
}

// lacks reports, of inputs that are indexed, whether spans that ran have to be reported
// yet. It is waited for them then.
func (g *gathering) lacks(in *inputs) bool {
	g.lacking = in.notReported(in.ran())
	return len(g.lacking) > 0 && !g.over() && time.Since(in.progress.Ended) <= spansWithin
}

// newGathering begins to wait.
func (x *Explainer) newGathering(ctx context.Context, of subject) (*gathering, context.CancelFunc) {
	within, cancel := context.WithTimeout(ctx, snapshots.AnswerWithin)
	return &gathering{Explainer: x, of: of, began: time.Now(), within: within}, cancel
}
