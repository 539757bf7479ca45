package calltree

import (
	"fmt"
	"slices"
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/testbed/workload"
)

// TestMoreNodesThanThereMayBe: what has no node is in its callers, and counted.
func TestMoreNodesThanThereMayBe(t *testing.T) {
	b := building{t: &Tree{Nodes: []Node{{Parent: -1}}, parts: 1}, children: map[child]int32{}}
	const lines = MaxNodes/2 + 10
	for i := range lines {
		b.add(&line{amount: amount{3, 1}}, []string{fmt.Sprint("f", i), "leaf"})
	}
	var self int64
	for _, n := range b.t.Nodes {
		self += n.Self
	}
	if len(b.t.Nodes) != MaxNodes || b.t.Nodes[0].Total != 3*lines || self != 3*lines || b.t.Cut != 3*(lines-(MaxNodes-2)/2) {
		t.Errorf("%d nodes with %d, %d in themselves, %d cut", len(b.t.Nodes), b.t.Nodes[0].Total, self, b.t.Cut)
	}
}

// TestMoreSumsThanHaveParts: they are counted, and in the sums.
func TestMoreSumsThanHaveParts(t *testing.T) {
	p := &Profile{Selection: Selection{To: 100, Parts: 2}, at: map[key]int32{}}
	for i := range MaxTimed + 5 {
		p.add(key{state: lanes.Sync, reason: fmt.Sprint(i)}, 10, 90, 80, 1)
	}
	if p.Untimed != 5 || p.sums[lanes.Sync] != (amount{80 * (MaxTimed + 5), MaxTimed + 5}) || p.lines[0].parts[0] != 40 || p.lines[0].parts[1] != 40 {
		t.Errorf("%d have no parts, of %v; the first has %v", p.Untimed, p.sums[lanes.Sync], p.lines[0].parts)
	}
}

// TestSpread: a time that does not divide is spread without a loss.
func TestSpread(t *testing.T) {
	for from := exectrace.Time(100); from < 110; from++ {
		for to := from; to <= 110; to++ {
			p := &Profile{Selection: Selection{From: 100, To: 110, Parts: 3}}
			parts := make([]int64, 3)
			p.spread(parts, from, to, int64(to-from))
			for i, begin := range []exectrace.Time{100, 104, 108} {
				if want := max(0, min(to, begin+4)-max(from, begin)); parts[i] != int64(want) {
					t.Errorf("from %d to %d: %v, part %d is to be %d", from, to, parts, i, want)
				}
			}
		}
	}
}

// TestMoreSumsThanThereMayBe: what comes then has no calls, and is counted.
func TestMoreSumsThanThereMayBe(t *testing.T) {
	p := &Profile{Selection: Selection{To: 100}, at: map[key]int32{}}
	for i := range MaxSums {
		p.add(key{state: lanes.Sync, reason: fmt.Sprint(i)}, 10, 20, 10, 1)
	}
	calls := someCalls(t, 5)
	for _, c := range calls {
		p.add(key{calls: c, state: lanes.Running}, 10, 20, 10, 1)
		p.add(key{state: lanes.Sync, reason: "0"}, 10, 20, 10, 1)
	}
	if sum, count := p.Of(Measure{State: lanes.Running}); p.Merged != 5 || len(p.lines) != MaxSums+1 || sum != 50 || count != 5 {
		t.Errorf("%d times are merged in %d sums; running has %d, %d times", p.Merged, len(p.lines), sum, count)
	}
	if sum, _ := p.Of(Measure{State: lanes.Sync, Reason: "0"}); sum != 60 {
		t.Errorf("a sum that there is gets %d", sum)
	}
}

// someCalls are n that differ.
func someCalls(t *testing.T, n int) (all []exectrace.Calls) {
	t.Helper()
	b, err := workload.Record("http", 1)
	if err != nil {
		t.Fatal(err)
	}
	f, err := exectrace.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	l, err := lanes.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	for g := range l.Trace.Goroutines() {
		for stay := range l.Stays(g, l.Trace.Start, l.Trace.End) {
			if len(all) < n && stay.Calls != (exectrace.Calls{}) && !slices.Contains(all, stay.Calls) {
				all = append(all, stay.Calls)
			}
		}
	}
	if len(all) < n {
		t.Fatalf("the trace has %d calls", len(all))
	}
	return all
}
