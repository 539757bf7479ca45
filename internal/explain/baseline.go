package explain

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// A baseline is taken from the latest requests of the same kind that were answered,
// if there are enough.
const (
	baselineOf     = 100 // traces
	baselineLeast  = 20
	baselineFor    = 5 * time.Second // that it is not looked up again
	baselineWithin = 2 * time.Second // that looking it up may take
	maxBaselines   = 64
)

// baselines remembers those of a moment ago. The zero value is empty.
type baselines struct {
	mu    sync.Mutex
	known map[kind]baseline
}

// kind is what spans of the same kind have in common. An inner span is not compared
// with requests, and those that join a caller's trace are.
type kind struct {
	service, name string
	side          zipkin.Kind
	root          bool // a local root
}

type baseline struct {
	took  time.Duration
	until time.Time
}

// baseline is the time that a quarter of the latest spans like this one stay below,
// which may be a local root. Zero: it is not known.
func (x *Explainer) baseline(ctx context.Context, sp *zipkin.Span, root bool) time.Duration {
	if sp.Name == "" {
		return 0
	}
	of := kind{sp.Local.ServiceName, sp.Name, sp.Kind, root}
	if took, ok := x.baselines.get(of); ok {
		return took
	}
	took := x.lookUpBaseline(ctx, of)
	x.baselines.put(of, took)
	return took
}

func (x *Explainer) lookUpBaseline(ctx context.Context, of kind) time.Duration {
	ctx, cancel := context.WithTimeout(ctx, baselineWithin)
	defer cancel()
	traces, err := x.cfg.Reader.Traces(ctx, zipkin.Query{ServiceName: of.service, SpanName: of.name, Limit: baselineOf,
		EndTs: time.Now().Add(time.Second), Lookback: time.Hour})
	if err != nil {
		return 0
	}
	var took []int64
	for _, spans := range traces {
		took = append(took, of.durations(spans)...)
	}
	if len(took) < baselineLeast {
		return 0
	}
	slices.Sort(took)
	return time.Duration(took[len(took)/4]) * time.Microsecond
}

// durations are those of each request of the kind in a trace, or of the longest
// inner span, so that a trace with many counts as one.
func (of kind) durations(spans []zipkin.Span) (all []int64) {
	sorted := zipkin.ByStart(zipkin.Merge(spans))
	tree := zipkin.NewTree(sorted)
	for i, s := range sorted {
		alike := s.Local.ServiceName == of.service && strings.EqualFold(s.Name, of.name) && s.Kind == of.side && tree.IsLocalRoot(i) == of.root
		if alike && answered(s) {
			all = append(all, s.Duration)
		}
	}
	if len(all) > 1 && !of.root {
		return []int64{slices.Max(all)}
	}
	return all
}

// answered reports whether a request, or a call, came to its end as it should. One
// that was refused is over sooner, and one that failed says nothing of the usual.
func answered(s *zipkin.Span) bool {
	const firstRefusal = 400
	if s.Failed() || s.Duration == 0 {
		return false
	}
	text, _ := s.Tag("http.status_code")
	status, err := strconv.Atoi(text)
	return err != nil || status < firstRefusal
}

func (b *baselines) get(of kind) (time.Duration, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	known, ok := b.known[of]
	return known.took, ok && time.Now().Before(known.until)
}

func (b *baselines) put(of kind, took time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.known) >= maxBaselines || b.known == nil {
		b.known = map[kind]baseline{}
	}
	b.known[of] = baseline{took, time.Now().Add(baselineFor)}
}
