package compare_test

import (
	"cmp"
	"math"
	"slices"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/zipkin"
)

// What people do without a comparison: they look at a figure of each operation, and at
// the operation where it changed most.
var baselines = []string{"mean duration by name", "ratio of mean durations", "self time a request", "critical path a request", "Mann-Whitney of durations"}

// figures are those of an operation in a set of traces.
type figures struct {
	durations    []float64
	self, onPath float64 // of all requests
}

func figuresOf(traces [][]zipkin.Span) map[string]*figures {
	all := map[string]*figures{}
	for _, spans := range traces {
		t := critical.Of(spans, critical.Options{})
		for i, s := range t.Spans {
			f := all[s.Name]
			if f == nil {
				f = &figures{}
				all[s.Name] = f
			}
			f.durations = append(f.durations, float64(s.Duration))
			f.self += float64(t.Nodes[i].Self)
			f.onPath += float64(t.Nodes[i].OnPath)
		}
	}
	return all
}

// blamed is the operation that each baseline names.
func blamed(w *world, a, b [][]zipkin.Span) map[string]string {
	before, after := figuresOf(a), figuresOf(b)
	na, nb := float64(len(a)), float64(len(b))
	names := make([]string, 0, len(after))
	for name := range after {
		if before[name] != nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	most := func(withRoot bool, score func(x, y *figures) float64) string {
		return slices.MaxFunc(names, func(m, n string) int {
			if !withRoot && (m == w.root.name || n == w.root.name) {
				return cmp.Compare(b2f(m != w.root.name), b2f(n != w.root.name))
			}
			return cmp.Compare(score(before[m], after[m]), score(before[n], after[n]))
		})
	}
	return map[string]string{
		baselines[0]: most(false, func(x, y *figures) float64 { return mean(y.durations) - mean(x.durations) }),
		baselines[1]: most(false, func(x, y *figures) float64 {
			if len(x.durations) < 3 {
				return 0
			}
			return mean(y.durations) / mean(x.durations)
		}),
		baselines[2]: most(true, func(x, y *figures) float64 { return y.self/nb - x.self/na }),
		baselines[3]: most(true, func(x, y *figures) float64 { return y.onPath/nb - x.onPath/na }),
		baselines[4]: most(false, func(x, y *figures) float64 { return mannWhitney(x.durations, y.durations) }),
	}
}

func b2f(is bool) int {
	if is {
		return 1
	}
	return 0
}

func mean(values []float64) (m float64) {
	for _, v := range values {
		m += v / float64(len(values))
	}
	return m
}

// mannWhitney is by how many standard deviations the values of b rank higher.
func mannWhitney(a, b []float64) float64 {
	type ranked struct {
		v   float64
		ofB bool
	}
	all := make([]ranked, 0, len(a)+len(b))
	for _, v := range a {
		all = append(all, ranked{v, false})
	}
	for _, v := range b {
		all = append(all, ranked{v, true})
	}
	slices.SortFunc(all, func(x, y ranked) int { return cmp.Compare(x.v, y.v) })
	var sum float64
	for from := 0; from < len(all); {
		to := from
		for to < len(all) && all[to].v == all[from].v {
			to++
		}
		for _, r := range all[from:to] {
			if r.ofB {
				sum += float64(from+to+1) / 2
			}
		}
		from = to
	}
	na, nb := float64(len(a)), float64(len(b))
	return (sum - nb*(na+nb+1)/2) / math.Sqrt(na*nb*(na+nb+1)/12)
}

// alarms are the baselines' rules by which something has changed.
func alarms(a, b [][]zipkin.Span) map[string]bool {
	before, after := figuresOf(a), figuresOf(b)
	all := map[string]bool{}
	for name, y := range after {
		x := before[name]
		if x == nil || len(x.durations) < 6 || len(y.durations) < 6 {
			continue
		}
		if math.Abs(mean(y.durations)/mean(x.durations)-1) > 0.1 {
			all["a mean duration changed by more than 10 %"] = true
		}
		if math.Abs(mannWhitney(x.durations, y.durations)) > 1.96 {
			all["Mann-Whitney of any operation, p < 0.05"] = true
		}
		if math.Abs(y.onPath/float64(len(b))-x.onPath/float64(len(a))) > 0.05*meanRoot(a) {
			all["any critical path changed by 5 % of the root"] = true
		}
	}
	return all
}
