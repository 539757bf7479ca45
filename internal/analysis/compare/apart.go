package compare

import (
	"fmt"
	"slices"

	"example.com/tracelab/internal/zipkin"
)

// apart takes the traces that both sets have out of the larger one: what is saved today has
// yesterday's traces, too, as long as the store keeps them, and failed requests are some of
// all. It says so, or nothing. Sets of the same size stay as they are.
func apart(a, b *side) string {
	smaller, larger := a, b
	if len(a.observations) > len(b.observations) {
		smaller, larger = b, a
	}
	if len(smaller.observations) == len(larger.observations) {
		return ""
	}
	shared := make(map[zipkin.TraceID]bool, len(smaller.observations))
	for i := range smaller.observations {
		shared[smaller.observations[i].trace] = true
	}
	before := len(larger.observations)
	larger.observations = slices.DeleteFunc(larger.observations, func(o observation) bool { return shared[o.trace] })
	n := before - len(larger.observations)
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%s in both sets, and counted in %s alone.", traces(n, "is", "are"), smaller.label)
}
