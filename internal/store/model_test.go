package store

import (
	"cmp"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// model answers as the store must, in the simplest way: it looks at all that
// was added, every time.
type model struct {
	lenient bool
	spans   []zipkin.Span
}

func (m *model) add(spans []zipkin.Span) {
	for _, sp := range spans {
		if !slices.ContainsFunc(m.spans, func(have zipkin.Span) bool { return reflect.DeepEqual(have, sp) }) {
			m.spans = append(m.spans, sp)
		}
	}
}

// group returns the spans with the low half of an id, in stored order.
func (m *model) group(low uint64) []zipkin.Span {
	var buckets []int64
	byMs := map[int64][]zipkin.Span{}
	for _, sp := range m.spans {
		if sp.TraceID.Low != low {
			continue
		}
		ms := sp.Timestamp / 1000
		if byMs[ms] == nil {
			buckets = append(buckets, ms)
		}
		byMs[ms] = append(byMs[ms], sp)
	}
	var all []zipkin.Span
	for _, ms := range buckets {
		all = append(all, byMs[ms]...)
	}
	return all
}

func (m *model) trace(id zipkin.TraceID) []zipkin.Span {
	if m.lenient {
		return m.group(id.Low)
	}
	return slices.DeleteFunc(m.group(id.Low), func(sp zipkin.Span) bool { return sp.TraceID != id })
}

// many returns the traces of ids, as TraceMany does.
func (m *model) many(ids []zipkin.TraceID) (found [][]zipkin.Span) {
	var lows []uint64
	for _, id := range ids {
		if slices.Contains(lows, id.Low) {
			continue
		}
		lows = append(lows, id.Low)
		if m.lenient {
			found = append(found, m.group(id.Low))
			continue
		}
		for _, each := range idsOf(m.group(id.Low)) {
			if slices.Contains(ids, each) {
				found = append(found, m.trace(each))
			}
		}
	}
	return found
}

// idsOf lists the trace ids of spans by first appearance.
func idsOf(spans []zipkin.Span) (ids []zipkin.TraceID) {
	for _, sp := range spans {
		if !slices.Contains(ids, sp.TraceID) {
			ids = append(ids, sp.TraceID)
		}
	}
	return ids
}

// values lists what spans give to a tag.
func (m *model) values(key string) []string {
	seen := map[string]bool{}
	for _, sp := range m.spans {
		if value, ok := sp.Tag(key); ok {
			seen[value] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// ranked lists the low halves in the order of a search.
func (m *model) ranked(q zipkin.Query) []uint64 {
	end := q.EndTs.UnixMilli()
	rank := map[uint64]int64{}
	for _, sp := range m.spans {
		if ms := sp.Timestamp / 1000; ms <= end && ms >= end-q.Lookback.Milliseconds() {
			rank[sp.TraceID.Low] = max(rank[sp.TraceID.Low], ms)
		}
	}
	var lows []uint64
	for low := range rank {
		lows = append(lows, low)
	}
	slices.SortFunc(lows, func(a, b uint64) int { return cmp.Or(cmp.Compare(rank[b], rank[a]), cmp.Compare(b, a)) })
	return lows
}

func (m *model) traces(q zipkin.Query) (found [][]zipkin.Span) {
	for _, low := range m.ranked(q) {
		group := m.group(low)
		if len(found) >= q.Limit || !modelMatch(q, group) {
			continue
		}
		if m.lenient {
			found = append(found, group)
			continue
		}
		for _, id := range idsOf(group) {
			if spans := m.trace(id); modelMatch(q, spans) {
				found = append(found, spans)
			}
		}
	}
	return found
}

func (m *model) summaries(q zipkin.Query) (all []zipkin.Summary) {
	q.Limit = math.MaxInt
	for _, spans := range m.traces(q) {
		all = append(all, zipkin.Summarize(spans))
	}
	return all
}

func modelMatch(q zipkin.Query, spans []zipkin.Span) bool {
	var start int64
	for _, sp := range spans {
		if sp.Timestamp != 0 && (start == 0 || sp.Timestamp < start) {
			start = sp.Timestamp
		}
	}
	for _, sp := range spans {
		if sp.Timestamp != 0 && sp.ParentID == 0 {
			start = sp.Timestamp
			break
		}
	}
	end := q.EndTs.UnixMicro()
	if start == 0 || start > end || start < end-q.Lookback.Microseconds() {
		return false
	}
	any := func(is func(zipkin.Span) bool) bool {
		return slices.ContainsFunc(spans, func(sp zipkin.Span) bool {
			return (q.ServiceName == "" || sp.Local.ServiceName == q.ServiceName) && is(sp)
		})
	}
	for _, t := range parseAnnotationQuery(q.AnnotationQuery) {
		if !any(func(sp zipkin.Span) bool {
			v, ok := sp.Tag(t.key)
			note := slices.ContainsFunc(sp.Annotations, func(a zipkin.Annotation) bool { return a.Value == t.key })
			return ok && (t.value == "" || t.value == v) || note && t.value == ""
		}) {
			return false
		}
	}
	return any(func(sp zipkin.Span) bool { return true }) &&
		(q.SpanName == "" || any(func(sp zipkin.Span) bool { return sp.Name == q.SpanName })) &&
		(q.RemoteServiceName == "" || any(func(sp zipkin.Span) bool { return sp.Remote.ServiceName == q.RemoteServiceName })) &&
		(q.MinDuration == 0 || any(func(sp zipkin.Span) bool {
			d := time.Duration(sp.Duration) * time.Microsecond
			return d >= q.MinDuration && (q.MaxDuration == 0 || d <= q.MaxDuration)
		}))
}

func one[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// wildSpan is a span that need not make sense.
func wildSpan(r *rand.Rand) zipkin.Span {
	sp := zipkin.Span{
		TraceID:   traceID(one[uint64](r, 0, 0, 1, 2), uint64(r.IntN(12))+1),
		ParentID:  zipkin.SpanID(r.IntN(4)),
		ID:        zipkin.SpanID(r.IntN(4) + 1),
		Kind:      one[zipkin.Kind](r, "", zipkin.Client, zipkin.Server, zipkin.Producer, zipkin.Consumer),
		Name:      one(r, "", "get", "put"),
		Timestamp: one(r, 0, t0, t0+1, t0+999, t0+1000, t0+60_000, t0+2_000_000) * one[int64](r, 1, 1, 1, 0),
		Duration:  one[int64](r, 0, 1, 10, 100),
		Local:     zipkin.Endpoint{ServiceName: one(r, "", "a", "b", "c"), IPv4: one(r, "", "1.1.1.1", "2.2.2.2"), Port: one[uint16](r, 0, 0, 80)},
		Remote:    zipkin.Endpoint{ServiceName: one(r, "", "a", "b", "d"), IPv4: one(r, "", "1.1.1.1")},
		Shared:    r.IntN(4) == 0,
	}
	if r.IntN(3) == 0 {
		sp.Tags = []zipkin.Tag{tag(one(r, "error", "k", ""), one(r, "", "v", "w"))}
	}
	if r.IntN(5) == 0 {
		sp.Annotations = []zipkin.Annotation{note(t0, one(r, "error", "k", "x"))}
	}
	return sp
}

func wildQuery(r *rand.Rand) zipkin.Query {
	q := zipkin.Query{
		ServiceName:       one(r, "", "", "a", "b", "e"),
		SpanName:          one(r, "", "", "get"),
		RemoteServiceName: one(r, "", "", "a"),
		AnnotationQuery:   one(r, "", "", "error", "k=v", "k and error", "x", "="),
		MinDuration:       one[time.Duration](r, 0, 0, 10_000),
		EndTs:             at(one[int64](r, 0, 1, 2, 60, 1999, 2000, 2001, 9000)),
		Lookback:          one(r, time.Millisecond, 60*time.Millisecond, time.Second, time.Hour),
		Limit:             one(r, 1, 2, 3, 100),
	}
	if q.MinDuration > 0 {
		q.MaxDuration = one[time.Duration](r, 0, 10_000, 50_000)
	}
	return q
}

func wildIDs(r *rand.Rand) []zipkin.TraceID {
	ids := make([]zipkin.TraceID, 1+r.IntN(6))
	for i := range ids {
		ids[i] = traceID(uint64(r.IntN(3)), uint64(r.IntN(14)))
	}
	return ids
}

// sameTraces is DeepEqual for which an empty trace is one, nil or not.
func sameTraces(a, b [][]zipkin.Span) bool {
	return slices.EqualFunc(a, b, func(a, b []zipkin.Span) bool { return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b) })
}

func TestStoreAgreesWithTheModel(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 0))
			lenient := seed%2 == 1
			s := New(Config{LenientTraceIDs: lenient, AutocompleteKeys: []string{"k", "error"}})
			m := &model{lenient: lenient}
			for range 6 {
				batch := make([]zipkin.Span, r.IntN(40))
				for i := range batch {
					batch[i] = wildSpan(r)
				}
				s.Add(batch)
				m.add(batch)
				for range 20 {
					q := wildQuery(r)
					if got, want := s.Traces(q), m.traces(q); !reflect.DeepEqual(got, want) {
						t.Fatalf("Traces(%+v)\n got %v\nwant %v", q, got, want)
					}
					if got, want := slices.Collect(s.Summaries(q)), m.summaries(q); !slices.Equal(got, want) {
						t.Fatalf("Summaries(%+v)\n got %+v\nwant %+v", q, got, want)
					}
				}
				for low := range uint64(13) {
					for high := range uint64(3) {
						id := traceID(high, low)
						if got, _ := s.Trace(id); len(got) != len(m.trace(id)) || len(got) > 0 && !reflect.DeepEqual(got, m.trace(id)) {
							t.Fatalf("Trace(%v)\n got %v\nwant %v", id, got, m.trace(id))
						}
					}
				}
				if some := wildIDs(r); !sameTraces(s.TraceMany(some), m.many(some)) {
					t.Fatalf("TraceMany(%v)\n got %v\nwant %v", some, s.TraceMany(some), m.many(some))
				}
				for _, key := range []string{"k", "error"} {
					if got := s.AutocompleteValues(key); !slices.Equal(got, m.values(key)) {
						t.Fatalf("AutocompleteValues(%s) = %q, want %q", key, got, m.values(key))
					}
				}
			}
			checkStats(t, s, int(s.stats.Accepted+s.stats.Duplicates))
		})
	}
}
