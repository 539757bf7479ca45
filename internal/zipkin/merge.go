package zipkin

import (
	"cmp"
	"slices"
	"strings"
)

// Merge joins the partial spans of a trace, as Zipkin's own UI does before it
// shows a trace, and Zipkin's server before it links services. Zipkin's API
// answers with partial spans, as they were reported, so what counts spans or
// shows them merges them first.
//
// Partial spans of one span have its id, all or none of them are shared, and
// what they know of the endpoint that reported them does not differ: the rules
// of Zipkin's Trace.merge. Of a tag that several have, the last counts. Client
// and server that share an id stay two spans, and the server is marked as shared
// even if it did not say so. Where Zipkin lets the first win of reports that
// differ in kind, name, timestamp or duration, they stay apart: they are spans
// that got the same id by mistake, and none of them is to be lost.
//
// A span stands where its first part stood. spans is not changed; it is itself
// the answer when there is nothing to merge, so that the two share memory.
func Merge(spans []Span) []Span {
	parts := partials(spans)
	SortPartials(parts)
	if allDiffer(parts) {
		return spans
	}
	m := merger{from: spans, to: slices.Clone(spans), gone: make([]bool, len(spans))}
	for rest := parts; len(rest) > 0; {
		n := CountSame(rest)
		m.add(rest[:n])
		rest = rest[n:]
	}
	return m.left()
}

func partials(spans []Span) []Partial {
	ps := make([]Partial, len(spans))
	for i := range spans {
		sp := &spans[i]
		ps[i] = NewPartial(sp.ID, sp.half(), &sp.Local, i)
	}
	return ps
}

func (s *Span) half() Half { return Half{s.Kind, s.ParentID, s.Shared} }

func allDiffer(sorted []Partial) bool {
	for i := 1; i < len(sorted); i++ {
		if sorted[i-1].ID == sorted[i].ID {
			return false
		}
	}
	return true
}

// merger puts each span where its first part stands.
type merger struct {
	from, to []Span
	gone     []bool // of to: what became part of another
	group    []joined
	last     *Span // the span sorted before
}

// joined are the partial spans of one span.
type joined struct {
	Span            // but for the lists of all but the first
	parts []Partial // sorted
}

// add makes spans of the reports of which Zipkin makes one span.
func (m *merger) add(parts []Partial) {
	m.group = m.group[:0]
	for i := range parts {
		m.join(parts[i : i+1 : i+1])
	}
	for i := range m.group {
		m.put(&m.group[i])
	}
}

// join adds a partial span to the first span that it does not contradict. The
// number of spans with one id has no bound, so it compares with a few.
func (m *merger) join(p []Partial) {
	const few = 16
	sp := &m.from[p[0].At]
	for i := range m.group[:min(few, len(m.group))] {
		if j := &m.group[i]; j.agrees(sp) {
			j.fill(sp)
			j.parts = append(j.parts, p...)
			return
		}
	}
	m.group = append(m.group, joined{*sp, p})
}

// put stores a span at the index of its first part.
func (m *merger) put(j *joined) {
	at := j.parts[0].At
	for _, p := range j.parts[1:] {
		m.gone[max(at, p.At)] = true
		at = min(at, p.At)
	}
	if len(j.parts) > 1 {
		j.Tags, j.Annotations = m.tags(j.parts), m.annotations(j.parts)
	}
	if m.last != nil && m.last.ID == j.ID {
		h := j.half()
		h.Follow(m.last.half(), m.from[j.parts[0].At].half())
		j.ParentID, j.Shared = h.ParentID, h.Shared
	}
	m.to[at] = j.Span
	m.last = &m.to[at]
}

// agrees reports whether s and p can be parts of one span.
func (s *Span) agrees(p *Span) bool {
	return agree(s.Kind, p.Kind) && agree(s.Name, p.Name) && agree(s.Timestamp, p.Timestamp) && agree(s.Duration, p.Duration)
}

// fill adds what p knows and s does not, but for tags and annotations.
func (s *Span) fill(p *Span) {
	s.ParentID = cmp.Or(s.ParentID, p.ParentID)
	s.Kind = cmp.Or(s.Kind, p.Kind)
	s.Name = cmp.Or(s.Name, p.Name)
	s.Timestamp = cmp.Or(s.Timestamp, p.Timestamp)
	s.Duration = cmp.Or(s.Duration, p.Duration)
	s.Local = s.Local.Or(p.Local)
	s.Remote = s.Remote.Or(p.Remote)
	s.Debug = s.Debug || p.Debug
}

// tags are those of all parts, by key. They are sorted once, because the number
// of parts has no bound.
func (m *merger) tags(parts []Partial) (all []Tag) {
	for _, p := range parts {
		all = append(all, m.from[p.At].Tags...)
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

// annotations are those of all parts, each once.
func (m *merger) annotations(parts []Partial) (all []Annotation) {
	for _, p := range parts {
		all = append(all, m.from[p.At].Annotations...)
	}
	slices.SortFunc(all, func(a, b Annotation) int {
		return cmp.Or(cmp.Compare(a.Timestamp, b.Timestamp), strings.Compare(a.Value, b.Value))
	})
	return slices.Compact(all)
}

// left are the spans that are not part of another.
func (m *merger) left() []Span {
	spans := m.to[:0]
	for i := range m.to {
		if !m.gone[i] {
			spans = append(spans, m.to[i])
		}
	}
	return spans
}
