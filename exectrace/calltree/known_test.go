package calltree_test

import (
	"bytes"
	"crypto/sha256"
	"io"
	"runtime/pprof"
	"runtime/trace"
	"slices"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"example.com/tracelab/exectrace/calltree"
	"example.com/tracelab/exectrace/lanes"
)

const pack = "example.com/tracelab/exectrace/calltree_test."

//go:noinline
func sleeper(done chan<- bool) {
	time.Sleep(20 * time.Millisecond) // what is measured
	done <- true
}

//go:noinline
func hasher(done chan<- bool) {
	block := make([]byte, 1<<20)
	for range 500 { // some 300 ms of a processor
		sha256.Sum256(block)
	}
	done <- true
}

func recordKnown(t *testing.T) *lanes.Lanes {
	t.Helper()
	if err := pprof.StartCPUProfile(io.Discard); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		t.Fatal(err)
	}
	done := make(chan bool)
	go sleeper(done)
	go hasher(done)
	<-done
	<-done
	trace.Stop()
	pprof.StopCPUProfile()
	_, l := read(t, b.Bytes())
	return l
}

// TestKnownWork: a function that sleeps, and one that computes, are found where they are, by
// what they were started with and by their lanes.
func TestKnownWork(t *testing.T) {
	l := recordKnown(t)
	whole := calltree.Selection{From: l.Trace.Start, To: l.Trace.End + 1}
	p := calltree.Sum(l, whole)
	slept := p.Tree(calltree.Measure{State: lanes.Sleep}, calltree.Filter{Find: "SLEEPER"})
	if got := byStack(slept)[pack+"sleeper>time.Sleep"]; got < int64(20*time.Millisecond) || got != slept.Nodes[0].Total {
		t.Errorf("it slept for %v of %v: %v", time.Duration(got), time.Duration(slept.Nodes[0].Total), byStack(slept))
	}
	if got, count := p.Of(calltree.Measure{State: lanes.Sleep, Reason: "sleep"}); got < slept.Nodes[0].Total || count < 1 {
		t.Errorf("sleep is the reason of %v, %d times", time.Duration(got), count)
	}
	if got := p.Reasons(lanes.Sync); got["chan receive"] == 0 {
		t.Errorf("the reasons are %v", got)
	}
	samples := calltree.Measure{State: calltree.Samples}
	computed := p.Tree(samples, calltree.Filter{Find: "hasher"})
	if computed.Nodes[0].Total < 5 || computed.Nodes[0].Total*10 < (computed.Nodes[0].Total+computed.Left)*8 {
		t.Errorf("%d samples in it, %d elsewhere", computed.Nodes[0].Total, computed.Left)
	}
	whole.Func = pack + "hasher"
	only := calltree.Sum(l, whole)
	if got, _ := only.Of(samples); only.Goroutines != 1 || got != computed.Nodes[0].Total {
		t.Errorf("%d goroutines with %d samples, want 1 with %d", only.Goroutines, got, computed.Nodes[0].Total)
	}
	ran := only.Tree(calltree.Measure{State: lanes.Running}, calltree.Filter{Find: "hasher"})
	if top := ran.Nodes[0].Children; len(top) != 1 || ran.Nodes[top[0]].Func != pack+"hasher" || ran.Nodes[0].Total < int64(time.Millisecond) || ran.Left > ran.Nodes[0].Total/10 {
		t.Errorf("it ran in %v, and for %v elsewhere", byStack(ran), time.Duration(ran.Left)) // where it is stopped as it ends it is in the runtime alone
	}
	whole.Func = ""
	var onProcessors, ofAll int64
	for _, lane := range l.Processors() {
		whole.Lane = &lane
		n, _ := calltree.Sum(l, whole).Of(samples)
		onProcessors += n
	}
	if ofAll, _ = p.Of(samples); onProcessors == 0 || onProcessors > ofAll {
		t.Errorf("%d of %d samples are on processors", onProcessors, ofAll)
	}
}

// TestPprof: the profile is one that pprof reads, and has the sums of the tree.
func TestPprof(t *testing.T) {
	l := recordKnown(t)
	p := calltree.Sum(l, calltree.Selection{From: l.Trace.Start, To: l.Trace.End})
	for _, m := range []calltree.Measure{{State: lanes.Running}, {State: lanes.Sync}, {State: lanes.Sync, Reason: "chan receive"}, {State: calltree.Samples}, {State: lanes.Network}} {
		var b bytes.Buffer
		if err := p.Pprof(m, calltree.Filter{}).Write(&b); err != nil {
			t.Fatal(err)
		}
		read, err := profile.Parse(&b)
		if err != nil {
			t.Fatalf("%+v: %v", m, err)
		}
		sum := int64(0)
		for _, s := range read.Sample {
			sum += s.Value[len(s.Value)-1]
		}
		if want, _ := p.Of(m); sum != want {
			t.Errorf("%+v: %d, want %d", m, sum, want)
		}
		if m.State == calltree.Samples && (len(read.SampleType) != 1 || !slices.ContainsFunc(read.Function, func(f *profile.Function) bool { return f.Name == pack+"hasher" && f.Filename != "" })) {
			t.Errorf("the samples have the types %v, and of their functions none is hasher", read.SampleType)
		}
	}
}

// TestNothing: of no time, and of what is not there, there is nothing.
func TestNothing(t *testing.T) {
	l := recordKnown(t)
	end := l.Trace.End
	for name, s := range map[string]calltree.Selection{
		"the end is before the beginning": {From: end, To: l.Trace.Start}, "after the trace": {From: end + 10, To: end + 20, Parts: 3},
		"no such lane": {From: l.Trace.Start, To: end, Lane: &lanes.Lane{Kind: lanes.Thread, ID: -5}}, "no such function": {From: l.Trace.Start, To: end, Func: "nobody"},
	} {
		p := calltree.Sum(l, s)
		tree := p.Tree(calltree.Measure{State: lanes.Running}, calltree.Filter{})
		if sum, count := p.Of(calltree.Measure{State: lanes.Running}); sum != 0 || count != 0 || p.Goroutines != 0 || len(tree.Nodes) != 1 || len(tree.Functions(true)) != 0 {
			t.Errorf("%s: %d, %d times, %d goroutines, %d nodes", name, sum, count, p.Goroutines, len(tree.Nodes))
		}
	}
	if sum, _ := calltree.Sum(l, calltree.Selection{From: l.Trace.Start, To: end}).Of(calltree.Measure{State: 200}); sum != 0 {
		t.Error("there is something of no state")
	}
}
