package compare_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

var (
	long  = flag.Bool("long", false, "compare thousands of pairs of simulated sets, and print how often the answer is right")
	round = flag.Uint64("round", 1, "other random numbers for -long")
	every = flag.Int("every", 1, "of the trials of -long, one in so many")
)

// trial is a change with a true effect on the mean duration.
type trial struct {
	w      *world
	load   float64
	f      *fault
	n      int
	effect float64
	seed   uint64
}

func (t *trial) String() string {
	return fmt.Sprintf("%s, load %v: %s of %s (%.0f µs), %d a side, effect %+.1f %%", t.w.name, t.load, t.f.kind, t.f.of.name, t.f.us, t.n, 100*t.effect)
}

// trials are changes of all kinds to operations of a world, with their effects as 1,500
// requests show them.
func trials(w *world, loads []float64, most int, seed uint64, sizes ...int) (all []trial) {
	for _, load := range loads {
		w.load = load
		plain := w.traces(rand.New(rand.NewPCG(7, seed)), 1500, epoch, nil)
		root := meanRoot(plain)
		for _, o := range w.usual(plain, most, seed) {
			for _, f := range faultsOf(o, root) {
				effect := meanRoot(w.traces(rand.New(rand.NewPCG(7, seed)), 1500, epoch, f))/root - 1
				for _, n := range sizes {
					all = append(all, trial{w, load, f, n, effect, seed + uint64(len(all))})
				}
			}
		}
	}
	return all
}

// usual are operations that a third of the requests have, but for the root.
func (w *world) usual(plain [][]zipkin.Span, most int, seed uint64) (usual []*operation) {
	has := map[string]int{}
	for _, spans := range plain {
		seen := map[string]bool{}
		for _, s := range spans {
			if !seen[s.Name] {
				seen[s.Name] = true
				has[s.Name]++
			}
		}
	}
	for _, o := range w.all {
		if o != w.root && 3*has[o.name] >= len(plain) {
			usual = append(usual, o)
		}
	}
	r := rand.New(rand.NewPCG(5, seed))
	r.Shuffle(len(usual), func(i, j int) { usual[i], usual[j] = usual[j], usual[i] })
	return usual[:min(len(usual), most)]
}

func faultsOf(o *operation, root float64) []*fault {
	all := []*fault{
		{kind: delay, of: o, us: 0.03 * root}, {kind: delay, of: o, us: 0.1 * root}, {kind: delay, of: o, us: 0.3 * root},
		{kind: tail, of: o, us: root, probability: 0.1}, {kind: double, of: o}, {kind: moreOnes, of: o, times: 3},
	}
	if o.remote {
		all = append(all, &fault{kind: retry, of: o, us: 0.1 * root, probability: 0.3}, &fault{kind: pool, of: o, us: 0.2 * root}, &fault{kind: serial, of: o})
	}
	return all
}

// isRight reports whether a name is that of the culprit: of how calls are made, that of
// what is called, on either side, or of what makes the calls.
func (t *trial) isRight(name string) bool {
	o := t.f.of
	switch t.f.kind {
	case moreOnes, serial:
		return name == o.caller.name || name == o.name || name == "call "+o.name
	case retry:
		return name == o.name || name == "call "+o.name
	case pool:
		return name == "call "+o.name
	}
	return name == o.name
}

// outcome is what was said of a trial.
type outcome struct {
	trial
	verdict labapi.Verdict
	strict  bool // the verdict is right
	named   map[string]string
}

func run(t *testing.T, tr trial) outcome {
	tr.w.load = tr.load
	a, b := tr.w.inTurns(tr.seed, tr.n, tr.f)
	c := compared(t, a, b)
	named, _ := simply(a, b)
	o := outcome{trial: tr, verdict: c.Verdict, named: named}
	o.strict = tr.isRight(c.Verdict.Operation)
	if tr.f.kind == serial || tr.f.kind == moreOnes && c.Verdict.Mechanism == labapi.LessOverlap {
		o.strict = o.strict || strings.HasSuffix(c.Verdict.Caller, " "+tr.f.of.caller.name)
	}
	if c.Verdict.Claimed {
		o.named["ours"] = c.Verdict.Operation
	}
	o.named["ours, best guess too"] = c.Verdict.Operation
	return o
}

// recall is the share of outcomes in which a method named the culprit.
func recall(all []outcome, method string) float64 {
	right := 0
	for i := range all {
		if name := all[i].named[method]; strings.HasPrefix(method, "ours") && name != "" && all[i].strict || !strings.HasPrefix(method, "ours") && all[i].isRight(name) {
			right++
		}
	}
	return float64(right) / float64(max(len(all), 1))
}

func chosen(all []outcome, is func(*outcome) bool) (some []outcome) {
	for i := range all {
		if is(&all[i]) {
			some = append(some, all[i])
		}
	}
	return some
}

func precision(all []outcome) float64 {
	return recall(chosen(all, func(o *outcome) bool { return o.verdict.Claimed }), "ours")
}

var methods = append([]string{"ours", "ours, best guess too"}, simple...)

// TestMatrix compares simulated systems before and after changes whose truth is known.
func TestMatrix(t *testing.T) {
	if !*long {
		t.Skip("-long runs it: make measure-compare")
	}
	all := trials(workshop(), []float64{0.1, 0.5, 0.8}, 99, 1000**round, 30, 100, 300)
	for seed := range uint64(6) {
		all = append(all, trials(randomWorld(10**round+seed, 40), []float64{0.1, 0.5, 0.8}, 6, 10_000**round+1000*seed, 30, 100, 300)...)
	}
	var outcomes []outcome
	for i := 0; i < len(all); i += *every {
		outcomes = append(outcomes, run(t, all[i]))
	}
	table(t, outcomes)
}

func table(t *testing.T, all []outcome) {
	say := func(format string, args ...any) { fmt.Fprintf(t.Output(), format+"\n", args...) }
	columns := func(title string, of []outcome, key func(*outcome) string) {
		var keys []string
		for i := range of {
			if k := key(&of[i]); !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
		slices.Sort(keys)
		say("\n%s", title)
		head := fmt.Sprintf("%-28s", "")
		for _, k := range keys {
			head += fmt.Sprintf("%12s", fmt.Sprintf("%s(%d)", k, len(chosen(of, func(o *outcome) bool { return key(o) == k }))))
		}
		say("%s", head)
		for _, m := range methods {
			line := fmt.Sprintf("%-28s", m)
			for _, k := range keys {
				line += fmt.Sprintf("%12.2f", recall(chosen(of, func(o *outcome) bool { return key(o) == k }), m))
			}
			say("%s", line)
		}
		line := fmt.Sprintf("%-28s", "precision of our claims")
		for _, k := range keys {
			line += fmt.Sprintf("%12.3f", precision(chosen(of, func(o *outcome) bool { return key(o) == k })))
		}
		say("%s", line)
	}
	bySize := func(o *outcome) string { return fmt.Sprintf("n=%03d", o.n) }
	columns("recall@1, effect of 10 % or more, all systems", chosen(all, func(o *outcome) bool { return o.effect >= 0.1 }), bySize)
	columns("recall@1, effect of 10 % or more, the workshop's shape", chosen(all, func(o *outcome) bool { return o.effect >= 0.1 && o.w.name == "workshop" }), bySize)
	columns("recall@1, effect of 3 % or more, all systems", chosen(all, func(o *outcome) bool { return o.effect >= 0.03 }), bySize)
	columns("recall@1, effect of 10 % or more, 100 a side, by kind", chosen(all, func(o *outcome) bool { return o.effect >= 0.1 && o.n == 100 }), func(o *outcome) string { return o.f.kind })
	columns("recall@1, effect of 10 % or more, 100 a side, by load", chosen(all, func(o *outcome) bool { return o.effect >= 0.1 && o.n == 100 }), func(o *outcome) string { return fmt.Sprint(o.load) })
	columns("harmless: a delay with an effect below 1 % (here naming it is wrong)", chosen(all, func(o *outcome) bool { return o.effect < 0.01 && o.f.kind == delay }), bySize)
	for i := range all {
		if o := &all[i]; o.n == 100 && o.effect >= 0.1 && (!o.verdict.Claimed || !o.strict) {
			say("missed: %s: claimed %v, %s, %s, %+d µs, p %v", &o.trial, o.verdict.Claimed, o.verdict.Path, o.verdict.Mechanism, o.verdict.DeltaUS, *o.verdict.P)
		}
	}
	for i := range all {
		if o := &all[i]; o.verdict.Claimed && !o.strict && o.effect >= 0.03 && o.n >= 100 {
			say("wrong claim: %s: %s, %s, %+d µs, p %v", &o.trial, o.verdict.Path, o.verdict.Mechanism, o.verdict.DeltaUS, *o.verdict.P)
		}
	}
}
