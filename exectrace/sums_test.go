package exectrace

import (
	"math/rand/v2"
	"testing"
	"time"

	"example.com/tracelab/exectrace/internal/wiretest"
	"example.com/tracelab/internal/testbed/workload"
)

// byStateAndReason is a class for each state, and two for waiting.
func byStateAndReason(s State, reason string) int {
	if s == StateWaiting && reason == "sleep" {
		return int(StateSyscallBlocked) + 1
	}
	return int(s)
}

const testedClasses = int(StateSyscallBlocked) + 2

// TestSums compares the sums of random windows with those of all intervals.
func TestSums(t *testing.T) {
	inputs := map[string][]byte{}
	for _, kind := range workload.Kinds() {
		inputs[kind] = record(t, kind, 3)
	}
	for _, name := range wiretest.Golden(t, "testdata/tests/*.test") {
		if b, _, good := wiretest.GoldenTrace(t, name); good {
			inputs[name] = b
		}
	}
	for name, b := range inputs {
		t.Run(name, func(t *testing.T) {
			x := index(t, b)
			s := x.NewSums(testedClasses, byStateAndReason)
			random := rand.New(rand.NewPCG(1, uint64(len(b))))
			seen := map[GoID]bool{}
			for g := range x.Goroutines() {
				if seen[g.ID] || len(seen) > 100 {
					continue
				}
				seen[g.ID] = true
				for range 5 {
					w := randomWindows(random, x)
					want, got := w.slowly(x, g.ID), w.of(s, g.ID)
					for i := range want {
						if got[i] != want[i] {
							t.Fatalf("goroutine %d, window %d of %+v: %v, want %v", g.ID, i, w, got[i], want[i])
						}
					}
					sameFrom(t, x, s, g, w.from)
				}
			}
		})
	}
}

// windows are n of a width.
type windowsOf struct {
	from  Time
	width time.Duration
	n     int
}

func randomWindows(random *rand.Rand, x *Trace) windowsOf {
	span := int64(x.Duration()) + 1
	w := windowsOf{from: x.Start.Add(time.Duration(random.Int64N(span*2) - span/2)), n: 1 + random.IntN(300)}
	w.width = time.Duration(1 + random.Int64N(max(1, span>>random.IntN(12))))
	return w
}

type classSums [testedClasses]time.Duration

func (w windowsOf) of(s *Sums, id GoID) []classSums {
	sums := make([]classSums, w.n)
	s.Windows(id, w.from, w.width, w.n, func(window, class int, spent time.Duration) { sums[window][class] += spent })
	return sums
}

func (w windowsOf) slowly(x *Trace, id GoID) []classSums {
	sums := make([]classSums, w.n)
	for g := range x.Goroutines() {
		if g.ID != id {
			continue
		}
		for iv := range x.Intervals(g) {
			class := byStateAndReason(iv.State, iv.Reason)
			first, last := int(iv.Start.Sub(w.from)/w.width)-1, int(iv.End.Sub(w.from)/w.width)+1
			for i := max(first, 0); i <= min(last, w.n-1); i++ {
				begin := w.from.Add(time.Duration(i) * w.width)
				if spent := min(iv.End, begin.Add(w.width)).Sub(max(iv.Start, begin)); spent > 0 {
					sums[i][class] += spent
				}
			}
		}
	}
	return sums
}

// sameFrom compares IntervalsFrom with that of the Trace, for the only goroutine with a number.
func sameFrom(t *testing.T, x *Trace, s *Sums, g Goroutine, at Time) {
	t.Helper()
	if len(x.withID(g.ID)) > 1 {
		return
	}
	var want []Interval
	for iv := range x.IntervalsFrom(g, at) {
		want = append(want, iv)
	}
	n := 0
	for iv := range s.IntervalsFrom(g.ID, at) {
		if n >= len(want) || iv != want[n] {
			t.Fatalf("goroutine %d from %d: interval %d is %+v", g.ID, at, n, iv)
		}
		n++
	}
	if n != len(want) {
		t.Fatalf("goroutine %d from %d: %d intervals, want %d", g.ID, at, n, len(want))
	}
}

// BenchmarkWindows sums up the longest goroutine in windows of all of a trace.
func BenchmarkWindows(b *testing.B) {
	x := index(b, record(b, "sync", 200))
	s := x.NewSums(testedClasses, byStateAndReason)
	var longest GoID
	most := 0
	for i, points := range s.points {
		if len(points) > most {
			longest, most = x.goroutine(i).id(), len(points)
		}
	}
	b.ReportMetric(float64(most), "marks")
	const n = 1024
	width := x.Duration() / n
	for b.Loop() {
		s.Windows(longest, x.Start, width, n, func(int, int, time.Duration) {})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/window")
}
