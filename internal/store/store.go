package store

import (
	"hash/maphash"
	"math"
	"sync"

	"example.com/tracelab/internal/zipkin"
)

// Config are the bounds and the settings of a Store. A bound of zero takes its
// default; the zero value of the rest is Zipkin's default too.
type Config struct {
	MaxSpans int // spans stored; default 500,000, as Zipkin's MEM_MAX_SPANS
	// MaxBytes is the memory used, as Stats.Bytes estimates it; default 128 MiB,
	// and in proportion where MaxSpans is more than its own default.
	MaxBytes int64

	// LenientTraceIDs says that the high 64 bits of a trace id do not count:
	// ids that share the low half are one trace. For a fleet on its way from
	// 64-bit ids to 128-bit ones; Zipkin's STRICT_TRACE_ID=false.
	LenientTraceIDs bool

	// AutocompleteKeys are the tags whose values AutocompleteValues lists:
	// Zipkin's AUTOCOMPLETE_KEYS. Each costs memory for its distinct values,
	// so these should be few, such as environments or regions.
	AutocompleteKeys []string
}

const (
	defaultMaxSpans = 500_000
	defaultMaxBytes = 128 << 20
)

// Store keeps the most recent traces in memory. It answers as Zipkin's
// in-memory storage does; where it is better on purpose, the method says so.
//
// All methods may be called at the same time. What they return belongs to the
// caller, except for the bytes of strings: these are shared with the store,
// which never changes them.
type Store struct {
	maxSpans int
	maxBytes int64
	lenient  bool
	seed     maphash.Seed
	packers  sync.Pool // of *packer

	mu        sync.RWMutex
	traces    map[uint64]*trace // by the low 64 bits of the trace id
	times     timeIndex
	ages      ages
	templates templates
	tagSets   tagSets
	services  services
	values    tagValues
	version   uint64 // counts the Adds
	stats     Stats
	bytes     int64 // of all traces, without templates and time slots

	links    linkIndex
	searches searchIndex
}

// New returns an empty store.
func New(c Config) *Store {
	if c.MaxSpans <= 0 {
		c.MaxSpans = defaultMaxSpans
	}
	if c.MaxBytes <= 0 {
		c.MaxBytes = max(defaultMaxBytes, int64(c.MaxSpans)*(defaultMaxBytes/defaultMaxSpans))
	}
	s := &Store{
		maxSpans:  c.MaxSpans,
		maxBytes:  c.MaxBytes,
		lenient:   c.LenientTraceIDs,
		seed:      maphash.MakeSeed(),
		packers:   sync.Pool{New: func() any { return new(packer) }},
		traces:    map[uint64]*trace{},
		times:     timeIndex{blocks: map[int64]*block{}},
		templates: templates{byKey: map[string]*template{}},
		tagSets:   tagSets{byKey: map[string]*tagSet{}},
		services:  services{byName: map[string]*service{}},
	}
	s.values.init(c.AutocompleteKeys)
	s.links.init(s)
	s.searches.init(s)
	return s
}

// Stats are the figures of a Store. Spans is always Accepted without what was
// evicted for any of the three reasons.
type Stats struct {
	Spans  int   // stored now
	Traces int   // stored now; ids that share the low 64 bits count as one
	Bytes  int64 // estimate of the memory that the stored spans take

	Accepted   int64 // spans stored since the start
	Duplicates int64 // spans not stored since an equal one was there

	EvictedForSpans     int64 // spans of traces evicted to stay within MaxSpans
	EvictedForBytes     int64 // spans of traces evicted to stay within MaxBytes
	EvictedByTruncation int64 // spans dropped from a trace that alone exceeds a bound
	EvictedTraces       int64 // whole traces evicted
}

// Bounds returns how many spans, and how many bytes of them, are stored at most.
func (s *Store) Bounds() (spans int, bytes int64) { return s.maxSpans, s.maxBytes }

// Stats returns the figures as of now.
func (s *Store) Stats() Stats {
	s.mu.RLock()
	defer s.mu.RUnlock()
	st := s.stats
	st.Traces = len(s.traces)
	st.Bytes = s.size()
	return st
}

// size estimates the memory in use: traces, templates, tag sets, services, listed values, the time
// index, and what is kept for questions.
func (s *Store) size() int64 {
	return s.bytes + s.templates.bytes + s.tagSets.bytes + s.services.bytes + s.values.bytes + s.times.size() + s.links.bytes + s.searches.bytes
}

// Add stores spans and returns how many of them were new: a span equal to one
// that is stored is not stored again. When Add returns, all readers see them.
//
// Spans must be in the form that Span describes. Add keeps nothing of the
// slice and copies the text that it keeps.
//
// To stay within its bounds the store then evicts whole traces, those with the
// earliest spans first, and those that this call has added to only after all
// others.
func (s *Store) Add(spans []zipkin.Span) (stored int) {
	if len(spans) == 0 {
		return 0
	}
	p := s.packers.Get().(*packer)
	p.pack(spans)
	s.mu.Lock()
	s.version++
	for rest := p.items; len(rest) > 0; {
		same := sameTrace(rest)
		stored += s.addSame(rest[:same], p.keys)
		rest = rest[same:]
	}
	s.times.mergePending()
	s.stats.Spans += stored
	s.stats.Accepted += int64(stored)
	s.stats.Duplicates += int64(len(spans) - stored)
	s.evict()
	s.mu.Unlock()
	p.reset()
	s.packers.Put(p)
	return stored
}

// sameTrace counts the items at the start that belong to one trace. Reporters
// send the spans of a trace next to each other, so that it is worth the look.
func sameTrace(items []packed) int {
	n := 1
	for n < len(items) && items[n].low == items[0].low {
		n++
	}
	return n
}

// addSame files spans of one trace and returns how many were new.
func (s *Store) addSame(items []packed, keys []byte) (stored int) {
	t, oldest := s.traces[items[0].low], int64(math.MaxInt64)
	home, slots := int64(noHome), 0
	if t == nil {
		t = &trace{low: items[0].low, recs: make([]record, 0, len(items)), digest: new(digestSlot)}
		s.traces[t.low] = t
	} else {
		s.bytes -= t.bytes()
		oldest = t.minMs
		home, slots = slotOf(t.maxMs), len(t.slots.list)
	}
	for i := range items {
		it := &items[i]
		it.rec.template = s.templates.get(keys[it.keyFrom:it.tagFrom], &s.services)
		it.rec.tags = s.tagSets.get(keys[it.tagFrom:it.keyTo], &s.values)
		if !t.has(&it.rec, s.seed) {
			s.file(t, &it.rec)
			stored++
		}
	}
	if stored < len(items) {
		t.unshare(len(t.recs) - stored)
	}
	if stored > 0 {
		s.times.moved(t, home, slots)
	}
	s.bytes += t.bytes()
	switch {
	case stored == len(t.recs): // it is new
		s.ages.push(t)
	case t.minMs < oldest:
		s.ages.older(t)
	}
	return stored
}

// file adds r to t and to the indexes. The caller counts bytes.
func (s *Store) file(t *trace, r *record) {
	t.changed = s.version
	r.template.refs++
	r.tags.refs++
	if svc := r.template.service; svc != nil && t.services.add(svc) {
		svc.traces.add(t)
	}
	s.times.add(t, r.ms())
	s.values.add(r)
	t.append(r, s.seed)
}
