package display

import (
	"slices"
	"testing"

	"example.com/tracelab/exectrace"
)

// TestEveryStateHasWords, and no other.
func TestEveryStateHasWords(t *testing.T) {
	var known []string
	for s := exectrace.SegmentUnknown; s <= exectrace.SegmentStopTheWorld; s++ {
		known = append(known, s.String())
		if State(s.String()) == "" {
			t.Errorf("there are no words for %s", s)
		}
	}
	for s := range states {
		if !slices.Contains(known, s) {
			t.Errorf("%s is no state", s)
		}
	}
}
