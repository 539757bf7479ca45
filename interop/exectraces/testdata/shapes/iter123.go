//go:build go1.23

package main

import "iter"

func init() { shape("coroutines", coroutines) }

// coroutines pulls values, and leaves early or late.
func coroutines() error {
	return atOnce(4, func(int) error {
		for i := 0; i < 40; i++ {
			next, stop := iter.Pull(count(20))
			for k := 0; k < i; k++ {
				next()
			}
			stop()
		}
		return nil
	})
}

// count counts, and has another count for it.
func count(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		next, stop := iter.Pull(func(yield func(int) bool) {
			for i := 0; i < n && yield(i); i++ {
			}
		})
		defer stop()
		for v, ok := next(); ok && yield(v); v, ok = next() {
		}
	}
}
