package culprit

import (
	"fmt"
	"slices"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/zipkin"
)

// Tiles says whether the path of each request of a trace is all of its time, in order,
// and each section of it within its span.
func Tiles(spans []zipkin.Span) error {
	tr := critical.Of(spans, critical.Options{})
	for _, p := range tr.Paths {
		at := p.Start
		for _, s := range p.Sections {
			if s.Start != at || s.End < s.Start {
				return fmt.Errorf("a section from %d to %d, where the one before ends at %d", s.Start, s.End, at)
			}
			if n := tr.Nodes[s.Span]; s.Start < n.Start || s.End > n.End {
				return fmt.Errorf("a section from %d to %d of a span from %d to %d", s.Start, s.End, n.Start, n.End)
			}
			at = s.End
		}
		if at != p.End || p.End-p.Start != tr.Spans[p.Root].Duration {
			return fmt.Errorf("the sections end at %d, and the request at %d, after %d", at, p.End, tr.Spans[p.Root].Duration)
		}
	}
	timed := slices.ContainsFunc(spans, func(s zipkin.Span) bool { return s.Timestamp > 0 && s.Duration > 0 })
	if len(tr.Paths) == 0 && timed {
		return fmt.Errorf("%d spans, and no path", len(spans))
	}
	return nil
}
