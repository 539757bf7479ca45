package store

import (
	"math"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// windowOf is the window of a query. The longest Duration means since ever.
func windowOf(endTs time.Time, lookback time.Duration) window {
	end := endTs.UnixMilli()
	if lookback == math.MaxInt64 {
		return window{math.MinInt64, end}
	}
	return window{end - lookback.Milliseconds(), end}
}

// Traces finds the traces that answer q, with all their spans, those with the
// latest span in the window first. Each is as it stood at one moment during
// the call.
//
// As in Zipkin, ids that share the low 64 bits are tested together and then
// one by one, and only the former count towards q.Limit: for three such ids a
// limit of one returns three. With Config.LenientTraceIDs they are one trace.
func (s *Store) Traces(q zipkin.Query) [][]zipkin.Span { return unpackAll(s.FindTraces(q)) }

// FindTraces is Traces without copies.
func (s *Store) FindTraces(q zipkin.Query) []Found {
	if !s.mayAnswer(&q) {
		return nil
	}
	m := newMatcher(q)
	var found []Found
	w := s.search(m, 2*q.Limit)
	for chunk := w.next(); chunk != nil; chunk = w.next() {
		for _, c := range chunk {
			if len(found) >= q.Limit {
				return found
			}
			switch {
			case !m.matchAny(c.recs):
			case s.lenient:
				found = append(found, Found{c.low, inStoredOrder(c.recs)})
			default:
				found = m.appendStrict(found, c)
			}
		}
	}
	return found
}

// appendStrict appends the traces in c, one for each full trace id.
func (m *matcher) appendStrict(found []Found, c candidate) []Found {
	recs := inStoredOrder(c.recs)
	highs := highsOf(recs)
	if len(highs) == 1 {
		return append(found, Found{c.low, recs})
	}
	for _, high := range highs {
		if part := pick(recs, high); m.match(part) {
			found = append(found, Found{c.low, part})
		}
	}
	return found
}
