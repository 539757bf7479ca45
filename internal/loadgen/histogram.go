package loadgen

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// histogram counts µs, and knows its largest value exactly.
type histogram struct {
	*hdrhistogram.Histogram
	max Micros
}

// longest is the largest value of a histogram; what is more counts as this. A
// request may wait to be sent much longer than for its answer.
const longest = 24 * time.Hour

func newHistogram() histogram {
	return histogram{Histogram: hdrhistogram.New(1, longest.Microseconds(), 3)}
}

func (h *histogram) record(m Micros) {
	h.max = max(h.max, m)
	us := time.Duration(m).Microseconds()
	h.RecordValue(min(max(us, 1), longest.Microseconds())) // within its bounds it has no error
}

func (h *histogram) percentiles() Percentiles {
	at := func(p float64) Micros {
		return min(h.max, Micros(time.Duration(h.ValueAtPercentile(p))*time.Microsecond))
	}
	return Percentiles{P50: at(50), P90: at(90), P99: at(99), P999: at(99.9), Max: h.max}
}
