package store

import (
	"math"

	"example.com/tracelab/internal/zipkin"
)

// window is a stretch of time in ms, both ends included.
type window struct{ begin, end int64 }

// matcher tests traces against a Query. It is for one goroutine.
type matcher struct {
	q            zipkin.Query
	window       window
	minDuration  int64 // µs
	maxDuration  int64 // µs; zero: none
	terms        []term
	open         []bool // terms that the current trace has not met yet
	left         int    // number of them
	wantSpanName bool
	wantRemote   bool
	wantDuration bool
}

func newMatcher(q zipkin.Query) *matcher {
	m := &matcher{
		q:           q,
		window:      windowOf(q.EndTs, q.Lookback),
		minDuration: q.MinDuration.Microseconds(),
		maxDuration: q.MaxDuration.Microseconds(),
		terms:       parseAnnotationQuery(q.AnnotationQuery),
	}
	m.open = make([]bool, len(m.terms))
	return m
}

// matchAny is match for records in any order.
func (m *matcher) matchAny(recs []record) bool {
	if !hasOneRoot(recs) {
		recs = inStoredOrder(recs)
	}
	return m.match(recs)
}

// match reports whether the trace made of recs, which are in stored order,
// answers the query. Conditions other than the time look at spans of the
// service only, but each may be met by a span of its own.
func (m *matcher) match(recs []record) bool {
	if !m.inWindow(rootTimestamp(recs)) {
		return false
	}
	m.reset()
	ofService := m.q.ServiceName == ""
	for i := range recs {
		r := &recs[i]
		if m.q.ServiceName != "" && r.template.local.ServiceName != m.q.ServiceName {
			continue
		}
		ofService = true
		m.see(r)
		if m.met() {
			return true
		}
	}
	return ofService && m.met()
}

// inWindow compares in µs: a root half a millisecond after EndTs is out.
func (m *matcher) inWindow(timestamp int64) bool {
	const most = math.MaxInt64 / 1000
	if timestamp == 0 || m.window.end > most {
		return false
	}
	return timestamp >= max(m.window.begin, -most)*1000 && timestamp <= m.window.end*1000
}

func (m *matcher) reset() {
	m.left = len(m.open)
	for i := range m.open {
		m.open[i] = true
	}
	m.wantSpanName = m.q.SpanName != ""
	m.wantRemote = m.q.RemoteServiceName != ""
	m.wantDuration = m.minDuration > 0 || m.maxDuration > 0
}

func (m *matcher) met() bool {
	return m.left == 0 && !m.wantSpanName && !m.wantRemote && !m.wantDuration
}

// see notes the conditions that r meets.
func (m *matcher) see(r *record) {
	if m.wantSpanName && r.template.name == m.q.SpanName {
		m.wantSpanName = false
	}
	if m.wantRemote && r.template.remote == m.q.RemoteServiceName {
		m.wantRemote = false
	}
	if m.wantDuration && r.duration >= m.minDuration && (m.maxDuration == 0 || r.duration <= m.maxDuration) {
		m.wantDuration = false
	}
	if m.left > 0 {
		m.seeTerms(r)
	}
}

func (m *matcher) seeTerms(r *record) {
	for i, t := range m.terms {
		if m.open[i] && r.meets(t) {
			m.open[i] = false
			m.left--
		}
	}
}

// meets reports whether r has the tag or the annotation of t.
func (r *record) meets(t term) bool {
	at := r.tags.index(t.key)
	if t.value == "" {
		return at >= 0 || r.hasAnnotation(t.key)
	}
	return at >= 0 && r.tagValue(at) == t.value
}

func (r *record) tagValue(at int) string {
	_, rest := r.cutRemote()
	for range at {
		_, rest = cutText(rest)
	}
	value, _ := cutText(rest)
	return value
}

func (r *record) hasAnnotation(value string) bool {
	_, rest := r.cutRemote()
	for range r.tags.keys {
		_, rest = cutText(rest)
	}
	for rest != "" {
		var a zipkin.Annotation
		if a, rest = r.cutAnnotation(rest); a.Value == value {
			return true
		}
	}
	return false
}

// rootTimestamp is the time that stands for a trace, whose records are in
// stored order: that of the first span that has no parent, or else the
// earliest; zero without any.
func rootTimestamp(recs []record) int64 {
	var earliest int64
	for i := range recs {
		ts := recs[i].timestamp
		switch {
		case ts == 0:
		case recs[i].parent == 0:
			return ts
		case earliest == 0 || ts < earliest:
			earliest = ts
		}
	}
	return earliest
}

// hasOneRoot reports whether the order of recs does not matter to
// rootTimestamp.
func hasOneRoot(recs []record) bool {
	roots := 0
	for i := range recs {
		if recs[i].parent == 0 && recs[i].timestamp != 0 {
			roots++
		}
	}
	return roots < 2
}
