package faults

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"example.com/tracelab/internal/labapi"
)

// Levels of mysteries: at the first a trace shows the cause, at the second one
// must ask what its goroutines did, at the third it happens to some requests
// only, or hides in what a trace does not show.
const Levels = labapi.MaxLevel

// What mysteries add, in milliseconds, and how many of a hundred requests one of the
// last level happens to. The least is enough to be seen.
const (
	mysteryLeast, mysteryMost = 60, 250
	rarest                    = 30
)

var levels = [Levels][]string{
	{"slow-third-party", "serial-fanout", "n-plus-one", "failing-dependency", "retry-storm"},
	{"quadratic", "lock-contention", "pool-exhaustion", "slow-disk", "narrow-channel", "cold-connections"},
	{"gc-pressure", "goroutine-flood", "lost-context", "lost-deadline", "clock-skew", "dropped-spans", "lock-contention", "quadratic"},
}

// Choose picks the fault of a mystery, the same for the same seed and level.
func Choose(seed uint64, level int) (Injection, error) {
	if level < 1 || level > Levels {
		return Injection{}, fmt.Errorf("level %d: want 1 to %d", level, Levels)
	}
	random := rand.New(rand.NewPCG(seed, uint64(level)))
	names := levels[level-1]
	f, _ := Find(names[random.IntN(len(names))])
	args := Args{}
	for _, p := range f.Params {
		args[p.Name] = p.Default
	}
	if p, ok := f.param("ms"); ok {
		args["ms"] = min(p.Max, mysteryLeast+10*random.IntN((mysteryMost-mysteryLeast)/10+1))
	}
	if level == Levels {
		args[percent.Name] = rarest + 10*random.IntN(4)
	}
	return Injection{f, args}, nil
}

// Grade compares a diagnosis with the truth. An amount is right within a third,
// which a trace's own noise asks for.
func (i Injection) Grade(d labapi.Diagnosis) labapi.Grade {
	g := labapi.Grade{Service: d.Service == i.Service, Cause: d.Cause == i.Name}
	if truth := i.Args.Int("ms"); d.Ms != 0 && truth != 0 {
		off := d.Ms - truth
		near := max(off, -off) <= truth/3
		g.Ms = &near
	}
	return g
}

// CheckDiagnosis says what cannot be an answer.
func CheckDiagnosis(d labapi.Diagnosis) error {
	if _, ok := Find(d.Cause); !ok {
		return fmt.Errorf("%.40q is no cause; it is one of %s", d.Cause, causes())
	}
	if services := labapi.Services(); !slices.Contains(services, d.Service) {
		return fmt.Errorf("%.40q is no service; it is one of %s", d.Service, strings.Join(services, ", "))
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

// Hints lead to the truth, each closer than the one before.
func (i Injection) Hints() []string {
	first := "Make twenty visits and look at the slowest trace, and at one that is not."
	if i.Args[percent.Name] < 100 {
		first = "It does not happen to every request. Make fifty visits, and compare those that differ."
	}
	if i.Needs != "" {
		first += " It needs " + i.Needs + "."
	}
	last := "It is in the trace's shape, not in what a goroutine does."
	if i.Truth.State != "" {
		last = fmt.Sprintf("The request's goroutine is then in the state %q.", i.Truth.State)
	}
	return []string{
		first,
		fmt.Sprintf("Look at the spans of the %s.", i.Service),
		fmt.Sprintf("Look at %q: %s.", i.Truth.Operation, i.Truth.Shape),
		last,
	}
}
