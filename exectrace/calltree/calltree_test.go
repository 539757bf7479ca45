package calltree_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/calltree"
	"example.com/tracelab/exectrace/delay"
	"example.com/tracelab/exectrace/internal/wiretest"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/testbed/workload"
)

func read(t testing.TB, b []byte) (*exectrace.File, *lanes.Lanes) {
	t.Helper()
	f, err := exectrace.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	l, err := lanes.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return f, l
}

// traces are recordings of all kinds, and traces of Go's own tests.
func traces(t *testing.T, each func(t *testing.T, f *exectrace.File, l *lanes.Lanes)) {
	inputs, err := workload.RecordAll(3, workload.Kinds()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range wiretest.Golden(t, "testdata/tests/*.test") {
		if b, _, good := wiretest.GoldenTrace(t, name); good {
			inputs[name] = b
		}
	}
	for name, b := range inputs {
		t.Run(name, func(t *testing.T) {
			f, l := read(t, b)
			each(t, f, l)
		})
	}
}

// TestSumsAreThoseOfLanes: of random times the states of a lane add up to what is drawn of it.
func TestSumsAreThoseOfLanes(t *testing.T) {
	traces(t, func(t *testing.T, _ *exectrace.File, l *lanes.Lanes) {
		random := rand.New(rand.NewPCG(1, 2))
		all := append(l.Processors(), l.Threads()...)
		goroutines := map[int64]bool{}
		for g := range l.Trace.Goroutines() {
			if !goroutines[int64(g.ID)] && len(goroutines) < 1000 {
				all = append(all, lanes.Lane{Kind: lanes.Goroutine, ID: int64(g.ID)})
			}
			goroutines[int64(g.ID)] = true
		}
		for range 3 {
			from := l.Trace.Start + exectrace.Time(random.Int64N(int64(l.Trace.Duration())))
			to := from + 1 + exectrace.Time(random.Int64N(int64(l.Trace.End-from)+1))
			var sum, together lanes.Sums
			for _, lane := range all {
				want := l.Columns(lane, from, to.Sub(from), 1)[0]
				p := calltree.Sum(l, calltree.Selection{From: from, To: to, Lane: &lane})
				for state := lanes.Running; state < lanes.NumStates; state++ {
					got, _ := p.Of(calltree.Measure{State: state})
					if time.Duration(got) != want[state] {
						t.Fatalf("%+v from %d to %d: %s for %d ns, want %d", lane, from, to, state, got, want[state])
					}
					if lane.Kind == lanes.Goroutine {
						sum[state] += want[state]
					}
				}
			}
			p := calltree.Sum(l, calltree.Selection{From: from, To: to})
			for state := range together {
				got, _ := p.Of(calltree.Measure{State: lanes.State(state)})
				together[state] = time.Duration(got)
			}
			sum[lanes.Absent] = 0
			if len(goroutines) <= 1000 && !endsForever(l) && together != sum {
				t.Errorf("from %d to %d the goroutines together are %v, want %v", from, to, together, sum)
			}
		}
	})
}

// endsForever reports whether a goroutine waits forever: it is not there any more, and has a lane.
func endsForever(l *lanes.Lanes) bool {
	for g := range l.Trace.Goroutines() {
		var last exectrace.Interval
		for iv := range l.Trace.Intervals(g) {
			last = iv
		}
		if g.Ended != 0 && last.End > g.Ended {
			return true
		}
	}
	return false
}

// TestDelaysAreThoseOfProfiles: of the whole trace the waits for the network and for each
// other, and the system calls, are stack by stack those of package delay, which go tool trace
// has too; it has those alone that ended. What was runnable is as long as it says.
func TestDelaysAreThoseOfProfiles(t *testing.T) {
	states := map[delay.Kind]lanes.State{delay.Net: lanes.Network, delay.Sync: lanes.Sync, delay.Syscall: lanes.Syscall, delay.Sched: lanes.Runnable}
	for _, kind := range []string{"network", "sync", "syscall", "http", "gc"} {
		b, err := workload.Record(kind, 3)
		if err != nil {
			t.Fatal(err)
		}
		f, l := read(t, b)
		p := calltree.Sum(l, calltree.Selection{From: l.Trace.Start, To: l.Trace.End})
		profiles, _, err := delay.Profiles(f, delay.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range profiles {
			want, times := map[string]int64{}, int64(0)
			for _, s := range d.Sample {
				times += s.Value[0]
				var stack []string
				for _, at := range slices.Backward(s.Location) {
					stack = append(stack, at.Line[0].Function.Name)
				}
				want[strings.Join(stack, ">")] += s.Value[1]
			}
			got := byStack(p.Tree(calltree.Measure{State: states[d.Kind]}, calltree.Filter{}))
			goesOn, open := unfinished(l, states[d.Kind])
			if _, count := p.Of(calltree.Measure{State: states[d.Kind]}); count != times+open {
				t.Errorf("%s, %s: %d times, want %d that have ended and %d that go on", kind, d.Kind, count, times, open)
			}
			for stack, sum := range goesOn {
				if got[stack] -= sum; got[stack] == 0 {
					delete(got, stack)
				}
			}
			if d.Kind == delay.Sched { // its stacks are those of who made the goroutine ready
				got, want = map[string]int64{"": sumOf(got)}, map[string]int64{"": sumOf(want)}
			}
			if !maps.Equal(got, want) {
				t.Errorf("%s, %s: %v, want %v", kind, d.Kind, got, want)
			}
		}
	}
}

func sumOf(m map[string]int64) (sum int64) {
	for _, v := range m {
		sum += v
	}
	return sum
}

// byStack is how much is in each stack of a tree, the outermost function first.
func byStack(tree *calltree.Tree) map[string]int64 {
	paths, all := make([]string, len(tree.Nodes)), map[string]int64{}
	for i, n := range tree.Nodes {
		if n.Depth > 0 {
			paths[i] = strings.TrimPrefix(paths[n.Parent]+">"+n.Func, ">")
		}
		if n.Self > 0 {
			all[paths[i]] = n.Self
		}
	}
	return all
}

// unfinished are the times in a state that go on at the end of the trace, and how many these
// are: they are in no profile.
func unfinished(l *lanes.Lanes, state lanes.State) (all map[string]int64, times int64) {
	all = map[string]int64{}
	for g := range l.Trace.GoroutinesBetween(l.Trace.Start, l.Trace.End) {
		before := exectrace.Interval{}
		for stay := range l.Stays(g, l.Trace.Start, l.Trace.End) {
			if stay.End == l.Trace.End && lanes.StateOf(stay.State, stay.Reason) == state {
				var stack []string
				for _, f := range slices.Backward(l.Trace.CallsOf(stay.Calls)) {
					stack = append(stack, f.Func)
				}
				took := stay.End - stay.Start
				if stay.State == exectrace.StateSyscallBlocked && before.End == stay.Start && before.State == exectrace.StateSyscall {
					took = stay.End - before.Start
				}
				all[strings.Join(stack, ">")] += int64(took)
				times++
			}
			before = stay.Interval
		}
	}
	return all, times
}

// TestTrees: each node has what is in it and below it; children are in the order of their
// names; a filter leaves out what it says.
func TestTrees(t *testing.T) {
	traces(t, func(t *testing.T, _ *exectrace.File, l *lanes.Lanes) {
		p := calltree.Sum(l, calltree.Selection{From: l.Trace.Start, To: l.Trace.End, Parts: 7})
		for state := lanes.Running; state <= calltree.Samples; state++ {
			m := calltree.Measure{State: state}
			whole, _ := p.Of(m)
			tree := p.Tree(m, calltree.Filter{})
			if err := sound(tree, whole); err != nil {
				t.Fatalf("%s: %v", state, err)
			}
			for i, n := range tree.Nodes {
				if i%7 != 1 {
					continue
				}
				under := p.Tree(m, calltree.Filter{Under: n.ID})
				if err := sound(under, whole); err != nil || under.Nodes[0].Total != n.Total || under.Find(n.ID) < 0 {
					t.Fatalf("under %s: %d, want %d; %v", n.Func, under.Nodes[0].Total, n.Total, err)
				}
				found := p.Tree(m, calltree.Filter{Find: strings.ToUpper(n.Func)})
				for _, f := range tree.Functions(false) {
					if f.Name == n.Func && found.Nodes[0].Total < f.Total {
						t.Fatalf("with %s: %d, want at least %d", n.Func, found.Nodes[0].Total, f.Total)
					}
				}
			}
		}
	})
}

func sound(tree *calltree.Tree, whole int64) error {
	if tree.Nodes[0].Total+tree.Left != whole || tree.Cut != 0 {
		return fmt.Errorf("%d and %d left out, want %d", tree.Nodes[0].Total, tree.Left, whole)
	}
	for i, n := range tree.Nodes {
		below := n.Self
		var names []string
		for _, c := range n.Children {
			below += tree.Nodes[c].Total
			names = append(names, tree.Nodes[c].Func)
			if int(tree.Nodes[c].Parent) != i || tree.Nodes[c].Depth != n.Depth+1 {
				return fmt.Errorf("node %d is no child of %d", c, i)
			}
		}
		if below != n.Total || !slices.IsSorted(names) || len(slices.Compact(names)) != len(n.Children) {
			return fmt.Errorf("%q has %d, its children and itself %d; they are %q", n.Func, n.Total, below, names)
		}
	}
	all, each := tree.Parts(tree.Functions(true))
	sum := int64(0)
	for _, v := range all {
		sum += v
	}
	if sum != tree.Nodes[0].Total {
		return fmt.Errorf("the parts of the time have %d, want %d", sum, tree.Nodes[0].Total)
	}
	for i, f := range tree.Functions(true) {
		sum := int64(0)
		for _, v := range each[i] {
			sum += v
		}
		if sum != f.Total || f.Self > f.Total || f.Total > tree.Nodes[0].Total {
			return fmt.Errorf("%+v has %d in the parts of the time", f, sum)
		}
	}
	return nil
}

// TestPartsOfTheTime: each part has what a profile of that time has, and a node has one ID in
// all of them.
func TestPartsOfTheTime(t *testing.T) {
	b, err := workload.Record("http", 5)
	if err != nil {
		t.Fatal(err)
	}
	_, l := read(t, b)
	const parts = 5
	width := (l.Trace.Duration() + parts - 1) / parts
	p := calltree.Sum(l, calltree.Selection{From: l.Trace.Start, To: l.Trace.Start.Add(width * parts), Parts: parts})
	for state := lanes.Running; state < lanes.NumStates; state++ {
		m := calltree.Measure{State: state}
		tree := p.Tree(m, calltree.Filter{})
		ids := map[uint64]string{}
		for _, n := range tree.Nodes {
			if before, twice := ids[n.ID]; twice {
				t.Errorf("%s and %s have one ID", before, n.Func)
			}
			ids[n.ID] = n.Func
		}
		all, each := tree.Parts(tree.Functions(false))
		for i := range parts {
			from := l.Trace.Start.Add(width * time.Duration(i))
			part := calltree.Sum(l, calltree.Selection{From: from, To: from.Add(width)}).Tree(m, calltree.Filter{})
			if part.Nodes[0].Total != all[i] {
				t.Errorf("%s, part %d: %d, want %d", state, i, all[i], part.Nodes[0].Total)
			}
			want := map[string]int64{}
			for _, f := range part.Functions(false) {
				want[f.Name] = f.Total
			}
			for k, f := range tree.Functions(false) {
				if each[k][i] != want[f.Name] {
					t.Errorf("%s, part %d: %s has %d, want %d", state, i, f.Name, each[k][i], want[f.Name])
				}
			}
			for _, n := range part.Nodes {
				if name, known := ids[n.ID]; !known || name != n.Func {
					t.Errorf("%s is %q in the whole", n.Func, name)
				}
			}
		}
	}
}

// TestProcessorsHaveTheCallsOfTheirGoroutines: what the processors ran together is what the
// goroutines did, call by call.
func TestProcessorsHaveTheCallsOfTheirGoroutines(t *testing.T) {
	for _, kind := range []string{"http", "sync", "tasks"} {
		b, err := workload.InGenerations(kind, 3)
		if err != nil {
			t.Fatal(err)
		}
		_, l := read(t, b)
		s := calltree.Selection{From: l.Trace.Start, To: l.Trace.End}
		want := byStack(calltree.Sum(l, s).Tree(calltree.Measure{State: lanes.Running}, calltree.Filter{}))
		got := map[string]int64{}
		for _, lane := range l.Processors() {
			s.Lane = &lane
			p := calltree.Sum(l, s)
			for _, state := range []lanes.State{lanes.Running, lanes.Collecting} {
				for stack, sum := range byStack(p.Tree(calltree.Measure{State: state}, calltree.Filter{})) {
					got[stack] += sum
				}
			}
		}
		if !maps.Equal(got, want) {
			for stack := range want {
				if got[stack] != want[stack] {
					t.Errorf("%s: %s: %d on processors, want %d", kind, stack, got[stack], want[stack])
				}
			}
			t.Errorf("%s: %d stacks, want %d", kind, len(got), len(want))
		}
	}
}
