// Package compare has systems that are not ours compared: made from published shapes,
// grown at random, and recorded by the libraries of Zipkin, Brave and OpenTelemetry; and
// has the released Zipkin server hold traces that a comparison reads.
package compare

import (
	"flag"
	"math/rand/v2"
	"testing"

	"example.com/tracelab/internal/testbed/culprit"
)

var long = flag.Bool("long", false, "more systems, and more changes of each")

// began is when the first request of every set begins, µs since the epoch.
const began = 1_760_000_000_000_000

func worlds() []*world {
	all := []*world{socialNetwork(), random(2, 40)}
	if *long {
		all = append(all, hotels())
		for seed := range uint64(7) {
			all = append(all, random(seed+3, 40))
		}
	}
	for i, w := range all {
		w.busy = []float64{0.1, 0.5, 0.8}[i%3]
	}
	return all
}

// TestTiles has the paths of these systems tile their requests.
func TestTiles(t *testing.T) {
	for i, w := range worlds() {
		rng := rand.New(rand.NewPCG(uint64(i), 29))
		for range 200 {
			spans := w.trace(rng, began, nil)
			rng.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
			if err := culprit.Tiles(spans); err != nil {
				t.Errorf("%s: %v", w.name, err)
			}
		}
	}
}
