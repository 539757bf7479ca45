package faults

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// Levels of mysteries: at the first a trace shows the cause, at the second one
// must ask what its goroutines did, at the third it happens to some requests
// only, or hides in what a trace does not show.
const Levels = 3

var levels = [Levels][]string{
	{"slow-third-party", "serial-fanout", "n-plus-one", "failing-dependency", "retry-storm"},
	{"quadratic", "lock-contention", "pool-exhaustion", "slow-disk", "narrow-channel", "cold-connections"},
	{"gc-pressure", "goroutine-flood", "lost-context", "lost-deadline", "clock-skew", "dropped-spans", "lock-contention", "quadratic"},
}

// Choose picks the fault of a mystery, the same for the same seed and level.
func Choose(seed uint64, level int) (Ask, error) {
	if level < 1 || level > Levels {
		return Ask{}, fmt.Errorf("level %d: want 1 to %d", level, Levels)
	}
	dice := rand.New(rand.NewPCG(seed, uint64(level)))
	names := levels[level-1]
	f, _ := Find(names[dice.IntN(len(names))])
	args := Args{}
	for _, p := range f.Params {
		args[p.Name] = p.Default
	}
	if p, ok := f.param("ms"); ok {
		// Enough to be seen, and never the amount that the catalogue tells.
		args["ms"] = min(p.Max, 60+10*dice.IntN(20))
	}
	if level == Levels {
		args[percent.Name] = 30 + 10*dice.IntN(4)
	}
	return Ask{f, args}, nil
}

// Diagnosis is somebody's answer to a mystery.
type Diagnosis struct {
	Service string `json:"service"`
	Cause   string `json:"cause"`        // the name of a fault
	Ms      int    `json:"ms,omitempty"` // what it adds; zero: not said
}

// Grade is what a Diagnosis has right.
type Grade struct {
	Service bool  `json:"service"`
	Cause   bool  `json:"cause"`
	Ms      *bool `json:"ms,omitempty"` // nil: not said, or the fault has no amount
}

// Right reports whether nothing that was said is wrong.
func (g Grade) Right() bool { return g.Service && g.Cause && (g.Ms == nil || *g.Ms) }

// Grade holds a diagnosis against the truth. An amount is right within a third,
// which a trace's own noise asks for.
func (a Ask) Grade(d Diagnosis) Grade {
	g := Grade{Service: d.Service == a.Service, Cause: d.Cause == a.Name}
	if truth := a.Args.Int("ms"); d.Ms != 0 && truth != 0 {
		off := d.Ms - truth
		near := 3*max(off, -off) <= truth
		g.Ms = &near
	}
	return g
}

// Check says what cannot be an answer.
func (d Diagnosis) Check() error {
	if _, ok := Find(d.Cause); !ok {
		return fmt.Errorf("%q is no cause; it is one of %s", d.Cause, causes())
	}
	if services := []string{"gateway", "fetcher", "writer"}; !slices.Contains(services, d.Service) {
		return fmt.Errorf("%q is no service; it is one of %s", d.Service, strings.Join(services, ", "))
	}
	return nil
}

func causes() string {
	all := make([]string, len(catalogue))
	for i, f := range catalogue {
		all[i] = f.Name
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// Hints are steps to the truth, each of which gives more of it away.
func (a Ask) Hints() []string {
	first := "Make twenty visits and look at the slowest trace, and at one that is not."
	if a.Args[percent.Name] < 100 {
		first = "It does not happen to every request. Make fifty visits, and compare those that differ."
	}
	if a.Needs != "" {
		first += " It needs " + a.Needs + "."
	}
	last := "It is in the trace's shape, not in what a goroutine does."
	if a.Truth.State != "" {
		last = fmt.Sprintf("The request's goroutine is then in the state %q.", a.Truth.State)
	}
	return []string{
		first,
		fmt.Sprintf("Look at the spans of the %s.", a.Service),
		fmt.Sprintf("Look at %q: %s.", a.Truth.Operation, a.Truth.Shape),
		last,
	}
}
