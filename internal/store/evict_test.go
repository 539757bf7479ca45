package store

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"example.com/tracelab/internal/zipkin"
)

// lone is a trace of one span that starts at a second.
func lone(id uint64, second int64) zipkin.Span {
	return zipkin.Span{TraceID: traceID(0, id), ID: zipkin.SpanID(id), Timestamp: t0 + second*1e6}
}

// kept lists the low halves of the traces in s.
func kept(s *Store) []uint64 {
	var list []uint64
	for low := range s.traces {
		list = append(list, low)
	}
	slices.Sort(list)
	return list
}

func TestEvictionTakesWholeTracesOldestFirst(t *testing.T) {
	for _, c := range []struct {
		name    string
		batches [][]zipkin.Span
		want    []uint64
		stats   Stats
	}{
		{"fits exactly", [][]zipkin.Span{{lone(1, 1), lone(2, 2), lone(3, 3)}}, []uint64{1, 2, 3}, Stats{}},
		{"the oldest goes", [][]zipkin.Span{{lone(3, 3), lone(1, 1), lone(2, 2)}, {lone(4, 4)}}, []uint64{2, 3, 4}, Stats{EvictedForSpans: 1, EvictedTraces: 1}},
		{"the smaller id of two as old", [][]zipkin.Span{{lone(2, 1), lone(1, 1), lone(3, 1)}, {lone(4, 4)}}, []uint64{2, 3, 4}, Stats{EvictedForSpans: 1, EvictedTraces: 1}},
		{"a trace is as old as its first span", [][]zipkin.Span{
			{lone(1, 1), lone(2, 2)}, {{TraceID: traceID(0, 2), ID: 9, Timestamp: t0}}, {lone(3, 3)},
		}, []uint64{1, 3}, Stats{EvictedForSpans: 2, EvictedTraces: 1}},
		{"without a time it is the oldest", [][]zipkin.Span{{lone(1, 1), {TraceID: traceID(0, 2), ID: 2}, lone(3, 3)}, {lone(4, 4)}}, []uint64{1, 3, 4}, Stats{EvictedForSpans: 1, EvictedTraces: 1}},
		{"what comes in stays, however old", [][]zipkin.Span{{lone(1, 11), lone(2, 12), lone(3, 13)}, {lone(4, 4)}}, []uint64{2, 3, 4}, Stats{EvictedForSpans: 1, EvictedTraces: 1}},
		{"a trace that is added to stays whole", [][]zipkin.Span{
			{lone(1, 1), lone(2, 2), lone(3, 3)}, {{TraceID: traceID(0, 1), ID: 9, Timestamp: t0 + 9e6}},
		}, []uint64{1, 3}, Stats{EvictedForSpans: 1, EvictedTraces: 1}},
		{"duplicates take no room", [][]zipkin.Span{{lone(1, 1), lone(2, 2), lone(3, 3)}, {lone(1, 1), lone(2, 2), lone(3, 3)}}, []uint64{1, 2, 3}, Stats{}},
		{"a batch too large keeps its newest", [][]zipkin.Span{{lone(9, 99)}, {lone(5, 5), lone(4, 4), lone(3, 3), lone(2, 2), lone(1, 1)}}, []uint64{3, 4, 5}, Stats{EvictedForSpans: 3, EvictedTraces: 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := New(Config{MaxSpans: 3})
			sent := 0
			for _, b := range c.batches {
				s.Add(b)
				sent += len(b)
			}
			if got := kept(s); !slices.Equal(got, c.want) {
				t.Errorf("kept %v, want %v", got, c.want)
			}
			st := s.Stats()
			if st.EvictedForSpans != c.stats.EvictedForSpans || st.EvictedTraces != c.stats.EvictedTraces {
				t.Errorf("%+v, want evicted %+v", st, c.stats)
			}
			checkStats(t, s, sent)
		})
	}
}

// checkStats checks that every span sent is somewhere, and that the counts
// agree with what is stored.
func checkStats(t *testing.T, s *Store, sent int) {
	t.Helper()
	st := s.Stats()
	if got := st.Accepted + st.Duplicates; got != int64(sent) {
		t.Errorf("%d accepted and duplicate, %d sent", got, sent)
	}
	if gone := st.EvictedForSpans + st.EvictedForBytes + st.EvictedByTruncation; int64(st.Spans) != st.Accepted-gone {
		t.Errorf("%d kept, want %d accepted less %d evicted", st.Spans, st.Accepted, gone)
	}
	spans, bytes, refs, tags := 0, int64(0), map[*template]int{}, map[*tagSet]int{}
	var values tagValues
	values.init(s.AutocompleteKeys())
	for _, tr := range s.traces {
		spans += len(tr.recs)
		bytes += tr.bytes()
		for i := range tr.recs {
			refs[tr.recs[i].template]++
			tags[tr.recs[i].tags]++
			values.add(&tr.recs[i])
		}
	}
	if spans != st.Spans || bytes != s.bytes || len(refs) != len(s.templates.byKey) {
		t.Errorf("%d spans of %d bytes and %d templates; counted %d, %d, %d", spans, bytes, len(refs), st.Spans, s.bytes, len(s.templates.byKey))
	}
	if !reflect.DeepEqual(values, s.values) {
		t.Errorf("values %v of %d bytes; counted %v of %d", values.byKey, values.bytes, s.values.byKey, s.values.bytes)
	}
	for i, a := range s.ages {
		if a.t.dead || int(a.t.age) != i || a.ms != a.t.minMs || i > 0 && a.before(s.ages[(i-1)/children]) {
			t.Errorf("trace %d from %d ms is at %d of the ages, says %d: dead %v, from %d ms", a.low, a.ms, i, a.t.age, a.t.dead, a.t.minMs)
		}
	}
	if len(s.ages) != len(s.traces) {
		t.Errorf("%d ages of %d traces", len(s.ages), len(s.traces))
	}
	checkKept(t, s)
	named := int64(0)
	for _, svc := range s.services.byName {
		named += svc.bytes()
		for _, c := range []*nameCounts{&svc.names, &svc.remotes} {
			for _, few := range c.few {
				named += fewBytes(few.name)
			}
			for name := range c.many {
				named += manyBytes(name)
			}
		}
	}
	if named != s.services.bytes {
		t.Errorf("services of %d bytes, counted %d", s.services.bytes, named)
	}
	for set, n := range tags {
		if set.refs != n || s.tagSets.byKey[set.key] != set || len(tags) != len(s.tagSets.byKey) {
			t.Errorf("tag set %q has %d references, counted %d; there are %d, counted %d", set.keys, set.refs, n, len(s.tagSets.byKey), len(tags))
		}
	}
	for sh, n := range refs {
		if sh.refs != n {
			t.Errorf("template %q has %d references, counted %d", sh.name, n, sh.refs)
		}
	}
}

// checkKept checks what is kept for questions, and the index that has it.
func checkKept(t *testing.T, s *Store) {
	t.Helper()
	slots, links, sums := 0, s.links.own, int64(0)
	for key, b := range s.times.blocks {
		links += b.links.size()
		sums += b.sum.size()
		for i, sl := range b.slots {
			links += sl.links.size()
			sums += sl.sum.size()
			if sl.closed || sl.block != b || blockOf(sl.key) != key || b.slot(sl.key) != sl || i > 0 && b.slots[i-1].key >= sl.key {
				t.Errorf("slot %d is at %d of block %d", sl.key, i, key)
			}
		}
		slots += len(b.slots)
	}
	if slots != s.times.slots || links != s.links.bytes || sums != s.searches.bytes {
		t.Errorf("%d slots, links of %d bytes, sums of %d; counted %d, %d, %d", s.times.slots, s.links.bytes, s.searches.bytes, slots, links, sums)
	}
}

// TestCountsStayTrueWhateverIsEvicted has traces grow, repeat and go at random.
func TestCountsStayTrueWhateverIsEvicted(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, c := range []Config{{MaxSpans: 30}, {MaxBytes: 20_000}, {MaxSpans: 1}} {
		c.AutocompleteKeys = []string{"k", "error"}
		s := New(c)
		sent := 0
		for range 200 {
			batch := make([]zipkin.Span, r.IntN(20))
			for i := range batch {
				batch[i] = wildSpan(r)
			}
			s.Add(batch)
			sent += len(batch)
			checkStats(t, s, sent)
		}
	}
}

func TestATraceTooLargeAloneIsCut(t *testing.T) {
	s := New(Config{MaxSpans: 100})
	for i := range 1000 {
		s.Add([]zipkin.Span{{TraceID: traceID(0, 1), ID: zipkin.SpanID(i + 1), Timestamp: t0 + int64(i), Name: "n", Local: zipkin.Endpoint{ServiceName: "s"}}})
	}
	st := s.Stats()
	if st.Spans > 100 || st.Spans < 90 || st.EvictedByTruncation != 1000-int64(st.Spans) {
		t.Errorf("%+v, want about 100 spans and the rest cut", st)
	}
	checkStats(t, s, 1000)
	got, _ := s.Trace(traceID(0, 1))
	if len(got) != st.Spans || got[len(got)-1].ID != 1000 {
		t.Errorf("%d spans, the last %v; want the latest arrivals", len(got), got[len(got)-1].ID)
	}
	if !reflect.DeepEqual(s.SpanNames("s"), []string{"n"}) {
		t.Errorf("the names went with the cut: %q", s.SpanNames("s"))
	}
}

func TestEvictionStaysWithinBytes(t *testing.T) {
	const most = 1 << 20
	s := New(Config{MaxBytes: most})
	sent := 0
	for _, spans := range load(2000) {
		s.Add(spans)
		sent += len(spans)
		if st := s.Stats(); st.Bytes > most {
			t.Fatalf("%d bytes, bound %d", st.Bytes, most)
		}
	}
	st := s.Stats()
	if st.EvictedForBytes == 0 || st.EvictedForSpans != 0 || st.Bytes < most*9/10 {
		t.Errorf("%+v, want the room used and the rest evicted for bytes", st)
	}
	checkStats(t, s, sent)
}

func TestOneSpanLargerThanTheStoreIsKept(t *testing.T) {
	s := New(Config{MaxBytes: 1000})
	s.Add([]zipkin.Span{{TraceID: traceID(0, 1), ID: 1, Tags: []zipkin.Tag{tag("k", string(make([]byte, 5000)))}}})
	if st := s.Stats(); st.Spans != 1 {
		t.Errorf("%+v, want the one span", st)
	}
	s.Add([]zipkin.Span{lone(2, 2)})
	if got := kept(s); !slices.Equal(got, []uint64{2}) {
		t.Errorf("kept %v, want the small one", got)
	}
}

func TestAnEmptiedIndexHoldsNothing(t *testing.T) {
	s := New(Config{MaxSpans: 10})
	for i := range int64(5000) { // each in a slot and a service of its own
		sp := lone(uint64(i+1), i*7)
		sp.Local.ServiceName = string(rune('a'+i%26)) + sp.ID.String()
		s.Add([]zipkin.Span{sp})
	}
	if n := s.times.slots; n != 10 {
		t.Errorf("%d slots for 10 traces", n)
	}
	if n := len(s.times.keys); n > 30 {
		t.Errorf("%d keys for 10 slots", n)
	}
	if n := len(s.Services()); n != 10 {
		t.Errorf("%d services for 10 traces", n)
	}
	checkStats(t, s, 5000)
}
