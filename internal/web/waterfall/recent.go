package waterfall

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// recent keeps the traces that were laid out a moment ago: a page asks for its rows, for
// details and for what it finds one after the other, and of a large trace each would
// take longer to lay out than to answer.
type recent struct {
	seed maphash.Seed
	now  func() time.Time

	mu   sync.Mutex
	kept []recentTrace // the oldest first
}

type recentTrace struct {
	key  recentKey
	at   time.Time
	laid *Waterfall // which nobody changes
}

// recentKey is all that a trace is laid out by.
type recentKey struct {
	hash uint64 // of the spans
	n    int
	raw  bool
}

// Bounds of what is kept.
const (
	recentTime   = time.Minute
	recentTraces = 8
	recentSpans  = 100_000
)

func newRecent(now func() time.Time) *recent { return &recent{seed: maphash.MakeSeed(), now: now} }

// layOut lays out and analyses a trace, or finds that this was done a moment ago.
func (c *recent) layOut(spans []zipkin.Span, raw bool) *Waterfall {
	key := recentKey{c.hash(spans), len(spans), raw}
	if w := c.find(key); w != nil {
		return w
	}
	w := LayOut(spans)
	w.analyse(raw)
	c.keep(recentTrace{key, c.now(), w})
	return w
}

func (c *recent) find(key recentKey) *Waterfall {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget()
	for _, t := range c.kept {
		if t.key == key {
			return t.laid
		}
	}
	return nil
}

// forget lets go of what is old.
func (c *recent) forget() {
	before := c.now().Add(-recentTime)
	c.kept = slices.DeleteFunc(c.kept, func(t recentTrace) bool { return t.at.Before(before) })
}

func (c *recent) keep(t recentTrace) {
	if t.key.n > recentSpans {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept = append(c.kept, t)
	spans := 0
	for _, t := range c.kept {
		spans += t.key.n
	}
	for len(c.kept) > recentTraces || spans > recentSpans {
		spans -= c.kept[0].key.n
		c.kept = slices.Delete(c.kept, 0, 1)
	}
}

// hash is of all that spans say.
func (c *recent) hash(spans []zipkin.Span) uint64 {
	var h maphash.Hash
	h.SetSeed(c.seed)
	var b []byte
	number := func(n int64) { b = binary.LittleEndian.AppendUint64(b, uint64(n)) }
	text := func(s string) {
		number(int64(len(s)))
		b = append(b, s...)
	}
	for i := range spans {
		s := &spans[i]
		b = b[:0]
		for _, n := range [...]int64{int64(s.TraceID.High), int64(s.TraceID.Low), int64(s.ID), int64(s.ParentID), s.Timestamp, s.Duration, int64(len(s.Tags)), int64(len(s.Annotations))} {
			number(n)
		}
		text(string(s.Kind))
		text(s.Name)
		for _, e := range [...]*zipkin.Endpoint{&s.Local, &s.Remote} {
			text(e.ServiceName)
			text(e.IPv4)
			text(e.IPv6)
			number(int64(e.Port))
		}
		for _, t := range s.Tags {
			text(t.Key)
			text(t.Value)
		}
		for _, a := range s.Annotations {
			number(a.Timestamp)
			text(a.Value)
		}
		b = append(b, flag(s.Debug), flag(s.Shared))
		h.Write(b)
	}
	return h.Sum64()
}

func flag(is bool) byte {
	if is {
		return 1
	}
	return 0
}
