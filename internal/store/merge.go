package store

import (
	"cmp"
	"slices"
	"strings"

	"example.com/tracelab/internal/zipkin"
)

// Merge makes one span of the pieces in which a span of a trace was reported, as
// Zipkin's own UI does before it shows a trace, and Zipkin's server before it
// links services. Store and Reader answer with the pieces, as Zipkin's API does,
// so who counts spans or shows them merges them first.
//
// Pieces of a span have its id, all or none of them are shared, and what they
// know of the endpoint that reported them does not differ: the rules of Zipkin's
// Trace.merge. Of a tag that several have, the last counts. Client and server
// that share an id stay two spans, and the server is marked as shared even if it
// did not say so. Where Zipkin lets the first win of pieces that differ in kind,
// name, timestamp or duration, they stay apart: they are spans that got the same
// id by mistake, and none of them is to be lost.
//
// A span stands where its first piece stood. spans is not changed; it is itself
// the answer when there is nothing to merge, so that the two share memory.
func Merge(spans []zipkin.Span) []zipkin.Span {
	pieces := piecesOf(spans)
	sortPieces(pieces)
	if allDiffer(pieces) {
		return spans
	}
	m := merger{from: spans, to: slices.Clone(spans), gone: make([]bool, len(spans))}
	for rest := pieces; len(rest) > 0; {
		n := whole(rest)
		m.add(rest[:n])
		rest = rest[n:]
	}
	return m.left()
}

func piecesOf(spans []zipkin.Span) []piece {
	ps := make([]piece, len(spans))
	for i := range spans {
		sp := &spans[i]
		ps[i] = piece{sp.ID, &sp.Local, int32(i), sideOf(sp.Kind, sp.Shared)}
	}
	return ps
}

func allDiffer(sorted []piece) bool {
	for i := 1; i < len(sorted); i++ {
		if sorted[i-1].id == sorted[i].id {
			return false
		}
	}
	return true
}

// merger puts each span where its first piece stands.
type merger struct {
	from, to []zipkin.Span
	gone     []bool // of to: what became part of another
	group    []joined
	last     *zipkin.Span // the span sorted before
}

// joined are pieces that make a span.
type joined struct {
	zipkin.Span         // but for the lists of all but the first
	pieces      []piece // sorted
}

// add makes spans of pieces of which Zipkin makes one.
func (m *merger) add(pieces []piece) {
	m.group = m.group[:0]
	for i := range pieces {
		m.join(pieces[i : i+1 : i+1])
	}
	for i := range m.group {
		m.put(&m.group[i])
	}
}

// join adds a piece to the first span that it does not contradict. There may be
// as many spans of one id as somebody likes to send, so it looks at a few.
func (m *merger) join(p []piece) {
	const few = 16
	sp := &m.from[p[0].at]
	for i := range m.group[:min(few, len(m.group))] {
		if j := &m.group[i]; agrees(&j.Span, sp) {
			fillSpan(&j.Span, sp)
			j.pieces = append(j.pieces, p...)
			return
		}
	}
	m.group = append(m.group, joined{*sp, p})
}

// put puts a span in its place.
func (m *merger) put(j *joined) {
	at := j.pieces[0].at
	for _, p := range j.pieces[1:] {
		m.gone[max(at, p.at)] = true
		at = min(at, p.at)
	}
	if len(j.pieces) > 1 {
		j.Tags, j.Annotations = m.tags(j.pieces), m.annotations(j.pieces)
	}
	if m.last != nil && m.last.ID == j.ID {
		h := halfOf(&j.Span)
		h.follow(halfOf(m.last), halfOf(&m.from[j.pieces[0].at]))
		j.ParentID, j.Shared = h.parent, h.shared
	}
	m.to[at] = j.Span
	m.last = &m.to[at]
}

// agrees reports whether s and p can be pieces of one span.
func agrees(s, p *zipkin.Span) bool {
	return agree(s.Kind, p.Kind) && agree(s.Name, p.Name) && agree(s.Timestamp, p.Timestamp) && agree(s.Duration, p.Duration)
}

func halfOf(s *zipkin.Span) half { return half{s.Kind, s.ParentID, s.Shared} }

// fill adds what another piece of the span knows and s does not, but for lists.
func fillSpan(s, p *zipkin.Span) {
	s.ParentID = cmp.Or(s.ParentID, p.ParentID)
	s.Kind = cmp.Or(s.Kind, p.Kind)
	s.Name = cmp.Or(s.Name, p.Name)
	s.Timestamp = cmp.Or(s.Timestamp, p.Timestamp)
	s.Duration = cmp.Or(s.Duration, p.Duration)
	s.Local = mergeEndpoints(s.Local, p.Local)
	s.Remote = mergeEndpoints(s.Remote, p.Remote)
	s.Debug = s.Debug || p.Debug
}

// tags are those of all pieces, by key: sorted once, for there may be as many
// pieces as somebody likes to send.
func (m *merger) tags(pieces []piece) (all []zipkin.Tag) {
	for _, p := range pieces {
		all = append(all, m.from[p.at].Tags...)
	}
	slices.SortStableFunc(all, func(a, b zipkin.Tag) int { return strings.Compare(a.Key, b.Key) })
	kept := all[:0]
	for _, tag := range all {
		if n := len(kept); n > 0 && kept[n-1].Key == tag.Key {
			kept[n-1] = tag
		} else {
			kept = append(kept, tag)
		}
	}
	return kept
}

// annotations are those of all pieces, each once.
func (m *merger) annotations(pieces []piece) (all []zipkin.Annotation) {
	for _, p := range pieces {
		all = append(all, m.from[p.at].Annotations...)
	}
	slices.SortFunc(all, func(a, b zipkin.Annotation) int {
		return cmp.Or(cmp.Compare(a.Timestamp, b.Timestamp), strings.Compare(a.Value, b.Value))
	})
	return slices.Compact(all)
}

// left are the spans that are none's part.
func (m *merger) left() []zipkin.Span {
	spans := m.to[:0]
	for i := range m.to {
		if !m.gone[i] {
			spans = append(spans, m.to[i])
		}
	}
	return spans
}
