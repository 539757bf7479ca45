package metrics

import (
	"math"
	"slices"
)

// Histogram counts observations in buckets. Those of several processes with the
// same bounds can be added up. Its methods must not be called at the same time.
type Histogram struct {
	Bounds []float64 // the upper bounds of the buckets, which rise; not changed
	Counts []uint64  // one more: the last is of what is above all bounds
	Sum    float64
}

// NewHistogram makes one without observations.
func NewHistogram(bounds []float64) *Histogram {
	return &Histogram{Bounds: bounds, Counts: make([]uint64, len(bounds)+1)}
}

// Observe counts a value in the first bucket whose bound is not below it.
func (h *Histogram) Observe(v float64) { h.add(v, v, 1) }

func (h *Histogram) add(upper, each float64, n uint64) {
	at := 0
	for at < len(h.Bounds) && upper > h.Bounds[at] {
		at++
	}
	h.Counts[at] += n
	h.Sum += each * float64(n)
}

// Clone returns a copy that later observations do not change.
func (h *Histogram) Clone() *Histogram {
	return &Histogram{h.Bounds, slices.Clone(h.Counts), h.Sum}
}

// Histogram adds h, under labels, to the family begun last.
func (p *Page) Histogram(name, labels string, h *Histogram) {
	bucket, prefix := name+"_bucket", `le="`
	if labels != "" {
		prefix = labels + `,le="`
	}
	var total uint64
	for i, n := range h.Counts {
		total += n
		le := math.Inf(1)
		if i < len(h.Bounds) {
			le = h.Bounds[i]
		}
		text := append(appendNumber([]byte(prefix), le), '"')
		p.Sample(bucket, string(text), float64(total))
	}
	p.Sample(name+"_sum", labels, h.Sum)
	p.Sample(name+"_count", labels, float64(total))
}
