package compare

import (
	"fmt"
	"strings"
	"testing"

	"example.com/tracelab/internal/testbed/culprit"
)

// What a table has a column for.
const (
	right100   = "right of 100" // of changes of a tenth of a request or more
	right300   = "right of 300"
	small100   = "smaller, of 100" // of changes from 3 % to 10 %
	nearly100  = "or nearly"       // its caller, or what it calls
	precise    = "claims right"
	alike      = "claims of nothing" // both sides are alike
	ofMix      = "claims of a mix"
	harmlessly = "claims of no cost"
)

// The ways of ours: what is said, and the best guess where nothing is.
const (
	said    = "ours"
	guessed = "ours, guesses too"
)

// judge counts what ways to compare say.
type judge struct {
	t     *testing.T
	table culprit.Table
	sums  int // comparisons that add up
	wrong []string
}

// least is the smallest effect that a comparison has to find.
const least = 0.1

// slower judges a fault that makes requests slower: of both sides in whole, and of three
// parts of each.
func (j *judge) slower(s scenario, p pair) {
	_, share := p.effect()
	want := s.right()
	near := culprit.Near(want[0], p.a[:min(20, len(p.a))], p.b[:min(20, len(p.b))])
	for i := range len(p.a) / 100 {
		part := pair{p.a[100*i : 100*(i+1)], p.b[100*i : 100*(i+1)]}
		j.each(s.name, part, func(way string, a culprit.Answer) {
			hit := a.IsOf(want)
			switch {
			case share >= least:
				j.table.Add(way, right100, hit && (a.Claimed || way != said))
				j.table.Add(way, nearly100, (hit || isNear(near, a)) && (a.Claimed || way != said))
			case share >= 0.03:
				j.table.Add(way, small100, hit && (a.Claimed || way != said))
			}
			if a.Claimed && way != guessed {
				j.table.Add(way, precise, hit)
			}
			if way == said && share >= least && !(hit && a.Claimed) {
				j.miss("%s, part %d (%+.0f %%): it says %s %s, claimed %t; want %s %s", s.name, i, 100*share, a.Service, a.Name, a.Claimed, want[0].Service, want[0].Name)
			}
		})
	}
	if share < least || len(p.a) < 300 {
		return
	}
	j.each(s.name, p, func(way string, a culprit.Answer) {
		j.table.Add(way, right300, a.IsOf(want) && (a.Claimed || way != said))
	})
}

func isNear(near map[culprit.Operation]bool, a culprit.Answer) bool {
	for o := range near {
		if a.Is(o) {
			return true
		}
	}
	return false
}

func (j *judge) miss(format string, args ...any) {
	j.wrong = append(j.wrong, fmt.Sprintf(format, args...))
}

// nobody counts claims where there is nothing to claim.
func (j *judge) nobody(name, question string, p pair) {
	j.each(name, p, func(way string, a culprit.Answer) {
		if way == guessed {
			return
		}
		j.table.Add(way, question, a.Claimed)
		if way == said && a.Claimed {
			j.miss("%s: it claims %s %s", name, a.Service, a.Name)
		}
	})
}

// each has a pair compared in every way.
func (j *judge) each(name string, p pair, with func(way string, a culprit.Answer)) {
	j.t.Helper()
	c, err := culprit.Ours(j.t.Context(), p.a, p.b)
	if err != nil {
		j.t.Errorf("%s: %v", name, err)
		return
	}
	if err := culprit.AddsUp(c); err != nil {
		j.t.Errorf("%s: %v", name, err)
	} else {
		j.sums++
	}
	a := culprit.AnswerOf(c)
	with(said, a)
	with(guessed, a)
	for _, way := range culprit.Simple() {
		with(way.Name, way.Compare(p.a, p.b))
	}
}

// like has the requests of a run without a fault compared with each other: those of two
// blocks of ten in turn, as load has A and B.
func (j *judge) like(s scenario, p pair) {
	all := append(append(side{}, p.a...), p.b...).inOrder()
	const size, step = 200, 30
	for from := 0; from+size <= len(all); from += step {
		j.nobody(fmt.Sprintf("%s from %d", s.name, from), alike, all[from:from+size].inTurn())
	}
}

// inTurn is the two sides that blocks of ten make.
func (s side) inTurn() (p pair) {
	for i, tr := range s {
		if i/10%2 == 0 {
			p.a = append(p.a, tr)
		} else {
			p.b = append(p.b, tr)
		}
	}
	return p
}

// mix makes sides of which A has three in ten visits of several URLs, and B six: a run
// has ten visits of one URL, and then ten of several.
func (j *judge) mix(s scenario, p pair) {
	const sides, step = 10, 4 // tens of either side, and of both between one pair and the next
	tens := min(len(p.a), len(p.b)) / 10
	for from := 0; from+2*sides <= tens; from += step {
		var mixed pair
		for at := range 2 * sides {
			ten := 10 * (from + at)
			one, several := p.a[ten:ten+10], p.b[ten:ten+10]
			if at%2 == 0 {
				mixed.a = append(append(mixed.a, one[:7]...), several[:3]...)
			} else {
				mixed.b = append(append(mixed.b, one[:4]...), several[:6]...)
			}
		}
		j.nobody(fmt.Sprintf("%s from %d", s.name, from), ofMix, mixed)
	}
}

// report prints what was counted, and what is not as it should be.
func (j *judge) report() {
	j.t.Logf("%d comparisons, of all of which the rows add up\n%s", j.sums, &j.table)
	if len(j.wrong) > 0 {
		j.t.Logf("what was missed, or claimed wrongly:\n  %s", strings.Join(j.wrong, "\n  "))
	}
}

// demand is what is wanted of ours.
func (j *judge) demand() {
	for _, d := range []struct {
		question string
		least    float64
		most     float64
	}{
		{right100, 0.90, 1}, {right300, 0.95, 1}, {precise, 0.95, 1},
		{alike, 0, 0.05}, {ofMix, 0, 0.05},
	} {
		if c := j.table.Count(said, d.question); c.Of > 0 && (c.Share() < d.least || c.Share() > d.most) {
			j.t.Errorf("%s: %s, want %.2f to %.2f", d.question, c, d.least, d.most)
		}
	}
}

// of judges a scenario by what it is about.
func (j *judge) of(s scenario, p pair) {
	switch s.about {
	case slower:
		j.slower(s, p)
	case plain:
		j.like(s, p)
	case mix:
		j.mix(s, p)
	case harmless:
		j.nobody(s.name, harmlessly, p)
	case windows:
		j.windows(s, p)
	case errors:
		j.errors(s, p)
	}
}

// windows notes what is said of sides that did not alternate: it is to be doubted.
func (j *judge) windows(s scenario, p pair) {
	c, err := culprit.Ours(j.t.Context(), p.a, p.b)
	if err != nil {
		j.t.Errorf("%s: %v", s.name, err)
		return
	}
	j.table.Add(said, "windows doubted", len(c.Warnings) > 0)
	_, share := p.effect()
	j.t.Logf("%s (%+.0f %%): it says %s %s, claimed %t; %s", s.name, 100*share, c.Verdict.Service, c.Verdict.Operation, c.Verdict.Claimed, strings.Join(c.Warnings, " "))
}

// errors judges a fault that makes requests fail.
func (j *judge) errors(s scenario, p pair) {
	want := s.right()
	for i := range len(p.a) / 100 {
		c, err := culprit.Ours(j.t.Context(), p.a[100*i:100*(i+1)], p.b[100*i:100*(i+1)])
		if err != nil || c.Errors == nil {
			j.t.Errorf("%s: of errors it says nothing: %v", s.name, err)
			continue
		}
		v := c.Errors.Verdict
		hit := v.Claimed && culprit.Operation{Service: v.Service, Name: v.Operation}.IsOf(want)
		j.table.Add(said, "errors right", hit)
		if !hit {
			j.miss("%s, part %d: it says that %s %s fails, claimed %t", s.name, i, v.Service, v.Operation, v.Claimed)
		}
	}
}
