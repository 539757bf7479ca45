package gotool

import (
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"
	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace/delay"
	"example.com/tracelab/internal/testbed/workload"
)

// sums are a profile's values by stack, as text. A stack that occurs again adds
// up: the tool writes one of a single frame with the program counter zero both
// as such and as the empty stack.
type sums map[string][2]int64

func sumsOf(p *profile.Profile) sums {
	all := sums{}
	for _, s := range p.Sample {
		var stack strings.Builder
		for _, l := range s.Location {
			for _, line := range l.Line {
				stack.WriteString(frameText(l.Address, line.Function.Name, line.Function.Filename, line.Line))
			}
		}
		was := all[stack.String()]
		all[stack.String()] = [2]int64{was[0] + s.Value[0], was[1] + s.Value[1]}
	}
	return all
}

func frameText(pc uint64, function, file string, line int64) string {
	return fmt.Sprintf("%x %s %s:%d\n", pc, function, file, line)
}

func (s sums) total() (count int64, delay time.Duration) {
	for _, v := range s {
		count += v[0]
		delay += time.Duration(v[1])
	}
	return count, delay
}

// same complains of every stack that ours and theirs differ in, and of what is
// said of the values.
func same(t *testing.T, ours, theirs *profile.Profile) {
	t.Helper()
	mine, its := sumsOf(ours), sumsOf(theirs)
	for stack, v := range its {
		if mine[stack] != v {
			t.Errorf("%d delays of %d ns; the tool has %d of %d ns:\n%s", mine[stack][0], mine[stack][1], v[0], v[1], stack)
		}
	}
	for stack, v := range mine {
		if _, ok := its[stack]; !ok {
			t.Errorf("%d delays of %d ns, of which the tool knows nothing:\n%s", v[0], v[1], stack)
		}
	}
	if len(ours.Sample) != len(theirs.Sample) {
		t.Errorf("%d samples; the tool has %d", len(ours.Sample), len(theirs.Sample))
	}
	if got, want := meaning(ours), meaning(theirs); got != want {
		t.Errorf("the values are %s; the tool's are %s", got, want)
	}
}

func meaning(p *profile.Profile) string {
	return fmt.Sprint(p.SampleType[0], p.SampleType[1], p.PeriodType, p.Period)
}

func profiles(t testing.TB, f recorded, o delay.Options) []delay.Profile {
	t.Helper()
	list, lost, err := delay.Profiles(f.File, o)
	if err != nil || len(lost) > 0 {
		t.Fatal(lost, err)
	}
	return list
}

// one is the profile of one kind.
func one(t testing.TB, f recorded, kind delay.Kind, o delay.Options) *profile.Profile {
	t.Helper()
	o.Kinds = []delay.Kind{kind}
	return profiles(t, f, o)[0].Profile
}

var sizes = map[string]int{"http": 50}

func TestProfilesAsGoTool(t *testing.T) {
	for _, kind := range workload.Kinds() {
		t.Run(kind, func(t *testing.T) {
			f := record(t, kind, max(sizes[kind], 2))
			for _, p := range profiles(t, f, delay.Options{AsGoTool: true}) {
				same(t, p.Profile, toolProfile(t, f.path, p.Kind))
				count, took := sumsOf(p.Profile).total()
				t.Logf("%s: %d delays, %v, %d stacks", p.Kind, count, took, len(p.Sample))
			}
		})
	}
}

// pagesOf are the tool's pages of each kind: they are called otherwise.
var pagesOf = map[delay.Kind]string{
	delay.Net: "io", delay.Sync: "block", delay.Syscall: "syscall", delay.Sched: "sched",
}

func TestFilteredProfilesAsGoTool(t *testing.T) {
	f := record(t, "http", 8)
	tool := serve(t, f.path)
	compare := func(t *testing.T, o delay.Options, prefix string, values url.Values) {
		o.AsGoTool = true
		for _, kind := range delay.Kinds() {
			ours := one(t, f, kind, o)
			same(t, ours, tool.profile(prefix+pagesOf[kind], values))
			count, took := sumsOf(ours).total()
			t.Logf("%s: %d delays, %v", kind, count, took)
		}
	}
	for _, function := range startFunctions(t, f) {
		t.Run(function, func(t *testing.T) {
			compare(t, delay.Options{Func: function}, "", url.Values{"name": {function}})
		})
	}
	for _, test := range []struct {
		name   string
		o      delay.Options
		values url.Values
	}{
		{"regions", delay.Options{Region: "wait"}, url.Values{"type": {"wait"}}},
		{"nested regions", delay.Options{Region: "locked"}, url.Values{"type": {"locked"}}},
		{"long regions", delay.Options{Region: "wait", RegionMin: 100 * time.Microsecond}, url.Values{"type": {"wait"}, "latmin": {"100us"}}},
		{"short regions", delay.Options{Region: "count", RegionMax: 500 * time.Microsecond}, url.Values{"type": {"count"}, "latmax": {"500us"}}},
	} {
		t.Run(test.name, func(t *testing.T) { compare(t, test.o, "region", test.values) })
	}
}

// startFunctions are the outermost functions of what waits.
func startFunctions(t *testing.T, f recorded) []string {
	t.Helper()
	found := map[string]bool{}
	for _, kind := range []delay.Kind{delay.Net, delay.Sync} {
		for _, s := range one(t, f, kind, delay.Options{}).Sample {
			if n := len(s.Location); n > 0 {
				found[s.Location[n-1].Line[0].Function.Name] = true
			}
		}
	}
	if len(found) < 4 {
		t.Fatalf("only %v wait", found)
	}
	return slices.Sorted(maps.Keys(found))
}

// TestFirstRun shows what go tool trace leaves out: what goroutines wait until
// they first run in the trace, be it since they were created or since the trace
// began. That, and nothing else, is what ours has more.
func TestFirstRun(t *testing.T) {
	for _, kind := range []string{"goroutines", "http", "network", "sync"} {
		t.Run(kind, func(t *testing.T) {
			f := record(t, kind, 2)
			mine := sumsOf(one(t, f, delay.Sched, delay.Options{}))
			its := sumsOf(toolProfile(t, f.path, delay.Sched))
			for stack, missing := range firstRuns(t, f.path) {
				was := its[stack]
				its[stack] = [2]int64{was[0] + missing[0], was[1] + missing[1]}
			}
			if !maps.Equal(mine, its) {
				t.Errorf("%v; the tool's with the first runs are %v", mine, its)
			}
			count, took := mine.total()
			toolCount, toolDelay := sumsOf(toolProfile(t, f.path, delay.Sched)).total()
			t.Logf("%d delays of %v; the tool has %d of %v", count, took, toolCount, toolDelay)
		})
	}
}

// firstRuns are the delays that end with a goroutine's first run in the trace.
func firstRuns(t *testing.T, path string) sums {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := trace.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	type readied struct {
		at    trace.Time
		stack string
	}
	ready, ran, found := map[trace.GoID]readied{}, map[trace.GoID]bool{}, sums{}
	var sync trace.Time
	for {
		ev, err := r.ReadEvent()
		if err == io.EOF {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		if ev.Kind() == trace.EventSync {
			sync = ev.Time()
		}
		if ev.Kind() != trace.EventStateTransition || ev.StateTransition().Resource.Kind != trace.ResourceGoroutine {
			continue
		}
		id := ev.StateTransition().Resource.Goroutine()
		switch from, to := ev.StateTransition().Goroutine(); {
		case from == to:
		case to == trace.GoRunnable && from == trace.GoUndetermined: // it was so all along
			ready[id] = readied{sync, textOf(ev.Stack())}
		case to == trace.GoRunnable:
			ready[id] = readied{ev.Time(), textOf(ev.Stack())}
		case to == trace.GoRunning && !ran[id]:
			ran[id] = true
			if since, ok := ready[id]; ok {
				was := found[since.stack]
				found[since.stack] = [2]int64{was[0] + 1, was[1] + int64(ev.Time().Sub(since.at))}
			}
		}
	}
}

func textOf(s trace.Stack) string {
	var text strings.Builder
	for f := range s.Frames() {
		text.WriteString(frameText(f.PC, f.Func, f.File, int64(f.Line)))
	}
	return text.String()
}
