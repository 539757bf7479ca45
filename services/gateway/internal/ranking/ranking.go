// Package ranking says which of some visits came out ahead.
package ranking

import (
	"context"
	"strings"
	"time"

	"example.com/tracelab/services/gateway/visitapi"
)

// Rank holds the visits against each other, and returns how often each came
// out ahead. They are entered again and again, and every entry meets all before
// it, for as long as within says or until ctx ends.
func Rank(ctx context.Context, visits []visitapi.Visit, within time.Duration) (ahead []int) {
	ahead = make([]int, len(visits))
	if len(visits) == 0 {
		return ahead
	}
	var entries []int
	for until := time.Now().Add(within); time.Now().Before(until) && ctx.Err() == nil; {
		next := len(entries) % len(visits)
		for _, other := range entries {
			if better(&visits[next], &visits[other]) {
				ahead[next]++
			} else {
				ahead[other]++
			}
		}
		entries = append(entries, next)
	}
	return ahead
}

// better prefers the smaller status, then the faster answer.
func better(a, b *visitapi.Visit) bool {
	switch {
	case a.Status != b.Status:
		return a.Status < b.Status
	case a.Duration != b.Duration:
		return a.Duration < b.Duration
	}
	return strings.Compare(a.URL, b.URL) < 0
}
