package compare

import (
	"fmt"
	"math"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// sentences say what a comparison comes to, the most important first, to somebody who
// has never seen one.
func sentences(c *labapi.Comparison) (all []string) {
	switch c.Kind {
	case labapi.CompareTag:
		return tagSentences(c)
	case labapi.CompareSlow:
		all = append(all, slowSentence(c))
	case labapi.CompareTraces:
		all = append(all, pairSentence(c))
	default:
		all = append(all, verdictSentences(c)...)
	}
	all = append(all, rootSentence(c))
	if mix := mixOf(c); mix != nil && math.Abs(mix.Percent) >= 100*leastShare {
		all = append(all, fmt.Sprintf("The two sides have another mix of requests: that alone is %s, which is put down to no call path.", signed(mix.DeltaUS)))
	}
	if q := c.Quantile; q != nil {
		all = append(all, fmt.Sprintf("%s of the requests are done within %s in A and %s in B: a change of %s, between %s and %s with a confidence of 95 %%. This describes, it is no test.",
			share(q.Quantile), display.RoundMicros(q.AUS), display.RoundMicros(q.BUS), signed(q.DeltaUS), signed(q.LowUS), signed(q.HighUS)))
	}
	if e := c.Errors; e != nil && e.Verdict.Claimed && c.Verdict.Mechanism != labapi.ErrorsPath {
		all = append(all, errorSentence(c))
	}
	return all
}

func verdictSentences(c *labapi.Comparison) []string {
	v := &c.Verdict
	switch {
	case v.Claimed && v.Mechanism == labapi.ErrorsPath:
		return []string{errorSentence(c)}
	case v.Claimed:
		return []string{claim(c)}
	case min(v.NA, v.NB) < fewest:
		return append([]string{fmt.Sprintf("Too few requests to tell a change from chance: %d against %d that can be compared, of %d a side at least.", v.NA, v.NB, fewest)}, guess(c)...)
	}
	if v.P != nil && *v.P <= likely && abs(v.DeltaUS) >= v.DetectableUS {
		return append([]string{"There is a difference, but where it comes from is not certain."}, guess(c)...)
	}
	return append([]string{nothing(v)}, guess(c)...)
}

// nothing says that there is no evidence and, where that is known, of what there would
// have been: of times that are all the same nothing is.
func nothing(v *labapi.Verdict) string {
	if v.DetectableUS == 0 {
		return "No difference that stands out."
	}
	return fmt.Sprintf("No difference that stands out: a change of %s or more would have been seen.", display.RoundMicros(v.DetectableUS))
}

// claim names the culprit.
func claim(c *labapi.Comparison) string {
	v := &c.Verdict
	return fmt.Sprintf("%s: %s; %s, %d against %d requests.", whatHappened(c), ofRoot(v.DeltaUS, c.DeltaRootUS), chance(*v.P), v.NA, v.NB)
}

// ofRoot is what a change has to do with that of the root.
func ofRoot(delta, root int64) string {
	switch {
	case delta == root:
		return signed(delta) + ", which is all that a request takes " + moreOrLess(root)
	case delta == 0 || root == 0 || (delta < 0) != (root < 0):
		return fmt.Sprintf("%s, but the rest made up for it: a request takes %s %s", signed(delta), display.RoundMicros(abs(root)), moreOrLess(root))
	case abs(delta) > abs(root):
		return fmt.Sprintf("%s; the rest took back %s, so that a request takes %s %s", signed(delta), display.RoundMicros(abs(delta-root)), display.RoundMicros(abs(root)), moreOrLess(root))
	}
	return fmt.Sprintf("%s of the %s that a request takes %s", signed(delta), signed(root), moreOrLess(root))
}

func moreOrLess(delta int64) string { return either(delta < 0, "less", "more") }

// whatHappened is the mechanism of the verdict in words.
func whatHappened(c *labapi.Comparison) string {
	v := &c.Verdict
	what := callText(v.Service, v.Operation)
	switch v.Mechanism {
	case labapi.SlowerCalls:
		return what + " got slower"
	case labapi.FasterCalls:
		return what + " got faster"
	case labapi.MoreCalls:
		return fmt.Sprintf("%s makes more calls of %s%s", v.Caller, what, callsOf(c))
	case labapi.FewerCalls:
		return fmt.Sprintf("%s makes fewer calls of %s%s", v.Caller, what, callsOf(c))
	case labapi.NewPath:
		return fmt.Sprintf("%s calls %s%s, which it did not before", v.Caller, what, callsOf(c))
	case labapi.GonePath:
		return fmt.Sprintf("%s no longer calls %s", v.Caller, what)
	case labapi.LessOverlap:
		return fmt.Sprintf("the calls that %s makes, of %s most of all, run less at the same time and more in turn", v.Caller, what)
	case labapi.MoreOverlap:
		return fmt.Sprintf("the calls that %s makes, of %s most of all, run more at the same time and less in turn", v.Caller, what)
	}
	return what + " changed"
}

// callsOf is how often the culprit is called.
func callsOf(c *labapi.Comparison) string {
	for i := range c.Bridge {
		if r := &c.Bridge[i]; r.Path == c.Verdict.Path {
			return fmt.Sprintf(" (%.3g a request instead of %.3g)", r.CallsB, r.CallsA)
		}
	}
	return ""
}

// guess names what is likeliest where there is no evidence.
func guess(c *labapi.Comparison) []string {
	v := &c.Verdict
	if v.Path == "" || v.DeltaUS == 0 {
		return nil
	}
	v.Guess = whatHappened(c)
	by := ""
	if v.P != nil {
		by = ", " + chance(*v.P)
	}
	return []string{fmt.Sprintf("Not enough evidence; the best guess is that %s: %s%s.", v.Guess, signed(v.DeltaUS), by)}
}

func rootSentence(c *labapi.Comparison) string {
	n := fmt.Sprintf("%d against %d requests", c.A.N, c.B.N)
	if c.Kind == labapi.CompareTraces {
		return fmt.Sprintf("A took %s, and B %s (%s).", display.Micros(c.A.MeanRootUS), display.Micros(c.B.MeanRootUS), signed(c.DeltaRootUS))
	}
	return fmt.Sprintf("A request takes %s in A and %s in B, in the mean: %s, or %+.1f %% (%s).",
		display.Micros(c.A.MeanRootUS), display.Micros(c.B.MeanRootUS), signed(c.DeltaRootUS), c.DeltaPercent, n)
}

func mixOf(c *labapi.Comparison) *labapi.Change {
	for i := range c.Bridge {
		if c.Bridge[i].Path == labapi.MixPath {
			return &c.Bridge[i]
		}
	}
	return nil
}

func errorSentence(c *labapi.Comparison) string {
	e := c.Errors
	v := &e.Verdict
	for i := range e.Paths {
		if p := &e.Paths[i]; p.Path == v.Path {
			return fmt.Sprintf("%s fails %s often: in %d of %d requests of B, and %d of %d of A; %s.", callText(v.Service, v.Operation),
				either(p.B*c.A.N > p.A*c.B.N, "more", "less"), p.B, c.B.N, p.A, c.A.N, chance(*v.P))
		}
	}
	return ""
}

func slowSentence(c *labapi.Comparison) string {
	for i := range c.Bridge {
		if b := &c.Bridge[i]; b.Share != nil && b.Path != labapi.OtherPath {
			return fmt.Sprintf("What makes requests slow is most of all %s: %.0f %% of the variance of their durations, and %s of the %s by which slow ones take longer. Which are slow was chosen by their duration, so nothing is said of chance.",
				callText(b.Service, b.Operation), 100**b.Share, signed(b.DeltaUS), signed(c.DeltaRootUS))
		}
	}
	return "All requests took about as long."
}

func pairSentence(c *labapi.Comparison) string {
	v := &c.Verdict
	if v.Path == "" {
		return "Both traces took as long, on the same paths. Two traces say nothing of others."
	}
	return fmt.Sprintf("Of the difference of %s, %s is that %s. Two traces say nothing of others: compare two sets for that.", signed(c.DeltaRootUS), signed(v.DeltaUS), whatHappened(c))
}

// chance is a p-value as people are told it: none is zero.
func chance(p float64) string {
	if p < 0.001 {
		return "p < 0.001"
	}
	return fmt.Sprintf("p = %.3f", p)
}

// share is a quantile as people are told it.
func share(q float64) string { return fmt.Sprintf("%g %%", math.Round(1000*q)/10) }
