package store

import (
	"cmp"
	"slices"
	"strings"
)

// Merge makes one span of the pieces in which a span of a trace was reported, as
// Zipkin's own UI does before it shows a trace, and Zipkin's server before it
// links services: by the rules of its Trace.merge. Store and Reader answer with
// the pieces, as Zipkin's API does, so who counts spans or shows them merges
// them first.
//
// Pieces of a span have its id, all or none of them are shared, and what they
// know of the endpoint that reported them does not differ. What the first knows
// counts; of a tag that several have, the last. Client and server that share an
// id stay two spans, and the server is marked as shared even if it did not say
// so.
//
// A span stands where its first piece stood. spans is not changed; it is itself
// the answer when there is nothing to merge, so that the two share memory.
func Merge(spans []Span) []Span {
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

func piecesOf(spans []Span) []piece {
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
	from, to []Span
	gone     []bool // of to: what became part of another
	last     *Span  // the span sorted before
}

// add makes a span of the pieces of one.
func (m *merger) add(pieces []piece) {
	first := &m.from[pieces[0].at]
	sp, at := *first, pieces[0].at
	for _, p := range pieces[1:] {
		sp.fill(&m.from[p.at])
		m.gone[max(at, p.at)] = true
		at = min(at, p.at)
	}
	if len(pieces) > 1 {
		sp.Tags, sp.Annotations = m.tags(pieces), m.annotations(pieces)
	}
	if m.last != nil && m.last.ID == sp.ID {
		h := sp.half()
		h.follow(m.last.half(), first.half())
		sp.ParentID, sp.Shared = h.parent, h.shared
	}
	m.to[at] = sp
	m.last = &m.to[at]
}

func (s *Span) half() half { return half{s.Kind, s.ParentID, s.Shared} }

// fill adds what another piece of the span knows and s does not, but for lists.
func (s *Span) fill(p *Span) {
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
func (m *merger) tags(pieces []piece) (all []Tag) {
	for _, p := range pieces {
		all = append(all, m.from[p.at].Tags...)
	}
	slices.SortStableFunc(all, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
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
func (m *merger) annotations(pieces []piece) (all []Annotation) {
	for _, p := range pieces {
		all = append(all, m.from[p.at].Annotations...)
	}
	slices.SortFunc(all, func(a, b Annotation) int {
		return cmp.Or(cmp.Compare(a.Timestamp, b.Timestamp), strings.Compare(a.Value, b.Value))
	})
	return slices.Compact(all)
}

// left are the spans that are none's part.
func (m *merger) left() []Span {
	spans := m.to[:0]
	for i := range m.to {
		if !m.gone[i] {
			spans = append(spans, m.to[i])
		}
	}
	return spans
}
