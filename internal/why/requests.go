package why

import (
	"cmp"
	"fmt"
	"slices"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// maxOthers bounds the other requests of an answer.
const maxOthers = 100

// requests are the requests of the trace by start, of which a caller elsewhere may
// have made several, but for one of which only parts are known yet.
func (tr *trace) requests() (all []*span) {
	of := map[*zipkin.Span]*span{}
	var roots []*zipkin.Span
	for _, s := range tr.roots {
		z := &zipkin.Span{ID: s.id, ParentID: s.parent, Kind: s.kind, Timestamp: s.start / 1000, Duration: s.took() / 1000}
		of[z] = s
		roots = append(roots, z)
	}
	unreported := tr.unreported()
	for _, z := range zipkin.Requests(roots) {
		if s := of[z]; !s.partOf(unreported) {
			all = append(all, s)
		}
	}
	return all
}

// nearMS is how far from the time that it is asked for by a span may have begun: its
// report and its execution trace need not have the same clock.
const nearMS = 100

// asked is the span that is named, or the longest request, or else what began the trace,
// where none has a time.
func (tr *trace) asked(at zipkin.SpanAt) (*span, error) {
	if at.ID == 0 {
		if s := longestSpan(tr.requests()); s != nil {
			return s, nil
		}
		if s := longestSpan(tr.untimed()); s != nil {
			return s, nil
		}
		if s := tr.unreported(); s != nil {
			return s, nil
		}
		return nil, fmt.Errorf("trace %s: %w", tr.id, ErrNothing)
	}
	s := tr.named(at)
	switch {
	case s == nil:
		return nil, fmt.Errorf("span %s of trace %s: %w", at.ID, tr.id, ErrNothing)
	case at.Apart(s.start/1000) > nearMS*1000:
		return nil, fmt.Errorf("span %s of trace %s that began at %d µs: %w; the nearest with this id began at %d", at.ID, tr.id, at.Timestamp, ErrNothing, s.start/1000)
	}
	return s, nil
}

// named is the span that is meant of those with its id, or nil.
func (tr *trace) named(at zipkin.SpanAt) (found *span) {
	for _, s := range tr.spans[at.ID] {
		if found == nil || at.Compare(s.start/1000, s.took(), found.start/1000, found.took()) < 0 {
			found = s
		}
	}
	return found
}

// untimed are the local roots of which nobody says when they began.
func (tr *trace) untimed() (all []*span) {
	for _, s := range tr.order {
		if s.up == nil && s.start == 0 && s.process == nil {
			all = append(all, s)
		}
	}
	return all
}

func longestSpan(spans []*span) (longest *span) {
	for _, s := range spans {
		if longest == nil || s.took() > longest.took() {
			longest = s
		}
	}
	return longest
}

// others are the requests of the trace but for the one that is explained, the
// longest first, and how many there are with it. Zero: it is no request, or the
// only one.
func (tr *trace) others(explained *span) (n int, others []labapi.Request) {
	all := tr.requests()
	if len(all) < 2 || !slices.Contains(all, explained) {
		return 0, nil
	}
	slices.SortStableFunc(all, func(a, b *span) int { return -cmp.Compare(a.took(), b.took()) })
	for _, s := range all[:min(len(all), maxOthers+1)] {
		if s != explained && len(others) < maxOthers {
			others = append(others, labapi.Request{SpanID: s.id.String(), SharesID: tr.named(zipkin.SpanAt{ID: s.id}) != s, Service: s.service, Operation: s.name, StartUS: s.start / 1000, TotalUS: s.took() / 1000})
		}
	}
	return len(all), others
}
