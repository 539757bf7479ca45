package faults

import (
	"fmt"
	"testing"
)

// TestVisits are more than one plain visit where that would not show the fault.
func TestVisits(t *testing.T) {
	for text, want := range map[string]string{
		"writer=slow-disk":               "{false [] 1}",
		"writer=slow-disk;percent=30":    "{false [] 20}",
		"writer=slow-disk;percent=1":     "{false [] 100}",
		"gateway=serial-fanout":          "{false [/delay/0.3 /get] 1}",
		"gateway=lost-deadline;ms=3000":  "{false [/delay/3.2] 1}",
		"writer=slow-queue;percent=50":   "{true [] 10}",
		"gateway=lost-deadline;ms=100":   "{false [/delay/0.3] 1}",
		"fetcher=clock-skew;percent=100": "{false [] 1}",
	} {
		if got := fmt.Sprint(must(t, text)[0].Visit()); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestMysteryVisits show whichever it is: each is as slow and as wide as any fault of the
// level needs, and the same for all.
func TestMysteryVisits(t *testing.T) {
	for level := 1; level <= Levels; level++ {
		v := MysteryVisit(level)
		for seed := range uint64(200) {
			i, err := Choose(seed, level)
			if err != nil {
				t.Fatal(err)
			}
			need := i.Visit()
			if need.Queued != v.Queued || need.Times > v.Times || len(need.Paths) > len(v.Paths) {
				t.Errorf("level %d: %s needs %v, and there is %v", level, i, need, v)
			}
			if ms := i.Args.Int("ms"); i.Name == "lost-deadline" && ms >= mysteryMost+50 {
				t.Errorf("level %d: %s is over before the visit is slow", level, i)
			}
		}
	}
}
