package server

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// What is usual is told by the latest requests of the same kind, if there are
// enough.
const (
	usualOf     = 100
	usualLeast  = 8
	usualFor    = 5 * time.Second // that it is not looked up again
	usualWithin = 2 * time.Second // that looking it up may take
	maxUsuals   = 64
)

// usuals remembers what was usual a moment ago.
type usuals struct {
	mu    sync.Mutex
	known map[likeness]usualTime
}

// likeness is what requests of the same kind have in common.
type likeness struct {
	service, name string
	root          bool
}

type usualTime struct {
	took  time.Duration
	until time.Time
}

// usual is the time that a quarter of the latest requests like the one that is
// explained stay below. Zero: it is not known.
func (s *Server) usual(ctx context.Context, e *evidence, id zipkin.SpanID) time.Duration {
	i := slices.IndexFunc(e.spans, func(sp zipkin.Span) bool {
		return sp.Duration > 0 && (sp.ID == id || id == 0 && sp.ParentID == 0)
	})
	if i < 0 || e.spans[i].Name == "" {
		return 0
	}
	of := likeness{e.spans[i].Local.ServiceName, e.spans[i].Name, e.spans[i].ParentID == 0}
	if took, ok := s.usuals.recall(of); ok {
		return took
	}
	took := s.lookUpUsual(ctx, of)
	s.usuals.remember(of, took)
	return took
}

func (s *Server) lookUpUsual(ctx context.Context, of likeness) time.Duration {
	ctx, cancel := context.WithTimeout(ctx, usualWithin)
	defer cancel()
	traces, err := s.reader.Traces(ctx, zipkin.Query{ServiceName: of.service, SpanName: of.name, Limit: usualOf,
		EndTs: time.Now().Add(time.Second), Lookback: time.Hour})
	if err != nil {
		return 0
	}
	var took []int64
	for _, spans := range traces {
		if d := longestOf(zipkin.Merge(spans), of); d > 0 {
			took = append(took, d)
		}
	}
	if len(took) < usualLeast {
		return 0
	}
	slices.Sort(took)
	return time.Duration(took[len(took)/4]) * time.Microsecond
}

// longestOf is the duration of the longest such span, so that a trace with many
// counts as one. Zero: there is none.
func longestOf(spans []zipkin.Span, of likeness) (longest int64) {
	for i := range spans {
		sp := &spans[i]
		if sp.Local.ServiceName == of.service && strings.EqualFold(sp.Name, of.name) && (sp.ParentID == 0) == of.root {
			longest = max(longest, sp.Duration)
		}
	}
	return longest
}

func (u *usuals) recall(of likeness) (time.Duration, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	known, ok := u.known[of]
	return known.took, ok && time.Now().Before(known.until)
}

func (u *usuals) remember(of likeness, took time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.known) >= maxUsuals || u.known == nil {
		u.known = map[likeness]usualTime{}
	}
	u.known[of] = usualTime{took, time.Now().Add(usualFor)}
}
