// Package explain answers why a span took so long: it gathers the trace's spans
// and the snapshots of the processes that took part, has package why explain them,
// keeps the latest explanations, and sends each on as tags of the span. What
// processes find slow is explained unasked.
package explain

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/metrics"
	"example.com/tracelab/internal/snapshots"
	"example.com/tracelab/internal/why"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// Bounds of explaining, which takes a processor and, while an execution trace is
// indexed, several times its size in memory.
const (
	maxExplaining = 2                // explanations at a time
	explainWithin = 30 * time.Second // all in all
	maxExplained  = 64               // explanations in memory
)

// maxIndexing is how many execution traces are indexed at a time. It leaves a
// processor to the rest of the program.
func maxIndexing() int { return min(3, max(1, runtime.GOMAXPROCS(0)-1)) }

// Config says what an Explainer explains from.
type Config struct {
	Reader    zipkinapi.Reader     // of the traces
	PollEvery time.Duration        // how often it is worth to look whether spans have come
	Snapshots *snapshots.Collector // of the processes
	Queue     *Queue               // what is explained unasked; it observes the snapshots
	// Report stores spans where Reader reads them.
	Report func(context.Context, []zipkin.Span) error
}

// Explainer explains spans. Its methods may be called at the same time.
type Explainer struct {
	cfg       Config
	group     singleflight.Group
	slots     chan struct{} // holds a token for each explanation
	indexing  chan struct{} // and for each execution trace that is being indexed
	cache     cache
	baselines baselines
	tagger    tagger

	count, failed atomic.Int64 // failed: of those unasked
}

// New makes an explainer; Run runs what it does unasked.
func New(cfg Config) *Explainer {
	return &Explainer{cfg: cfg, slots: make(chan struct{}, maxExplaining), indexing: make(chan struct{}, maxIndexing()),
		tagger: tagger{queue: make(chan explained, maxTagging)}}
}

// Run explains what is in the queue and sends tags, until ctx ends.
func (x *Explainer) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return x.explainQueue(ctx) })
	group.Go(func() error { return x.sendTags(ctx) })
	return group.Wait()
}

// subject is what an explanation is of.
type subject struct {
	trace zipkin.TraceID
	span  zipkin.SpanAt // zero: the longest request
}

// explain answers why a span took so long, from what there is by now. Callers at
// the same time share the explanation, which must not change.
func (x *Explainer) explain(ctx context.Context, of subject) (*labapi.Explanation, error) {
	ch := x.group.DoChan(fmt.Sprint(of), func() (any, error) {
		// The first caller may go; the others still wait.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), explainWithin)
		defer cancel()
		return x.explainOnce(ctx, of)
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-ch:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*labapi.Explanation), nil
	}
}

func (x *Explainer) explainOnce(ctx context.Context, of subject) (explanation *labapi.Explanation, err error) {
	defer x.cfg.Snapshots.Guard(&err, "trace", of.trace.String())
	g, stop := x.newGathering(ctx, of)
	defer stop()
	for explanation == nil && err == nil {
		in, err := g.gather(ctx)
		if err != nil {
			return nil, httpapi.Failed("zipkin", httpapi.Unreachable, err)
		}
		if known := x.cache.get(of, in.fingerprint()); known != nil {
			return known, nil
		}
		if explanation, err = x.conclude(ctx, g, in, of); err != nil {
			return nil, err
		}
	}
	return explanation, err
}

// conclude reads the inputs. It is nil where they turn out to lack something that has
// to be waited for.
func (x *Explainer) conclude(ctx context.Context, g *gathering, in *inputs, of subject) (*labapi.Explanation, error) {
	select {
	case x.slots <- struct{}{}:
		defer func() { <-x.slots }()
	case <-ctx.Done():
		return nil, &httpapi.Error{Code: httpapi.Busy, Detail: "too many explanations are asked for at once: try again later"}
	}
	if in.recorded = x.index(in); g.lacks(in) {
		return nil, nil
	}
	now := time.Now()
	left, forgotten := secondsLeft(in.began(), in.over(), now)
	explanation, err := why.Explain(why.Input{TraceID: of.trace, Span: of.span, Spans: in.spans, Processes: slices.Concat(in.recorded, in.absent),
		Awaited: in.awaited(now), Forgotten: forgotten,
		Baseline: func(of *zipkin.Span, root bool) time.Duration { return x.baseline(ctx, of, root) }})
	if errors.Is(err, why.ErrNothing) {
		return nil, &httpapi.Error{Code: httpapi.NotFound, Detail: err.Error()}
	}
	if err != nil {
		return nil, err
	}
	x.count.Add(1)
	switch {
	case !explanation.Execution.Final():
		explanation.Execution.SecondsLeft = left
	case !explanation.Execution.Gone():
		x.cache.put(of, explanation, in.fingerprint())
		x.tagger.offer(explained{explanation, in.spans})
	}
	return explanation, nil
}

// index indexes the execution traces, side by side.
func (x *Explainer) index(in *inputs) []why.Process {
	var recorded []*snapshots.Snapshot
	for _, s := range in.snapshots {
		if s.Recorded() {
			recorded = append(recorded, s)
		}
	}
	all := make([]why.Process, len(recorded))
	var group sync.WaitGroup
	for i, s := range recorded {
		group.Go(func() {
			x.indexing <- struct{}{}
			defer func() { <-x.indexing }()
			all[i] = x.indexOne(s, in.id)
		})
	}
	group.Wait()
	return all
}

// indexOne indexes what of a snapshot covers a trace.
func (x *Explainer) indexOne(s *snapshots.Snapshot, id zipkin.TraceID) why.Process {
	p := why.Process{ID: s.ID, Service: s.Service, Instance: s.Instance, Reason: s.Reason}
	var err error
	func() {
		defer x.cfg.Snapshots.Guard(&err, "instance", s.Instance)
		p.Trace, p.Bytes, err = s.Index(id)
	}()
	if err != nil {
		p.Trace, p.Refused = nil, "its execution trace cannot be read: "+err.Error()
	}
	return p
}

// WriteMetrics adds what was explained, requested and automatically, and tagged.
func (x *Explainer) WriteMetrics(p *metrics.Page) {
	p.Counter("tracelab_explanations_total", "Explanations that were made.", float64(x.count.Load()))
	p.Counter("tracelab_execution_trace_panics_total", "Panics while execution traces were read, which ended that explanation alone.", float64(x.cfg.Snapshots.Panics()))
	p.Counter("tracelab_automatic_explanations_dropped_total", "Slow traces that made room in the queue of those to be explained.", float64(x.cfg.Queue.dropped.Load()))
	p.Counter("tracelab_automatic_explanations_failed_total", "Slow traces of the queue that could not be explained.", float64(x.failed.Load()))
	p.Counter("tracelab_explanation_tags_delivered_total", "Explanations that became tags of a trace.", float64(x.tagger.sent.Load()))
	p.Counter("tracelab_explanation_tags_dropped_total", "Explanations that did not become tags.", float64(x.tagger.dropped.Load()))
}
