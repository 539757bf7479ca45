package culprit

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/zipkin"
)

// Simple are ways to compare that need no statistics, or those of every textbook. Each
// names the operation that its figure changed most for, and claims it beyond a usual
// bound.
func Simple() []Way {
	return []Way{
		{"mean by name", byMean(func(a, b float64) float64 { return math.Abs(b - a) })},
		{"ratio of means", byMean(func(a, b float64) float64 { return math.Abs(math.Log(b / a)) })},
		{"self time", byRequest(func(n critical.Node) int64 { return n.Self })},
		{"plain path", byRequest(func(n critical.Node) int64 { return n.OnPath })},
		{"Mann–Whitney", mannWhitney},
	}
}

const (
	meanBound    = 0.1  // of an operation's mean: what dashboards alert on
	requestBound = 0.05 // of the requests' mean
	wrongly      = 0.05 // the probability with which a test may be wrong
)

// byMean compares the mean durations of spans by name, but for that of the requests,
// which every change changes.
func byMean(differ func(a, b float64) float64) func(a, b [][]zipkin.Span) Answer {
	return func(a, b [][]zipkin.Span) Answer {
		before, after := durations(a), durations(b)
		most := Answer{}
		largest := 0.0
		for _, o := range inBoth(before, after) {
			x, y := mean(before[o]), mean(after[o])
			if d := differ(max(x, 1), max(y, 1)); d > largest {
				largest = d
				most = Answer{o, math.Abs(y-x) > meanBound*x}
			}
		}
		return most
	}
}

// durations are those of all spans of an operation.
func durations(traces [][]zipkin.Span) map[Operation][]float64 {
	all := map[Operation][]float64{}
	for _, tr := range traces {
		for i := range tr {
			if sp := &tr[i]; sp.ParentID != 0 && sp.Duration > 0 {
				all[of(sp)] = append(all[of(sp)], float64(sp.Duration))
			}
		}
	}
	return all
}

func inBoth[V any](a, b map[Operation]V) []Operation {
	both := slices.DeleteFunc(slices.Collect(maps.Keys(a)), func(o Operation) bool { _, ok := b[o]; return !ok })
	slices.SortFunc(both, func(x, y Operation) int {
		return cmp.Or(cmp.Compare(x.Service, y.Service), cmp.Compare(x.Name, y.Name))
	})
	return both
}

func mean(all []float64) float64 {
	sum := 0.0
	for _, v := range all {
		sum += v
	}
	return sum / float64(max(1, len(all)))
}

// byRequest compares what operations come to in a request.
func byRequest(figure func(critical.Node) int64) func(a, b [][]zipkin.Span) Answer {
	return func(a, b [][]zipkin.Span) Answer {
		change, root := map[Operation]float64{}, 0.0
		for i, set := range [][][]zipkin.Span{a, b} {
			sign := map[bool]float64{true: -1, false: 1}[i == 0] / float64(max(1, len(set)))
			for _, tr := range set {
				t := critical.Of(tr, critical.Options{})
				for k, n := range t.Nodes {
					change[of(t.Spans[k])] += sign * float64(figure(n))
				}
				if i == 0 && len(t.Paths) > 0 {
					root -= sign * float64(t.Paths[0].End-t.Paths[0].Start)
				}
			}
		}
		most := Answer{}
		for _, o := range inBoth(change, change) {
			if math.Abs(change[o]) > math.Abs(change[most.Operation]) || most.Name == "" {
				most = Answer{o, math.Abs(change[o]) > requestBound*root}
			}
		}
		return most
	}
}

// mannWhitney compares the ranks of the durations of spans, as if each were by itself.
func mannWhitney(a, b [][]zipkin.Span) Answer {
	before, after := durations(a), durations(b)
	most, largest := Answer{}, 0.0
	for _, o := range inBoth(before, after) {
		if z := math.Abs(rankSum(before[o], after[o])); z > largest {
			largest = z
			most = Answer{o, math.Erfc(z/math.Sqrt2) < wrongly}
		}
	}
	return most
}

// rankSum is how many standard deviations the sum of the ranks of b is off, with ties
// in the middle of their ranks.
func rankSum(a, b []float64) float64 {
	type value struct {
		v   float64
		ofB bool
	}
	all := make([]value, 0, len(a)+len(b))
	for _, v := range a {
		all = append(all, value{v, false})
	}
	for _, v := range b {
		all = append(all, value{v, true})
	}
	slices.SortFunc(all, func(x, y value) int { return cmp.Compare(x.v, y.v) })
	n, m, sum, ties := float64(len(all)), float64(len(b)), 0.0, 0.0
	for i, k := 0, 0; i < len(all); i = k {
		ofB := 0.0
		for k = i; k < len(all) && all[k].v == all[i].v; k++ {
			if all[k].ofB {
				ofB++
			}
		}
		sum += ofB * float64(i+k+1) / 2
		ties += math.Pow(float64(k-i), 3) - float64(k-i)
	}
	variance := float64(len(a)) * m / 12 * (n + 1 - ties/(n*max(1, n-1)))
	return (sum - m*(n+1)/2) / math.Sqrt(max(variance, 1e-9))
}
