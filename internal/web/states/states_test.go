package states_test

import (
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/web/states"
)

// TestStatesDiffer in their words, and in their patterns or colours.
func TestStatesDiffer(t *testing.T) {
	css, err := os.ReadFile("static/" + states.Sheet)
	if err != nil {
		t.Fatal(err)
	}
	colours := map[string]string{}
	for _, m := range regexp.MustCompile(`\.s(\d+) \{ --s: var\(--(\w+)\) \}`).FindAllStringSubmatch(string(css), -1) {
		colours[m[1]] = m[2]
	}
	words, looks := map[string]bool{}, map[string]bool{}
	all := states.In(shell.New(shell.Config{}).Words(httptest.NewRequest("GET", "/", nil)))
	for _, s := range all {
		colour := colours[strconv.Itoa(s.N)]
		if colour == "" || words[s.Word] || looks[colour+s.Mask] || s.Dots() == "" {
			t.Errorf("state %d is %q, in the colour %q and with the pattern %s, as another is, or without", s.N, s.Word, colour, s.Mask)
		}
		words[s.Word], looks[colour+s.Mask] = true, true
	}
	if len(all) != int(lanes.NumStates) { // all but Absent, and Stopped
		t.Errorf("there are %d states", len(all))
	}
	if last := states.Patterns(all)[len(all)]; last.N != states.Heap || colours[strconv.Itoa(last.N)] == "" {
		t.Errorf("the last pattern is %+v", last)
	}
}

func TestDots(t *testing.T) {
	if got := (states.State{Mask: "c000000000000001"}).Dots(); got != "M0 0h2v1h-2zM7 7h1v1h-1z" {
		t.Error(got)
	}
}

// TestSharesAreStacked in their order, and what is the same in several columns is one box.
func TestSharesAreStacked(t *testing.T) {
	sums := make([]lanes.Sums, states.Columns)
	for c := range sums {
		sums[c][lanes.Absent] = 5
		switch {
		case c < 2:
			sums[c][lanes.Running], sums[c][lanes.Network] = 5, 5
		case c == 3:
			sums[c][lanes.Network] = 10
		}
	}
	got := states.OfShares(states.Shares(sums, 10))
	want := []states.Area{{State: int(lanes.Running), Path: "M0 20h8v-10h-8z"}, {State: int(lanes.Network), Path: "M0 10h8v-10h-8zM12 20h4v-20h-4z"}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("drawn are %+v, want %+v", got, want)
	}
}

// TestTheShortestCanBeSeen in columns, and as a box.
func TestTheShortestCanBeSeen(t *testing.T) {
	if got := states.OneShare([]time.Duration{0, 1, time.Hour, 2 * time.Hour}, time.Hour); string(got) != "\x00\x01\xff\xff" {
		t.Errorf("%q", got)
	}
	if got := states.Box(1, 1.01); got != "M1 0h0.5v20h-0.5z" {
		t.Error(got)
	}
}
