package store

import "example.com/tracelab/internal/zipkin"

// Trace returns the spans whose trace id is exactly id, or with
// Config.LenientTraceIDs ends as id does, and whether there are any. They come
// by millisecond, in order of each one's first arrival, and in order of arrival
// within one, as Zipkin lists them.
func (s *Store) Trace(id zipkin.TraceID) ([]zipkin.Span, bool) {
	f, ok := s.FindTrace(id)
	if !ok {
		return nil, false
	}
	return f.unpack(), true
}

// FindTrace is Trace without a copy.
func (s *Store) FindTrace(id zipkin.TraceID) (Found, bool) {
	recs := inStoredOrder(s.records(id.Low))
	if !s.lenient && (len(recs) > 0 && recs[0].high != id.High || len(highsOf(recs)) > 1) {
		recs = pick(recs, id.High)
	}
	return Found{id.Low, recs}, len(recs) > 0
}

// TraceMany returns the traces that there are of ids, each as Trace does.
// Those whose ids share the low 64 bits come together, where the first of them
// was requested. With Config.LenientTraceIDs these are one trace, which is
// empty when there is none: so does Zipkin answer.
func (s *Store) TraceMany(ids []zipkin.TraceID) [][]zipkin.Span { return unpackAll(s.FindMany(ids)) }

// FindMany is TraceMany without copies.
func (s *Store) FindMany(ids []zipkin.TraceID) []Found {
	var lows smallSet[uint64]
	requested := make(map[zipkin.TraceID]bool, len(ids))
	for _, id := range ids {
		lows.add(id.Low)
		requested[id] = true
	}
	var found []Found
	for _, low := range lows.list {
		recs := inStoredOrder(s.records(low))
		if s.lenient {
			found = append(found, Found{low, recs})
			continue
		}
		for _, high := range highsOf(recs) {
			if requested[zipkin.TraceID{High: high, Low: low}] {
				found = append(found, Found{low, pick(recs, high)})
			}
		}
	}
	return found
}

// records returns what is stored under the low half of a trace id.
func (s *Store) records(low uint64) []record {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if t := s.traces[low]; t != nil {
		return t.recs
	}
	return nil
}
