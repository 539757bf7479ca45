package compare_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"example.com/tracelab/internal/analysis/compare"
	"example.com/tracelab/internal/zipkin"
)

// pairOf makes the sides of one trial, of sets that differ in nothing that matters.
type pairOf func(trial uint64, n int) (a, b [][]zipkin.Span)

// same is the same system twice, in turns.
func same(w *world, loads ...float64) pairOf {
	return func(trial uint64, n int) (a, b [][]zipkin.Span) {
		w.load = loads[trial%uint64(len(loads))]
		return w.inTurns(90_000**round+trial, n, nil)
	}
}

// drifting is a system whose speed changes by itself, measured in blocks of ten requests
// that take turns, or, with blocks of n, in two windows.
func drifting(w *world, block int) pairOf {
	return func(trial uint64, n int) (a, b [][]zipkin.Span) {
		slow := *w
		slow.drift = 0.15
		all := slow.traces(rand.New(rand.NewPCG(70_000**round+trial, 4)), 2*n, epoch, nil)
		size := block
		if size == 0 {
			size = n
		}
		for i, spans := range all {
			if i/size%2 == 0 {
				a = append(a, spans)
			} else {
				b = append(b, spans)
			}
		}
		return a, b
	}
}

// shifted is the same system, of whose requests more are large.
func shifted(w *world, told bool) pairOf {
	return func(trial uint64, n int) (a, b [][]zipkin.Span) {
		r := rand.New(rand.NewPCG(50_000**round+trial, 6))
		other := *w
		w.large, other.large = 0.3, 0.6
		w.free, other.free = !told, !told
		return w.traces(r, n, epoch, nil), other.traces(r, n, epoch+5000, nil)
	}
}

// claims counts how often something is claimed and, unless alarmed is nil, by which of the
// simple ways.
func claims(t *testing.T, trials, n int, pair pairOf, alarmed map[string]int) (claimed int) {
	t.Helper()
	for trial := range uint64(trials) {
		a, b := pair(trial, n)
		c, err := compare.Sets(t.Context(), set("A", a), set("B", b), compare.Options{Seed: trial})
		if err != nil {
			t.Fatal(err)
		}
		if c.Verdict.Claimed {
			claimed++
		}
		if alarmed == nil {
			continue
		}
		_, claiming := simply(a, b)
		for _, name := range claiming {
			alarmed[name]++
		}
	}
	return claimed
}

// TestChance: between equals nothing is claimed, but for one time in twenty.
func TestChance(t *testing.T) {
	for _, c := range []struct {
		name      string
		trials, n int
		pair      pairOf
		most      int // of trials: three standard deviations above 5 %
	}{
		{"the same system", 40, 60, same(workshop(), 0.1, 0.8), 6},
		{"a random system", 20, 40, same(randomWorld(1, 40), 0.1, 0.8), 4},
		{"in blocks, while it drifts", 30, 60, drifting(workshop(), 10), 5},
		{"another mix of requests", 30, 60, shifted(workshop(), true), 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			if claimed := claims(t, c.trials, c.n, c.pair, nil); claimed > c.most {
				t.Errorf("%d of %d comparisons name a culprit: at most %d", claimed, c.trials, c.most)
			}
		})
	}
}

// TestMatrixOfChance prints how often something is claimed of equals.
func TestMatrixOfChance(t *testing.T) {
	if !*long {
		t.Skip("-long runs it: make measure-compare")
	}
	trials := 300 / *every
	random := func() pairOf {
		return func(trial uint64, n int) (a, b [][]zipkin.Span) {
			return same(randomWorld(20**round+trial%6, 40), 0.1, 0.5, 0.8)(trial, n)
		}
	}
	for _, c := range []struct {
		name string
		pair pairOf
	}{
		{"the same system, the workshop's shape", same(workshop(), 0.1, 0.5, 0.8)},
		{"the same system, random ones", random()},
		{"drift, blocks of ten in turns", drifting(workshop(), 10)},
		{"drift, single requests in turns", drifting(workshop(), 1)},
		{"drift, one window after the other", drifting(workshop(), 0)},
		{"mix shift, 30 to 60 %, told", shifted(workshop(), true)},
		{"mix shift, not told", shifted(workshop(), false)},
	} {
		for _, n := range []int{30, 100, 300} {
			alarmed := map[string]int{}
			claimed := claims(t, trials, n, c.pair, alarmed)
			fmt.Fprintf(t.Output(), "%-40s n=%3d: ours %.3f", c.name, n, float64(claimed)/float64(trials))
			for _, name := range []string{"a mean duration changed by more than 10 %", "Mann-Whitney of any operation, p < 0.05", "any critical path changed by 5 % of the root"} {
				fmt.Fprintf(t.Output(), "; %s: %.3f", name, float64(alarmed[name])/float64(trials))
			}
			fmt.Fprintln(t.Output())
		}
	}
}
