package explain

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// A baseline is taken from the latest requests of the same kind, if there are
// enough.
const (
	baselineOf     = 100
	baselineLeast  = 8
	baselineFor    = 5 * time.Second // that it is not looked up again
	baselineWithin = 2 * time.Second // that looking it up may take
	maxBaselines   = 64
)

// baselines remembers those of a moment ago. The zero value is empty.
type baselines struct {
	mu    sync.Mutex
	known map[kind]baseline
}

// kind is what spans of the same kind have in common: an inner span is not
// compared with requests, and those that join a caller's trace are.
type kind struct {
	service, name string
	root          bool // a local root
}

type baseline struct {
	took  time.Duration
	until time.Time
}

// baseline is the time that a quarter of the latest requests like the one that is
// explained stay below. Zero: it is not known.
func (x *Explainer) baseline(ctx context.Context, spans []zipkin.Span, id zipkin.SpanID) time.Duration {
	of, ok := kindOf(spans, id)
	if !ok {
		return 0
	}
	if took, ok := x.baselines.get(of); ok {
		return took
	}
	took := x.lookUpBaseline(ctx, of)
	x.baselines.put(of, took)
	return took
}

// kindOf is the kind of a span that has ended, or of the longest local root.
func kindOf(spans []zipkin.Span, id zipkin.SpanID) (kind, bool) {
	if id == 0 {
		if root := zipkin.LongestRoot(spans); root != nil {
			id = root.ID
		}
	}
	sorted := zipkin.ByStart(zipkin.Merge(spans))
	tree := zipkin.NewTree(sorted)
	for i, s := range sorted {
		if s.ID == id && s.Duration > 0 && s.Name != "" {
			return kind{s.Local.ServiceName, s.Name, tree.IsLocalRoot(i)}, true
		}
	}
	return kind{}, false
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
		if d := longestOf(spans, of); d > 0 {
			took = append(took, d)
		}
	}
	if len(took) < baselineLeast {
		return 0
	}
	slices.Sort(took)
	return time.Duration(took[len(took)/4]) * time.Microsecond
}

// longestOf is the duration of the longest such span, so that a trace with many
// counts as one. Zero: there is none.
func longestOf(spans []zipkin.Span, of kind) (longest int64) {
	sorted := zipkin.ByStart(zipkin.Merge(spans))
	tree := zipkin.NewTree(sorted)
	for i, s := range sorted {
		if s.Local.ServiceName == of.service && strings.EqualFold(s.Name, of.name) && tree.IsLocalRoot(i) == of.root {
			longest = max(longest, s.Duration)
		}
	}
	return longest
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
