package store

import (
	"iter"
	"sync/atomic"

	"example.com/tracelab/internal/zipkin"
)

// digest is what a search without conditions, and the summary of what it finds, need
// of a trace: to read its records takes longer than all else. It is made when it is
// first asked for.
type digest struct {
	root          *template // of the first span of the longest request
	high          uint64    // of the trace id
	rootTimestamp int64     // which the time of a query is compared with
	start         int64     // as in zipkin.Summary, as is the rest
	duration      int64
	of            int32 // records
	spans         int32
	errors        int32
	requests      int32
	rooted, ended bool
}

// digestSlot holds the digest of a trace, if it has one. Readers of the trace share it
// without a lock.
type digestSlot = atomic.Pointer[digest]

const digestSize = 8 + 64

// Summaries yields the summary of every trace that answers q, whatever its limit is,
// those with the latest span in the window first. Each is as it stood at one moment
// during the walk; one that arrives meanwhile may be missed.
func (s *Store) Summaries(q zipkin.Query) iter.Seq[zipkin.Summary] {
	return func(yield func(zipkin.Summary) bool) {
		if !s.mayAnswer(&q) {
			return
		}
		z := summarizer{m: newMatcher(q), lenient: s.lenient}
		w := s.search(z.m, 1024)
		for chunk := w.next(); chunk != nil; chunk = w.next() {
			for i := range chunk {
				if !z.visit(&chunk[i], yield) {
					return
				}
			}
		}
	}
}

// summarizer makes summaries. It is for one goroutine.
type summarizer struct {
	m       *matcher
	lenient bool
	outline zipkin.Outline
	span    zipkin.Span
}

// visit yields the summaries of c that answer the query.
func (z *summarizer) visit(c *candidate, yield func(zipkin.Summary) bool) bool {
	if d := z.digestOf(c); d != nil {
		if !z.m.inWindow(d.rootTimestamp) || !z.m.onlyTime() && !z.m.matchAny(c.recs) {
			return true
		}
		return yield(d.summary(c.low))
	}
	if !z.m.matchAny(c.recs) {
		return true
	}
	recs := inStoredOrder(c.recs)
	if highs := highsOf(recs); !z.lenient && len(highs) > 1 {
		for _, high := range highs {
			if part := pick(recs, high); z.m.match(part) && !yield(zipkin.Summarize(unpack(c.low, part))) {
				return false
			}
		}
		return true
	}
	return yield(zipkin.Summarize(unpack(c.low, recs)))
}

// digestOf returns the digest of c, nil where a trace has none: several ids share its
// low half, or its names are put together of several reports.
func (z *summarizer) digestOf(c *candidate) *digest {
	d := c.digest.Load()
	if d != nil && int(d.of) == len(c.recs) {
		return d
	}
	if d = z.newDigest(c.low, c.recs); d != nil {
		c.digest.Store(d)
	}
	return d
}

func (z *summarizer) newDigest(low uint64, recs []record) *digest {
	errors := 0
	nodes := z.outline.Nodes[:0]
	for i := range recs {
		r := &recs[i]
		if r.high != recs[0].high {
			return nil
		}
		if r.tags.hasError {
			errors++
		}
		n := r.node()
		n.Duration = r.duration
		nodes = append(nodes, n)
	}
	z.outline.Nodes = nodes
	s, root, ok := z.outline.Summarize(errors, z.spansOf(recs))
	if !ok {
		s = zipkin.Summarize(unpack(low, inStoredOrder(recs)))
	}
	return newDigest(recs, s, root)
}

// newDigest makes a digest of the summary of recs. The id of its root helps to find the
// record that has its names.
func newDigest(recs []record, s zipkin.Summary, root *zipkin.Span) *digest {
	d := &digest{
		high: recs[0].high, start: s.Start, duration: s.Duration, of: int32(len(recs)), spans: int32(s.Spans), errors: int32(s.Errors),
		requests: int32(s.Requests), rooted: s.Rooted, ended: s.Ended,
	}
	if !hasOneRoot(recs) {
		recs = inStoredOrder(recs)
	}
	d.rootTimestamp = rootTimestamp(recs)
	for i := range recs {
		t := recs[i].template
		if t.name == s.Name && t.local.ServiceName == s.Service && (root == nil || recs[i].id == root.ID) {
			d.root = t
			return d
		}
	}
	return nil
}

// spansOf returns what makes spans of records, as far as an outline needs them. Nearly
// all traces have one root, for which no memory is allocated.
func (z *summarizer) spansOf(recs []record) func(i int) *zipkin.Span {
	first := true
	return func(i int) *zipkin.Span {
		sp := &z.span
		if !first {
			sp = new(zipkin.Span)
		}
		first = false
		r, t := &recs[i], recs[i].template
		*sp = zipkin.Span{ParentID: r.parent, ID: r.id, Kind: t.kind, Name: t.name, Timestamp: r.timestamp, Duration: r.duration,
			Local: t.local, Shared: t.shared}
		return sp
	}
}

func (d *digest) summary(low uint64) zipkin.Summary {
	return zipkin.Summary{
		ID: zipkin.TraceID{High: d.high, Low: low}, Start: d.start, Duration: d.duration, Spans: int(d.spans), Errors: int(d.errors), Requests: int(d.requests),
		Service: d.root.local.ServiceName, Name: d.root.name, Rooted: d.rooted, Ended: d.ended,
	}
}

// onlyTime reports whether the time is the only condition that is left to look at, as
// the walk has looked at the service.
func (m *matcher) onlyTime() bool {
	return len(m.terms) == 0 && m.q.SpanName == "" && m.q.RemoteServiceName == "" && m.minDuration <= 0 && m.maxDuration <= 0
}
