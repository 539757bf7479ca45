package critical_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/zipkin"
)

// checkTiling checks what is true of every trace.
func checkTiling(t *testing.T, tr *critical.Trace) {
	t.Helper()
	onPath := make([]int64, len(tr.Nodes))
	for _, p := range tr.Paths {
		at := p.Start
		for _, s := range p.Sections {
			n := tr.Nodes[s.Span]
			if s.Start != at || s.End <= s.Start || s.Start < n.Start || s.End > n.End || n.Left != "" {
				t.Fatalf("section %+v of span %s %+v, which begins at %d", s, tr.Spans[s.Span].ID, n, at)
			}
			at = s.End
			onPath[s.Span] += s.End - s.Start
		}
		root := tr.Nodes[p.Root]
		if known := root.Left == ""; known != (len(p.Sections) > 0) || known && (at != p.End || p.End-p.Start != tr.Spans[p.Root].Duration) {
			t.Fatalf("path %+v of %+v ends at %d", p, tr.Spans[p.Root], at)
		}
	}
	checkNodes(t, tr, onPath)
}

func checkNodes(t *testing.T, tr *critical.Trace, onPath []int64) {
	t.Helper()
	for i, n := range tr.Nodes {
		odd := n.OnPath != onPath[i] || n.Total < n.OnPath || n.Drag < 0 || n.Drag > n.Total || n.Self < 0 || n.Self > n.End-n.Start ||
			n.Total > 0 && n.Slack != 0 || n.Slack < critical.Unknown || (n.Left != "") != (n.Slack == critical.Unknown) || n.Left != "" && n.Total > 0
		if odd {
			t.Fatalf("span %s is %d µs on the path: %+v", tr.Spans[i].ID, onPath[i], n)
		}
	}
}

// of is the path of a trace, checked.
func of(t *testing.T, spans []zipkin.Span) *critical.Trace {
	t.Helper()
	tr := critical.Of(spans, critical.Options{})
	checkTiling(t, tr)
	return tr
}

// TestDragIsWhatARunSaves runs programs again, with each operation taking no time.
func TestDragIsWhatARunSaves(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	limited := 0
	for range 150 {
		p := simulated(r)
		base := p.run(unit)
		tr := of(t, p.spans())
		p.all(0, func(o *program, _ zipkin.SpanID) {
			o.nothing = true
			saved := base - p.run(unit)
			o.nothing = false
			p.run(unit)
			n := nodeOf(tr, o.id)
			if n.Drag != saved {
				t.Fatalf("span %s would save %d, its drag is %d\n%s", o.id, saved, n.Drag, drawn(tr))
			}
			if n.Drag < n.Total {
				limited++
			}
		})
	}
	if limited < 50 {
		t.Errorf("only %d were limited by others", limited)
	}
}

// TestSlackIsWhatARunBears runs programs again, with each operation taking longer.
func TestSlackIsWhatARunBears(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	exact, all := 0, 0
	for range 150 {
		p := simulated(r)
		base := p.run(unit)
		tr := of(t, p.spans())
		p.all(0, func(o *program, _ zipkin.SpanID) {
			slack := nodeOf(tr, o.id).Slack
			o.more = slack
			same := p.run(unit)
			o.more = slack + unit
			longer := p.run(unit)
			o.more = 0
			p.run(unit)
			if same != base || longer > base+unit {
				t.Fatalf("span %s with %d more: the whole takes %d more, and %d more with a unit more\n%s", o.id, slack, same-base, longer-base, drawn(tr))
			}
			all++
			if longer == base+unit {
				exact++
			}
		})
	}
	if exact < all*8/10 {
		t.Errorf("the slack of %d of %d is exact", exact, all)
	}
}

// TestALeafOnThePathThatTakesLonger makes the whole take as much longer, and the path of it.
func TestALeafOnThePathThatTakesLonger(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	checked := 0
	for range 200 {
		p := simulated(r)
		before := of(t, p.spans())
		p.all(0, func(o *program, _ zipkin.SpanID) {
			n := nodeOf(before, o.id)
			if n.Total == 0 {
				return
			}
			o.more = 7 * unit
			p.run(unit)
			after, settled := of(t, p.spans()), p.settled()
			o.more = 0
			if !settled { // a future that ends between two groups seems to be joined there
				return
			}
			checked++
			if got := after.Spans[after.Paths[0].Root].Duration - before.Spans[before.Paths[0].Root].Duration; got != 7*unit {
				t.Fatalf("span %s took %d longer, the whole %d", o.id, 7*unit, got)
			}
			if got := nodeOf(after, o.id).OnPath - n.OnPath; got != 7*unit {
				t.Fatalf("span %s took %d longer, and %d on the path", o.id, 7*unit, got)
			}
		})
	}
	if checked < 500 {
		t.Errorf("only %d were checked", checked)
	}
}

// TestTheOrderOfSpansDoesNotMatter, nor does one that nobody awaits.
func TestTheOrderOfSpansDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		spans := randomSpans(r, 1+r.IntN(40))
		want := of(t, spans)
		spans = slices.Clone(spans) // the path shares their memory
		r.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
		if got := of(t, spans); !reflect.DeepEqual(got.Nodes, want.Nodes) || !reflect.DeepEqual(got.Paths, want.Paths) || !reflect.DeepEqual(got.Shifts, want.Shifts) {
			t.Fatalf("the order of the spans matters:\n%s\n%s", drawn(want), drawn(got))
		}
	}
}

// TestWhatIsNotAwaitedChangesNothing adds one span that ends after its parent.
func TestWhatIsNotAwaitedChangesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 200 {
		spans := simulated(r).spans()
		before := of(t, spans)
		parent := spans[r.IntN(len(spans))]
		after := of(t, append(slices.Clone(spans), zipkin.Span{TraceID: parent.TraceID, ID: 1 << 40, ParentID: parent.ID, Timestamp: parent.Timestamp + r.Int64N(parent.Duration), Duration: parent.Duration + unit, Local: parent.Local}))
		if n := nodeOf(after, 1<<40); n.Left != critical.NotAwaited {
			t.Fatalf("it is left out because %q", n.Left)
		}
		for _, s := range spans {
			if got, was := nodeOf(after, s.ID), nodeOf(before, s.ID); got != was {
				t.Fatalf("span %s is %+v, and was %+v", s.ID, got, was)
			}
		}
	}
}
