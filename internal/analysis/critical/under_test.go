package critical_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"example.com/tracelab/internal/analysis/critical"
)

// TestUnder: each span of any trace has a path of its own, which tiles it; that of a root
// is the one that the trace has; and what began by another clock is where the trace has it.
func TestUnder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		tr := of(t, randomSpans(r, 30))
		for i, n := range tr.Nodes {
			own := tr.Under(i, critical.Options{})
			checkTiling(t, own)
			if own.Nodes[i].Start != n.Start || own.Nodes[i].End != n.End {
				t.Fatalf("span %s is at %+v, with a path of its own at %+v", tr.Spans[i].ID, n, own.Nodes[i])
			}
		}
		for _, p := range tr.Paths {
			if own := tr.Under(p.Root, critical.Options{}).Paths[0]; !reflect.DeepEqual(own.Sections, p.Sections) {
				t.Fatalf("path %+v, as though it were a request %+v", p, own)
			}
		}
	}
}

// TestUnderOfWhatIsLeftOut: what nobody waited for has a path all the same.
func TestUnderOfWhatIsLeftOut(t *testing.T) {
	tr := of(t, deep(5))
	if n := len(tr.Under(2, critical.Options{}).Paths[0].Sections); n == 0 {
		t.Error("there is no path")
	}
	late := append(row(2), child(50, 2, 0, 3), child(51, 50, 1, 1))
	late[3].Timestamp = late[0].End() + 100
	late[4].Timestamp = late[3].Timestamp + 1
	tr = of(t, late)
	at := len(tr.Spans) - 2
	if tr.Nodes[at].Left == "" {
		t.Fatalf("it is not left out: %+v", tr.Nodes[at])
	}
	own := tr.Under(at, critical.Options{})
	if got := own.Paths[0].Sections; len(got) != 3 || own.Nodes[at].OnPath != 2 {
		t.Errorf("%+v, %+v", got, own.Nodes[at])
	}
}
