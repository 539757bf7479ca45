package ranking_test

import (
	"context"
	"testing"
	"time"

	"example.com/tracelab/services/gateway/internal/ranking"
	"example.com/tracelab/services/gateway/visitapi"
)

// TestEveryEntryMeetsEveryOther counts: n entries make n(n-1)/2 pairs.
func TestEveryEntryMeetsEveryOther(t *testing.T) {
	visits := []visitapi.Visit{{URL: "a", Status: 404}, {URL: "b", Status: 200, Duration: 2}, {URL: "c", Status: 200, Duration: 1}}
	ahead := ranking.Rank(t.Context(), visits, 20*time.Millisecond)
	pairs, n := ahead[0]+ahead[1]+ahead[2], 0
	for n*(n-1)/2 < pairs {
		n++
	}
	if n < 100 || n*(n-1)/2 != pairs {
		t.Errorf("%d pairs are not those of any number of entries", pairs)
	}
	if ahead[2] <= ahead[1] || ahead[1] <= ahead[0] {
		t.Errorf("ahead are %v: want the fast 200 first, and the 404 last", ahead)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if got := ranking.Rank(ended, visits, time.Hour); got[0]+got[1]+got[2] != 0 {
		t.Errorf("after the end: %v", got)
	}
	if got := ranking.Rank(t.Context(), nil, time.Hour); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}
