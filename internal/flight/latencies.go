package flight

import (
	"math/bits"
	"time"

	"example.com/tracelab/internal/labapi"
)

// What is unusual for a route.
const (
	minCount     = 100                   // requests, before anything is
	halveAt      = 1024                  // requests, after which the older ones count half
	updateEvery  = 64                    // requests
	minThreshold = 10 * time.Millisecond // or it is not worth a snapshot
	// slowEarly is what is slow before that many: from there on a cause may be named.
	slowEarly = 20 * time.Millisecond
)

// latencies are the recent durations of one route, up to two minutes, in buckets of
// 6 to 12 % of what they hold: eight for each power of two microseconds.
type latencies struct {
	counts    [8 * 25]uint32
	total     uint32
	threshold time.Duration // what takes longer; zero: too little is known

	shown   time.Duration // the longest of which a snapshot was to be taken lately
	shownAt time.Time     // when that was
}

// again reports whether a slow request tells nothing new: another one of the route was
// handed in less than a window ago, and it took no more than twice as long. What is slow
// for the same cause takes about as long; explained once, it costs no more. A request that
// somebody asks about is in the recorder all the same.
func (l *latencies) again(took time.Duration, now time.Time) bool {
	if now.Sub(l.shownAt) < window && took <= 2*l.shown {
		return true
	}
	l.shown, l.shownAt = took, now
	return false
}

// reason is why a snapshot of a request is taken, or empty. The first requests to a
// stack are made in order to look at them, all of them: too few to know what is usual.
func (l *latencies) reason(took time.Duration) string {
	switch {
	case l.threshold == 0 && took <= slowEarly:
		return labapi.ReasonEarly
	case took > l.threshold:
		return labapi.ReasonSlow
	}
	return ""
}

func (l *latencies) add(took time.Duration) {
	l.counts[bucket(took)]++
	l.total++
	if l.total >= minCount && (l.threshold == 0 || l.total%updateEvery == 0) {
		l.threshold = max(l.quantile(0.99), 2*l.quantile(0.5), minThreshold)
	}
	if l.total >= halveAt {
		l.halve()
	}
}

// halve halves all counts.
func (l *latencies) halve() {
	l.total = 0
	for i := range l.counts {
		l.counts[i] /= 2
		l.total += l.counts[i]
	}
}

// quantile is the upper end of the bucket that holds it.
func (l *latencies) quantile(q float64) time.Duration {
	rank, sum := uint32(q*float64(l.total)), uint32(0)
	for i, n := range l.counts {
		if sum += n; sum > rank {
			return upperEnd(i)
		}
	}
	return upperEnd(len(l.counts) - 1)
}

func bucket(took time.Duration) int {
	us := uint64(max(0, took.Microseconds()))
	shift := max(0, bits.Len64(us)-4)
	return min(8*shift+int(us>>shift), len(latencies{}.counts)-1)
}

// upperEnd is the least duration that is too long for the bucket.
func upperEnd(i int) time.Duration {
	shift := max(0, i/8-1)
	return time.Duration(i-8*shift+1) << shift * time.Microsecond
}
