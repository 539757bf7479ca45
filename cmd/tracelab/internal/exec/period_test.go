package exec

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/counters"
	"example.com/tracelab/exectrace/stats"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/testbed/workload"
)

// parted is a trace of some generations, as a file and as a whole.
type parted struct {
	path string
	file *exectrace.File
	*exectrace.Trace
	from, to exectrace.Time
}

// part is a part of a trace of a workload, that begins and ends within generations.
func part(t *testing.T, kind string) *parted {
	t.Helper()
	b, err := workload.InGenerations(kind, 5)
	if err != nil {
		t.Fatal(err)
	}
	p := &parted{path: filepath.Join(t.TempDir(), kind+".trace")}
	if err := os.WriteFile(p.path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if p.file, err = exectrace.FromBytes(b); err != nil {
		t.Fatal(err)
	}
	if p.Trace, err = exectrace.Read(p.file); err != nil || len(p.Lost) > 0 {
		t.Fatal(err, p.Lost)
	}
	all, err := p.file.Generations()
	if err != nil || len(all) < 4 {
		t.Fatalf("%d generations, %v", len(all), err)
	}
	middle := func(i int) exectrace.Time { return all[i].Start + (all[i+1].Start-all[i].Start)/2 }
	p.from, p.to = middle(1), middle(len(all)-2)
	return p
}

// asks is what a verb says of the part.
func (p *parted) asks(t *testing.T, answer any, verb ...string) {
	t.Helper()
	args := append(verb, p.path, "--from", p.from.Sub(p.Start).String(), "--to", p.to.Sub(p.Start).String())
	if verb[0] != "export" {
		args = append(args, "--json")
	}
	got := exec(args...)
	if err := json.Unmarshal([]byte(got.out), answer); got.code != 0 || err != nil {
		t.Fatalf("%v: %v, %+v", args, err, got)
	}
}

func (p *parted) has(at exectrace.Time) bool { return p.from <= at && at <= p.to }

// TestAPeriod compares what verbs say of a part of the time with what the whole trace says
// of that time.
func TestAPeriod(t *testing.T) {
	for _, kind := range []string{"tasks", "gc", "syscall", "sync"} {
		t.Run(kind, func(t *testing.T) {
			p := part(t, kind)
			times := p.times()
			var got struct{ Goroutines []report.Goroutine }
			p.asks(t, &got, "goroutines", "--top", "0")
			count, sum := 0, report.Times{}
			for _, g := range got.Goroutines {
				count += g.Count
				sum.Total += g.Total
				sum.Execution += g.Execution
				sum.Scheduler += g.Scheduler
				sum.Syscall += g.Syscall
			}
			if count != times.count || sum.Total != times.Total || sum.Execution != times.Running || sum.Scheduler != times.Runnable || sum.Syscall != times.Syscall+times.SyscallBlocked {
				t.Errorf("goroutines: %d, %+v, want %+v", count, sum, times)
			}
			p.profiles(t, times)
			p.counts(t)
			p.exports(t, times)
			var curve report.MMU
			if p.asks(t, &curve, "mmu"); curve.Duration != p.to.Sub(p.from) {
				t.Errorf("the MMU is of %v, want %v", curve.Duration, p.to.Sub(p.from))
			}
		})
	}
}

// goroutineSums is what goroutines did in the part.
type goroutineSums struct {
	count int
	stats.Stats
}

// times are by the whole trace. Why a goroutine waits the part may not know.
func (p *parted) times() (sums goroutineSums) {
	for g := range p.Goroutines() {
		if g.Created > p.to || g.Ended != 0 && g.Ended <= p.from {
			continue
		}
		sums.count++
		until := p.to
		if g.Ended != 0 {
			until = min(until, g.Ended)
		}
		sums.Add(stats.Between(p.Trace, g, max(p.from, g.Created), until))
	}
	return sums
}

// profiles has what goes on when the part ends counted up to there.
func (p *parted) profiles(t *testing.T, want goroutineSums) {
	t.Helper()
	for kind, sum := range map[string]time.Duration{"sched": want.Runnable, "syscall": want.Syscall + want.SyscallBlocked} {
		var got struct {
			Profiles []struct {
				Delay time.Duration `json:"delay_ns"`
			}
		}
		if p.asks(t, &got, "profile", kind); len(got.Profiles) != 1 || got.Profiles[0].Delay != sum {
			t.Errorf("profile %s: %+v, want %v", kind, got, sum)
		}
	}
}

// counts compares tasks, regions, and the counters at the beginning of the part.
func (p *parted) counts(t *testing.T) {
	t.Helper()
	type row struct{ Count, Complete int }
	var want, got [2]row
	add := func(to *row, begun, ended bool) {
		if begun || ended {
			to.Count++
		}
		if begun && ended {
			to.Complete++
		}
	}
	for k := range p.Tasks() {
		add(&want[0], k.Begun && p.has(k.Start), k.Ended && p.has(k.End))
	}
	for r := range p.Regions() {
		if r.Begun || r.Ended {
			add(&want[1], r.Begun && p.has(r.Start), r.Ended && p.has(r.End))
		}
	}
	for i, verb := range []string{"tasks", "regions"} {
		var rows map[string][]row
		if p.asks(t, &rows, verb); len(rows) != 1 {
			t.Fatalf("%v", rows)
		}
		for _, r := range rows[verb] {
			got[i].Count += r.Count
			got[i].Complete += r.Complete
		}
	}
	if got != want {
		t.Errorf("tasks and regions: %+v, want %+v", got, want)
	}
}

// exports has the slices of the states, and of the processors, be as long as the states.
func (p *parted) exports(t *testing.T, want goroutineSums) {
	t.Helper()
	var got struct {
		TraceEvents []struct {
			Cat     string
			Ts, Dur float64
		}
	}
	p.asks(t, &got, "export", "chrome")
	sums := map[string]time.Duration{}
	for _, e := range got.TraceEvents {
		sums[e.Cat] += time.Duration(e.Dur*1e3 + .5)
		if at := p.Start.Add(time.Duration(e.Ts*1e3 + .5)); e.Cat != "__metadata" && !p.has(at) {
			t.Errorf("%+v is at %d, which is not from %d to %d", e, at, p.from, p.to)
		}
	}
	if sums["running"] != want.Running || sums["runnable"] != want.Runnable || sums["syscall"] != want.Syscall {
		t.Errorf("export: %v, want %+v", sums, want)
	}
}

// TestCountersAt compares them with what the whole trace says, at moments of each generation.
func TestCountersAt(t *testing.T) {
	p := part(t, "gc")
	all, _ := p.file.Generations()
	for i := range all[1:] {
		at := all[i].Start.Sub(p.Start) + all[i+1].Start.Sub(all[i].Start)/3
		var want counters.Values
		if _, err := counters.Follow(p.file, func(after time.Duration, now counters.Values) {
			if after <= at {
				want = now
			}
		}); err != nil {
			t.Fatal(err)
		}
		var got countersAt
		said := exec("summary", p.path, "--at", at.String(), "--json")
		if err := json.Unmarshal([]byte(said.out), &got); err != nil || !reflect.DeepEqual(got, countersAt{at, want}) {
			t.Errorf("%+v, %v\nwant %+v at %v", said, err, want, at)
		}
	}
}

// TestNoPeriod has each verb refuse what is no time of the trace.
func TestNoPeriod(t *testing.T) {
	path := recorded(t, "tasks")
	for _, verb := range []string{"summary", "goroutines", "tasks", "regions", "mmu", "profile all", "events", "export chrome"} {
		for says, args := range map[string][]string{
			"--from 2s --to 1s": {"--from", "2s", "--to", "1s"}, "--from -1s": {"--from=-1s"}, "--to -1s": {"--to=-1s"},
			"has no moment 1h0m0s after its beginning": {"--from", "1h"},
		} {
			words := strings.Fields(verb)
			if got := exec(append(append(words[:len(words):len(words)], args...), path)...); (verb != "events" || len(args) != 2) && (got.code == 0 || !strings.Contains(got.stderr, says)) {
				t.Errorf("%s %v: %+v", verb, args, got)
			}
		}
	}
	if got := exec("summary", path, "--at", "1ms", "--from", "1ms"); got.code == 0 || !strings.Contains(got.stderr, "leave out") {
		t.Errorf("%+v", got)
	}
}

// TestTimesOfGoTool has verbs show others. When a generation tells the states of goroutines
// that wait depends on how busy the machine is; some it always tells later than they were.
func TestTimesOfGoTool(t *testing.T) {
	p := part(t, "tasks")
	for _, verb := range []string{"goroutines", "summary --series 10", "export chrome"} {
		args := append(strings.Fields(verb), p.path)
		if args[0] != "export" {
			args = append(args, "--json")
		}
		as, own := exec(append(args, "--as-go-tool")...), exec(args...)
		if as.code != 0 || own.code != 0 || as.out == own.out || len(as.out) < len(own.out)/2 {
			t.Errorf("%s: %d bytes, and %d as go tool trace; the same: %v %s%s", verb, len(own.out), len(as.out), as.out == own.out, as.stderr, own.stderr)
		}
	}
	as, own := exec("events", p.path), exec("events", p.path, "--true-times")
	if as.code != 0 || own.code != 0 || as.out == own.out || strings.Count(as.out, "\n") != strings.Count(own.out, "\n") {
		t.Errorf("events: %d bytes as go tool trace, %d with true times: %s%s", len(as.out), len(own.out), as.stderr, own.stderr)
	}
}
