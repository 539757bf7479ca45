package store

// evict brings the store back within its bounds. Zipkin makes room before it
// looks for duplicates, and empties itself for a batch larger than its bound; we
// count what is stored after the batch, and keep the newest.
//
// The traces that the Add under way has touched go after all others.
func (s *Store) evict() {
	var touched []*trace
	for !s.fits() && len(s.ages) > 0 && len(s.traces) > 1 {
		t := s.ages.oldest()
		if t.changed == s.version {
			s.ages.remove(t)
			touched = append(touched, t)
			continue
		}
		s.evictTrace(t)
	}
	for _, t := range touched {
		s.ages.push(t)
	}
	for !s.fits() && len(s.traces) > 1 {
		s.evictTrace(s.ages.oldest())
	}
	if !s.fits() {
		s.truncate(s.ages.oldest()) // the only one
	}
}

func (s *Store) fits() bool { return s.stats.Spans <= s.maxSpans && s.size() <= s.maxBytes }

// evictTrace removes t and counts why.
func (s *Store) evictTrace(t *trace) {
	reason := &s.stats.EvictedForBytes
	if s.stats.Spans > s.maxSpans {
		reason = &s.stats.EvictedForSpans
	}
	*reason += int64(len(t.recs))
	s.stats.EvictedTraces++
	s.remove(t)
}

// remove takes t out of the store. Readers that hold its records keep them.
func (s *Store) remove(t *trace) {
	t.dead = true
	delete(s.traces, t.low)
	s.stats.Spans -= len(t.recs)
	s.bytes -= t.bytes()
	s.dropKept(s.times.remove(t))
	s.ages.remove(t)
	for _, svc := range t.services.list {
		svc.traces.forget()
	}
	for i := range t.recs {
		s.values.remove(&t.recs[i])
		s.templates.release(t.recs[i].template, &s.services)
		s.tagSets.release(t.recs[i].tags)
	}
	// An index may keep t for a while: it should be small then.
	*t = trace{low: t.low, dead: true}
}

// dropKept drops what was kept of slots that are no longer in the index.
func (s *Store) dropKept(closed []*slot) {
	for _, sl := range closed {
		s.searches.bytes -= sl.sum.size()
		s.links.bytes -= sl.links.size()
		sl.sum, sl.links = nil, nil
		if b := sl.block; b.closed {
			s.searches.bytes -= b.sum.size()
			s.links.bytes -= b.links.size()
			b.sum, b.links = nil, nil
		}
	}
}

// truncate shortens the only trace there is until it fits, dropping the spans that
// arrived first. It leaves a sixteenth free, or a trace that keeps growing would
// be truncated by every Add.
func (s *Store) truncate(t *trace) {
	keep := t.recs
	spans, bytes := s.maxSpans-s.maxSpans/16, s.maxBytes-s.maxBytes/16
	over := s.size() - bytes
	for len(keep) > 1 && (len(keep) > spans || over > 0) {
		over -= recordSize + roundUp(len(keep[0].payload))
		keep = keep[1:]
	}
	s.stats.EvictedByTruncation += int64(len(t.recs) - len(keep))
	// Templates and tag sets must stay while no record refers to them.
	for i := range keep {
		keep[i].template.refs++
		keep[i].tags.refs++
	}
	low := t.low
	s.remove(t)
	again := &trace{low: low, digest: new(digestSlot)}
	s.traces[low] = again
	for i := range keep {
		r := keep[i]
		s.file(again, &r)
	}
	for i := range keep {
		s.templates.release(keep[i].template, &s.services)
		s.tagSets.release(keep[i].tags)
	}
	s.times.moved(again, noHome, 0)
	s.ages.push(again)
	s.times.mergePending()
	s.stats.Spans += len(keep)
	s.bytes += again.bytes()
}
