package groups_test

import (
	"context"
	"fmt"
	"runtime/trace"
	"slices"
	"testing"

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
