package compare

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"example.com/tracelab/internal/testbed/culprit"
	"example.com/tracelab/internal/zipkin"
)

// pair makes n traces of either side, in blocks of ten that alternate; b has the change.
func (w *world) pair(rng *rand.Rand, n int, c *change) (a, b [][]zipkin.Span) {
	for i := range 2 * n {
		at := int64(began + 50_000*i)
		if i/10%2 == 0 {
			a = append(a, w.trace(rng, at, nil))
		} else {
			b = append(b, w.trace(rng, at, c))
		}
	}
	return a, b
}

// usual is the mean of the requests' durations in µs.
func usual(traces [][]zipkin.Span) float64 {
	sum := 0.0
	for _, tr := range traces {
		sum += float64(tr[0].Duration)
	}
	return sum / float64(len(traces))
}

// effect is by how much a change really makes requests slower, as a share.
func (w *world) effect(rng *rand.Rand, c *change) float64 {
	n := 400
	if *long {
		n = 1500
	}
	a, b := w.pair(rng, n, c)
	return usual(b)/usual(a) - 1
}

// changes are some of each kind, in operations that a seed chooses.
func (w *world) changes(rng *rand.Rand, each int) (all []change) {
	plain, _ := w.pair(rng, 200, nil)
	request := usual(plain)
	for _, k := range []kind{delay, tail, factor, more, retry, pool, serial} {
		for _, o := range w.some(rng, each, k) {
			for _, share := range []float64{0.1, 0.3} {
				c := change{kind: k, op: o, size: share * request}
				switch k {
				case factor:
					c.size = 1 + share*request/o.self
				case more:
					c.size = 3
				}
				all = append(all, c)
				if k == more || k == retry || k == serial {
					break // of these there is one size
				}
			}
		}
	}
	return all
}

// some are operations that a kind of change can happen to.
func (w *world) some(rng *rand.Rand, n int, k kind) []*op {
	all := slices.DeleteFunc(slices.Clone(w.ops), func(o *op) bool {
		switch k {
		case delay, tail, factor:
			return false
		case pool:
			return !o.remote || o.caller == nil
		case serial:
			return o.caller == nil || !o.besides()
		}
		return o.caller == nil
	})
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(n, len(all))]
}

// besides says whether an operation is called beside others.
func (o *op) besides() bool {
	for _, stage := range o.caller.stages {
		if len(stage) > 1 && slices.ContainsFunc(stage, func(c call) bool { return c.op == o }) {
			return true
		}
	}
	return false
}

// TestKnownChanges has changes found that were made to systems that are not ours.
func TestKnownChanges(t *testing.T) {
	each := 1
	if *long {
		each = 2
	}
	var table culprit.Table
	for i, w := range worlds() {
		rng := rand.New(rand.NewPCG(uint64(i), 23))
		for _, c := range w.changes(rng, each) {
			judge(t, &table, w, rng, c)
		}
		alike(t, &table, w, rng)
	}
	t.Logf("of changes that make requests slower by a tenth or more\n%s", &table)
	demand(t, &table)
}

// demand is what is wanted of ours. A change of the kind tail hits one request in ten, of which
// 100 have too few for most claims. Each run makes the same systems, and the same traces:
// nothing is left to chance.
func demand(t *testing.T, table *culprit.Table) {
	t.Helper()
	for question, least := range map[string][2]float64{"right of 100": {0.7, 0.8}, "right of 300": {0, 0.95}, "claims right": {0.7, 0.95}} {
		if c := table.Count("ours", question); c.Of > 0 && c.Share() < least[index(*long)] {
			t.Errorf("%s: %s, want %.2f", question, c, least[index(*long)])
		}
	}
	if c := table.Count("ours", "claims of nothing"); c.Share() > [2]float64{0.5, 0.05}[index(*long)] {
		t.Errorf("where nothing has changed, it claims something in %s", c)
	}
}

func index(of bool) int {
	if of {
		return 1
	}
	return 0
}

const least = 0.1

func judge(t *testing.T, table *culprit.Table, w *world, rng *rand.Rand, c change) {
	t.Helper()
	effect := w.effect(rng, &c)
	want := c.right()
	sizes := []int{100}
	if *long {
		sizes = append(sizes, 300)
	}
	for _, n := range sizes {
		a, b := w.pair(rng, n, &c)
		near := culprit.Near(want[0], a[:20], b[:20])
		each(t, w.name, a, b, func(way string, answer culprit.Answer, mustClaim bool) {
			hit := answer.IsOf(want) && (answer.Claimed || !mustClaim)
			if effect >= least {
				table.Add(way, fmt.Sprintf("right of %d", n), hit)
				table.Add(way, fmt.Sprintf("or nearly, of %d", n), hit || near[answer.Operation] && (answer.Claimed || !mustClaim))
			}
			if answer.Claimed && effect >= 0.03 {
				table.Add(way, "claims right", answer.IsOf(want))
			}
			if way == "ours" && effect >= least && !hit {
				t.Logf("%s, %d a side: %s of %s %s (%+.0f %%): it says %s %s, claimed %t; want %s %s",
					w.name, n, c.kind, c.op.service, c.op.name, 100*effect, answer.Service, answer.Name, answer.Claimed, want[0].Service, want[0].Name)
			}
		})
	}
}

// alike counts what is claimed where nothing has changed.
func alike(t *testing.T, table *culprit.Table, w *world, rng *rand.Rand) {
	t.Helper()
	pairs := 3
	if *long {
		pairs = 30
	}
	for range pairs {
		a, b := w.pair(rng, 100, nil)
		each(t, w.name, a, b, func(way string, answer culprit.Answer, _ bool) {
			table.Add(way, "claims of nothing", answer.Claimed)
		})
	}
}

// each has two sets compared in every way. Ours must claim what it says to be right.
func each(t *testing.T, name string, a, b [][]zipkin.Span, with func(way string, answer culprit.Answer, mustClaim bool)) {
	t.Helper()
	comparison, err := culprit.Ours(t.Context(), a, b)
	if err == nil {
		err = culprit.AddsUp(comparison)
	}
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	with("ours", culprit.AnswerOf(comparison), true)
	for _, way := range culprit.Simple() {
		with(way.Name, way.Compare(a, b), false)
	}
}
