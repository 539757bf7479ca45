package loadgen

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
)

// TestSomeOfEachVariantAreFlagged debug: as many as were asked for, or all there are, and
// evenly spread over the requests of the variant.
func TestSomeOfEachVariantAreFlagged(t *testing.T) {
	for _, test := range []struct {
		count, block, debug int
		one                 bool
		a, b                []int // numbers of the requests that are flagged, of all
	}{
		{count: 40, block: 5, debug: 2, a: []int{4 + 0*5, 24}, b: []int{9, 29}},
		{count: 40, block: 5, debug: 1, a: []int{14}, b: []int{19}},
		{count: 7, block: 4, debug: 20, a: []int{0, 1, 2, 3}, b: []int{4, 5, 6}},
		{count: 3, block: 10, debug: 2, a: []int{0, 2}},
		{count: 100, debug: 2, one: true, a: []int{24, 74}},
		{count: 100, block: 10},
	} {
		t.Run(fmt.Sprintf("%d of %d in blocks of %d", test.debug, test.count, test.block), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var server seen
				variants := []Variant{{Name: "A", Request: request(t, "http://gateway/visit")}, {Name: "B", Request: request(t, "http://gateway/visit")}}
				if test.one {
					variants = variants[:1]
				}
				res, err := Run(t.Context(), Config{Variants: variants, Block: test.block, Debug: test.debug,
					Rate: 100, Count: test.count, Concurrency: 100, dial: serve(t, &server)})
				if err != nil {
					t.Fatal(err)
				}
				var flagged []int
				for i, r := range server.requests {
					if r.Header.Get("X-B3-Flags") == "1" {
						flagged = append(flagged, i)
					}
				}
				if want := slices.Sorted(slices.Values(slices.Concat(test.a, test.b))); !slices.Equal(flagged, want) {
					t.Errorf("%v are flagged, want %v", flagged, want)
				}
				for i, want := range [][]int{test.a, test.b}[:len(variants)] {
					var ids []string
					for _, n := range want {
						ids = append(ids, fmt.Sprintf("%032x", n+1))
					}
					if got := res.Variants[i].DebugIDs; !slices.Equal(got, ids) {
						t.Errorf("of variant %d %v are told, want %v", i, got, ids)
					}
				}
				if variants[0].Request.Header.Get("X-B3-Flags") != "" {
					t.Error("the caller's request was changed")
				}
			})
		})
	}
}
