package states

import (
	"fmt"
	"strings"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// missing says of how many requests the states are.
func missing(a, b explained) *labapi.StatesMissing {
	m := &labapi.StatesMissing{ExplainedA: a.n, ExplainedB: b.n, TriedA: a.tried, TriedB: b.tried}
	const keep = "'tracelab load --ab A B --explain 5' has some kept of each side"
	switch {
	case a.n == 0 && b.n == 0:
		m.Reason = "What the goroutines did is not known: no execution trace of these requests is kept; " + keep + "."
	case a.n == 0:
		m.Reason = "What the goroutines did is not known of A: no execution trace of its requests is kept; " + keep + "."
	case b.n == 0:
		m.Reason = "What the goroutines did is not known of B: no execution trace of its requests is kept; " + keep + "."
	case a.n < a.tried || b.n < b.tried:
		m.Reason = fmt.Sprintf("The execution traces of %d of %d requests of A and of %d of %d of B explain nothing.", a.tried-a.n, a.tried, b.tried-b.n, b.tried)
	}
	return m
}

// leastShare is a 20th: smaller changes are not named in the sentence.
const leastShare = 20

// sum is by how much the states change together.
func sum(c *labapi.Comparison) (us int64) {
	for _, s := range c.States {
		us += s.DeltaUS
	}
	return us
}

// unlike says that the requests that were explained are not like the others: in them the
// path changed by less than half as much, or by more than twice as much.
func unlike(c *labapi.Comparison) string {
	us, all := sum(c), c.Verdict.DeltaUS
	if abs(us-all) <= abs(all)/2 || us > all && all > 0 && us <= 2*all || us < all && all < 0 && us >= 2*all {
		return ""
	}
	return fmt.Sprintf("The requests of which execution traces are kept are not like the others: the path changed by %s in them, and by %s in all. Those that were unusually slow are kept, and those that were flagged debug.", display.Signed(us), display.Signed(all))
}

// sentence says the split in words: "+31.0 ms: +29.0 ms sync, +2.00 ms running".
func sentence(c *labapi.Comparison) string {
	largest := abs(c.States[0].DeltaUS)
	services := map[string]bool{}
	for _, s := range c.States {
		services[s.Service] = true
	}
	var parts []string
	for _, s := range c.States {
		if abs(s.DeltaUS) < max(largest/leastShare, 1) || len(parts) == 3 {
			break
		}
		part := display.Signed(s.DeltaUS) + " " + s.State
		if len(services) > 1 {
			part += " in " + display.The(s.Service)
		}
		parts = append(parts, part)
	}
	m := c.StatesMissing
	of := fmt.Sprintf("%d of %d requests of A, %d of %d of B", m.ExplainedA, c.A.N, m.ExplainedB, c.B.N)
	if len(parts) == 0 {
		return fmt.Sprintf("What the goroutines did there is the same (%s).", of)
	}
	return fmt.Sprintf("Split by what the goroutines did there, %s: %s (%s).", display.Signed(sum(c)), strings.Join(parts, ", "), of)
}
