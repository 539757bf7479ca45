package mmu

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
)

// randomUtilization has steps that often are 0 or 1, in one to three series.
func randomUtilization(r *rand.Rand, steps int) *Utilization {
	var all [][]utilStep
	t := exectrace.Time(r.IntN(1000))
	for range 1 + r.IntN(3) {
		var series []utilStep
		for range steps {
			series = append(series, utilStep{t, float64(r.IntN(5)) / 4})
			t += exectrace.Time(1 + r.IntN(300))
		}
		all = append(all, append(series, utilStep{t, 0}))
		t += 1000
	}
	return newUtilization(all)
}

// everyMean are the means of the windows at all places, of which each nanosecond
// is one.
func everyMean(u *Utilization, window exectrace.Time) (means []float64) {
	for _, s := range u.series {
		sums := []float64{0}
		for i := 0; i+1 < len(s); i++ {
			for range s[i+1].t - s[i].t {
				sums = append(sums, sums[len(sums)-1]+s[i].util)
			}
		}
		size := min(int(window), len(sums)-1)
		for at := size; at < len(sums); at++ {
			means = append(means, (sums[at]-sums[at-size])/float64(size))
		}
	}
	return means
}

func TestMMUIsTheLeastOfAllPlaces(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 30 {
		u := randomUtilization(r, 1+r.IntN(30))
		for range 10 {
			window := exectrace.Time(1 + r.IntN(2000))
			means := everyMean(u, window)
			if got, want := u.MMU(time.Duration(window)), slices.Min(means); math.Abs(got-want) > 1e-9 {
				t.Fatalf("window %d: %v, want %v", window, got, want)
			}
		}
	}
}

func TestQuantilesOfAllPlaces(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		u := randomUtilization(r, 50)
		for range 5 {
			window := exectrace.Time(1 + r.IntN(2000))
			means := everyMean(u, window)
			slices.Sort(means)
			for _, q := range []float64{0, 0.001, 0.01, 0.05, 0.5, 1} {
				got := u.Quantiles(time.Duration(window), q)[0]
				// Of the places only those at whole nanoseconds are known.
				i := q * float64(len(means)-1)
				low, high := means[max(int(i)-8, 0)], means[min(int(i)+8, len(means)-1)]
				if got < low-1e-3 || got > high+1e-3 {
					t.Errorf("window %d, quantile %v: %v, want it between %v and %v", window, q, got, low, high)
				}
			}
		}
	}
}

// BenchmarkMMU is a curve of 100 windows over 10 s with 100,000 changes.
func BenchmarkMMU(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	steps := []utilStep{}
	for t := exectrace.Time(0); t < 10e9; t += exectrace.Time(r.IntN(200_000)) {
		steps = append(steps, utilStep{t, float64(1+r.IntN(4)) / 4})
	}
	u := newUtilization([][]utilStep{append(steps, utilStep{10e9, 0})})
	for _, what := range []string{"minimum", "percentiles", "worst"} {
		b.Run(what, func(b *testing.B) {
			for b.Loop() {
				for i := range 100 {
					window := time.Duration(math.Pow(10, 3+7*float64(i)/99))
					switch what {
					case "minimum":
						u.MMU(window)
					case "percentiles":
						u.Quantiles(window, 0.001, 0.01, 0.05)
					case "worst":
						u.Worst(window, 10)
					}
				}
			}
		})
	}
}
