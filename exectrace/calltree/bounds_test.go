package calltree

import (
	"fmt"
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
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
