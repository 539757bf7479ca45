package groups_test

import (
	"context"
	"fmt"
	"math"
	"runtime/trace"
	"slices"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/groups"
	"example.com/tracelab/exectrace/internal/recordtest"
)

//go:noinline
func load() { defer trace.StartRegion(context.Background(), "db").End() }

//go:noinline
func store() { trace.WithRegion(context.Background(), "db", func() {}) }

func first(done chan bool)  { load(); store(); done <- true }
func second(done chan bool) { load(); load(); load(); store(); done <- true }

// TestRegionsByPlace has two goroutines begin regions of one type at two places.
func TestRegionsByPlace(t *testing.T) {
	x, err := exectrace.Read(recordtest.Record(func() {
		done := make(chan bool)
		go first(done)
		<-done
		go second(done)
		<-done
	}))
	if err != nil {
		t.Fatal(err)
	}
	const in = "example.com/tracelab/exectrace/groups_test."
	for asGoTool, want := range map[bool][]string{
		false: {in + "load 4", in + "store 2"},
		true:  {in + "first 2", in + "second 4"},
	} {
		var got []string
		for _, g := range groups.Regions(x, groups.RegionOptions{AsGoTool: asGoTool}) {
			got = append(got, fmt.Sprint(g.Name, " ", g.Count))
		}
		if !slices.Equal(got, want) {
			t.Errorf("as go tool %t: %q, want %q", asGoTool, got, want)
		}
	}
}

// TestBuckets counts durations by powers of two, those of no time with the shortest.
func TestBuckets(t *testing.T) {
	const longest = time.Duration(math.MaxInt64)
	for _, c := range []struct {
		of   groups.Distribution
		want string
	}{
		{nil, "[]"},
		{groups.Distribution{0, 1}, "[1-2: 2]"},
		{groups.Distribution{5, 6, 7, 8, 33}, "[4-8: 3 8-16: 1 16-32: 0 32-64: 1]"},
		{groups.Distribution{longest / 2, longest/2 + 1, longest}, "[2305843009213693952-4611686018427387904: 1 4611686018427387904-9223372036854775807: 2]"},
	} {
		list := []string{}
		for _, b := range c.of.Buckets() {
			list = append(list, fmt.Sprintf("%d-%d: %d", b.From, b.To(), b.Count))
		}
		if got := fmt.Sprint(list); got != c.want {
			t.Errorf("%d: %s, want %s", c.of, got, c.want)
		}
	}
}
