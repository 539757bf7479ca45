package find

import (
	"context"
	"slices"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// How far back a tail looks for traces that have become complete: often for those that
// began lately, and now and then for those that took long.
const (
	nearReach = 30 * time.Second
	farReach  = 10 * time.Minute
	farEvery  = 20 // ticks
	rootLost  = 10 * time.Second
)

// look returns the traces that are new and complete, or that have got more spans, the
// newest first, and those for which there is no room.
func (t *tail) look(ctx context.Context) (fresh, more []hit, err error) {
	now := t.pages.cfg.Now()
	q := t.query
	q.EndTs, q.Lookback = now.Add(time.Second), nearReach
	if t.ticks++; t.ticks%farEvery == 1 {
		q.Lookback = farReach
	}
	looked := 0
	var cut bool
	err = t.pages.scan(ctx, t.search, q, func(h *hit) bool {
		looked++
		if t.settled(&h.Summary, now) {
			fresh = append(fresh, *h)
		}
		return looked < liveLook
	}, &cut)
	t.forget(now)
	slices.SortStableFunc(fresh, func(a, b hit) int { return newestFirst(&a.Summary, &b.Summary) })
	if len(fresh) > liveRows {
		fresh, more = fresh[:liveRows], fresh[liveRows:]
	}
	return fresh, more, err
}

// note notes what the client is told of, or that it is not told.
func (t *tail) note(hits []hit) {
	for _, h := range hits {
		one := t.known[h.ID]
		one.sent = h.Spans
		t.known[h.ID] = one
	}
}

// settled reports whether a trace should be sent: it is complete as far as can be told,
// for its root has ended and no span came since the last look, and the client does not
// know all of it.
func (t *tail) settled(s *zipkin.Summary, now time.Time) bool {
	before, known := t.known[s.ID]
	if !known && (s.Start+s.Duration)/1000 < t.since {
		before.sent = s.Spans // the page has it
	}
	quiet := known && before.spans == s.Spans
	t.known[s.ID] = seen{s.Start, s.Spans, before.sent}
	whole := s.Rooted && s.Ended || now.Sub(time.UnixMicro(s.Start+s.Duration)) > rootLost
	return quiet && whole && s.Spans != before.sent
}

// forget drops what is out of reach.
func (t *tail) forget(now time.Time) {
	if t.ticks%farEvery != 0 {
		return
	}
	oldest := now.Add(-farReach - time.Minute).UnixMicro()
	for id, one := range t.known {
		if one.start < oldest {
			delete(t.known, id)
		}
	}
}
