package eventstest

import (
	"bytes"
	"iter"
	"math/rand/v2"
)

// Damaged returns an iterator over damaged copies of the trace b: cut at every
// twentieth of its length, and with some bits behind the header changed.
func Damaged(b []byte) iter.Seq[[]byte] {
	const headerSize, copies = 16, 20
	return func(yield func([]byte) bool) {
		r := rand.New(rand.NewPCG(1, 2))
		for i := range copies {
			flipped := bytes.Clone(b)
			for range 1 + i/5 {
				flipped[headerSize+r.IntN(len(b)-headerSize)] ^= 1 << r.IntN(8)
			}
			if !yield(bytes.Clone(b[:len(b)*i/copies])) || !yield(flipped) {
				return
			}
		}
	}
}
