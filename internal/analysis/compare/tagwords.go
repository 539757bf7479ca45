package compare

import (
	"fmt"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// conclude names the value that goes with slowness most, and what was not tried.
func (t *tagTest) conclude(c *labapi.Comparison, many int) {
	c.A, c.B = t.side.compared(), t.slow().compared()
	if many > 0 {
		c.Warnings = append(c.Warnings, fmt.Sprintf("%d tags have more than %d values, as ids have, and were not tried.", many, mostValues))
	}
	if t.left > 0 {
		c.Warnings = append(c.Warnings, fmt.Sprintf("There are more than %d tags: %d times one of the others was left out.", mostTags, t.left))
	}
	if t.skipped > 0 {
		c.Warnings = append(c.Warnings, fmt.Sprintf("%s of %s left out: without a first span of a known duration.", traces(t.skipped, "", ""), t.label))
	}
	for i := range c.Tags {
		if v := &c.Tags[i]; v.Claimed {
			c.Verdict = labapi.Verdict{
				Claimed: true, Service: v.Service, Operation: v.Tag + "=" + v.Value, P: v.P, DeltaUS: v.DeltaUS, NA: v.N - v.NWith, NB: v.NWith,
			}
			return
		}
	}
	c.Verdict = labapi.Verdict{NA: len(t.observations), NB: len(t.observations)}
}

// slow are the requests that are called so.
func (t *tagTest) slow() *side {
	s := &side{label: fmt.Sprintf("%s, %s or more", t.label, display.Micros(t.limit)), cut: t.cut}
	for _, o := range t.observations {
		if o.root >= t.limit {
			s.observations = append(s.observations, o)
		}
	}
	return s
}

func tagSentences(c *labapi.Comparison) (all []string) {
	claimed := 0
	for i := range c.Tags {
		v := &c.Tags[i]
		if !v.Claimed {
			continue
		}
		if claimed++; claimed <= 3 {
			all = append(all, fmt.Sprintf("Requests with %s=%s (%s) take %s instead of %s: %d of the %d slow ones have it, and %d of the %d others; %s, adjusted for the %s tried.",
				v.Tag, display.Cut(v.Value, 40), v.Service, display.RoundMicros(v.WithUS), display.RoundMicros(v.WithoutUS), v.SlowWith, v.Slow, v.FastWith, v.Fast, chance(*v.P), counted(c.TagsTried, "value")))
		}
	}
	switch {
	case len(c.Tags) == 0:
		return []string{fmt.Sprintf("There is no tag to compare requests by: none has a value that %d requests have and %d do not.", fewestMarked, fewestMarked)}
	case claimed == 0:
		return []string{fmt.Sprintf("No value of a tag goes with slowness, of %d tried in %d requests.", c.TagsTried, c.A.N)}
	case claimed > 3:
		all = append(all, fmt.Sprintf("%d more values differ, too.", claimed-3))
	}
	return append(all, "What goes with slowness need not be its cause.")
}
