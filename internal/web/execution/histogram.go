package execution

import (
	"time"

	"example.com/tracelab/exectrace/groups"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/web/shell"
)

// histogram draws how many took how long.
type histogram struct {
	Bars          []histogramBar
	Width, Height int
	Least, Most   string // the ends of its axis
}

type histogramBar struct {
	X, Y, Height float64
	Count        int
	Says         string
	Link         string // the rows that it counts; empty: none
	Here         bool   // these rows are shown
}

// The size of a histogram. A bar is as wide as a finger needs.
const (
	barWidth        = 24
	histogramHeight = 96
)

// newHistogram draws the buckets of a distribution. link is the address of what took at
// least min and less than max.
func newHistogram(w shell.Words, buckets []groups.Bucket, link func(low, high time.Duration) string, shown func(low, high time.Duration) bool) histogram {
	h := histogram{Width: barWidth * len(buckets), Height: histogramHeight}
	most := 0
	for _, b := range buckets {
		most = max(most, b.Count)
	}
	for i, b := range buckets {
		low, high := b.From, b.To()
		if low == 1 {
			low = 0 // it counts those too that took no time
		}
		one := histogramBar{X: float64(i * barWidth), Count: b.Count, Here: shown(low, high),
			Says: w.T("%d took from %s to %s", b.Count, display.Duration(low), display.Duration(high))}
		if b.Count > 0 {
			one.Height = max(2, float64(histogramHeight*b.Count/most))
			one.Link = link(low, high)
		}
		one.Y = histogramHeight - one.Height
		h.Bars = append(h.Bars, one)
	}
	if n := len(buckets); n > 0 {
		h.Least, h.Most = display.Duration(buckets[0].From), display.Duration(buckets[n-1].To())
	}
	return h
}

// histogram draws how long all rows took, each bar a link to those that it counts.
func (p picked[T]) histogram(w shell.Words) histogram {
	return newHistogram(w, p.All.Buckets(),
		func(low, high time.Duration) string {
			return p.asked.With("min", zeroIsNone(low), "max", nanos(high), "page", "")
		},
		func(low, high time.Duration) bool {
			return (p.Min != 0 || p.Max != 0) && low >= p.Min && (p.Max == 0 || high <= p.Max)
		})
}

func zeroIsNone(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return nanos(d)
}

// small draws a histogram without links, for a row of a table.
func small(w shell.Words, buckets []groups.Bucket) histogram {
	return newHistogram(w, buckets, func(time.Duration, time.Duration) string { return "" }, func(time.Duration, time.Duration) bool { return false })
}
