package delay

import (
	"bytes"
	"context"
	"fmt"
	"runtime/trace"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/events"
	"example.com/tracelab/exectrace/internal/eventstest"
	"example.com/tracelab/exectrace/stats"
	"example.com/tracelab/internal/testbed/workload"
)

func record(t testing.TB, kind string, size int) []byte {
	t.Helper()
	b, err := workload.Record(kind, size)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// scripted are all profiles of a script, a line for each stack: the kind, how
// many, how long, where.
func scripted(t *testing.T, text string, o Options) ([]Profile, []string) {
	t.Helper()
	f, err := exectrace.FromBytes([]byte("go 1.26 trace\x00\x00\x00"))
	if err != nil {
		t.Fatal(err)
	}
	each := func(consumers ...events.Consumer) ([]exectrace.Loss, error) {
		eventstest.Parse(t, text).Each(consumers...)
		return nil, nil
	}
	list, _, err := profilesOf(f, o, each, each)
	if err != nil {
		return nil, []string{err.Error()}
	}
	var lines []string
	for _, p := range list {
		if err := p.CheckValid(); err != nil {
			t.Error(err)
		}
		for _, s := range p.Sample {
			var stack []string
			for _, l := range s.Location {
				stack = append(stack, l.Line[0].Function.Name)
			}
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %d %d %s", p.Kind, s.Value[0], s.Value[1], strings.Join(stack, "<"))))
		}
	}
	slices.Sort(lines)
	return list, lines
}

// life is of a goroutine that is in each state once.
const life = `
	0 0 sync
	10 1 none>runnable by=9 at=spawn start=work
	30 1 runnable>running
	40 1 running>waiting reason=network at=read<work
	45 1 waiting>waiting
	90 1 waiting>runnable
	100 1 runnable>running
	110 1 running>syscall at=put<work
	130 1 syscall>running
	140 1 running>waiting reason=sleep at=nap<work
	150 1 waiting>runnable
	151 1 runnable>running
	160 1 running>waiting reason=chan_receive at=receive<work
	190 1 waiting>runnable by=9 at=give
	200 1 runnable>running
	205 1 running>none
	210 2 none>runnable by=9 at=spawn start=rest
	220 0 sync`

func TestProfilesCountDelays(t *testing.T) {
	list, got := scripted(t, life, Options{})
	want := []string{"net 1 50 read<work", "sched 1 10 give", "sched 1 20 spawn", "sched 2 11", "sync 1 30 receive<work", "syscall 1 20 put<work"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	sched := list[3]
	if sched.Kind != Sched || sched.Unfinished != 1 || sched.Dropped != 0 || sched.DurationNanos != 220 {
		t.Errorf("%s: %d unfinished, %d dropped, %d ns", sched.Kind, sched.Unfinished, sched.Dropped, sched.DurationNanos)
	}
	if text := strings.Join(sched.Comments, "\n"); !strings.Contains(text, "sched") || !strings.Contains(text, "1 went on at the end") {
		t.Errorf("the comments are %q", text)
	}
}

func TestProfileOptions(t *testing.T) {
	for _, test := range []struct {
		name, script string
		o            Options
		want         []string
	}{
		{"as asked for, in that order of kinds", life, Options{Kinds: []Kind{Sync, Net}}, []string{"net 1 50 read<work", "sync 1 30 receive<work"}},
		{"no such kind", life, Options{Kinds: []Kind{"cpu"}}, []string{`there is no profile "cpu": want one of [net sync syscall sched]`}},
		{"the tool drops the first run", life, Options{AsGoTool: true, Kinds: []Kind{Sched}}, []string{"sched 1 10 give", "sched 2 11"}},
		{"from, to", life, Options{From: 80, To: 120}, []string{"net 1 10 read<work", "sched 1 10", "syscall 1 10 put<work"}},
		{"to, from", life, Options{From: 120, To: 80}, []string{"the profile is to end 40ns before it begins"}},
		{"a goroutine", life, Options{Goroutine: 2}, nil},
		{"no goroutine", life, Options{Goroutine: 3}, []string{"the trace has no goroutine 3"}},
		{"a function", life, Options{Func: "work", Kinds: []Kind{Net}}, []string{"net 1 50 read<work"}},
		{"another function", life, Options{Func: "rest"}, nil},
		{"no function", life, Options{Func: "play"}, []string{`the trace has no goroutine that was started with "play": it takes the full name, such as main.main.func1`}},
		{"bounds without a region", life, Options{RegionMin: 1}, []string{"how long a region takes can be bound only with the region's type"}},
		{"no region", life, Options{Region: "r"}, []string{`the trace has no region of type "r"`}},
		{"no task", life, Options{Task: 7}, []string{"the trace has no task 7"}},

		{"the tool keeps what never ran", `
			0 1 unknown>syscall at=s
			5 1 syscall>none
			6 2 unknown>syscall at=s
			9 2 syscall>running`, Options{AsGoTool: true}, []string{"syscall 1 5 s"}},
		{"the tool knows the last life of a thread of C", `
			0 1 none>syscall at=s
			5 1 syscall>running
			6 1 running>syscall at=s
			8 1 syscall>none
			10 1 none>syscall at=s
			13 1 syscall>running
			15 1 running>syscall at=s
			20 1 syscall>none`, Options{AsGoTool: true}, []string{"syscall 1 5 s"}},
		{"the tool merges zeros, and shows the last", `
			1 1 unknown>running
			10 1 running>syscall at=zero
			20 1 syscall>running
			30 1 running>syscall
			33 1 syscall>running`, Options{AsGoTool: true}, []string{"syscall 2 13"}},
		{"what was so when the trace began", `
			5 0 sync
			90 1 unknown>runnable
			100 1 runnable>running
			110 2 unknown>syscall at=s
			115 2 syscall>running`, Options{}, []string{"sched 1 95", "syscall 1 110 s"}},
		{"ours does not", `
			1 1 unknown>running
			10 1 running>syscall at=zero
			20 1 syscall>running
			30 1 running>syscall
			33 1 syscall>running`, Options{}, []string{"syscall 1 10 zero", "syscall 1 3"}},
		{"the same stack in two tables", `
			0 1 unknown>running
			10 1 running>syscall at=a<b
			20 1 syscall>running
			25 0 sync
			30 1 running>syscall at=a<b
			33 1 syscall>running`, Options{}, []string{"syscall 2 13 a<b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, got := scripted(t, test.script, test.o); !slices.Equal(got, test.want) {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// TestProfilesAcrossDamage drops what began before it.
func TestProfilesAcrossDamage(t *testing.T) {
	list, got := scripted(t, `
		0 1 unknown>running
		10 1 running>waiting reason=network at=read
		20 2 unknown>syscall at=write
		gap
		45 0 sync
		50 1 unknown>waiting
		55 2 unknown>syscall at=write
		60 1 waiting>runnable
		70 1 runnable>running
		75 2 syscall>running
		80 0 sync`, Options{})
	if want := []string{"sched 1 10", "syscall 1 30 write"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if list[0].Dropped != 1 || list[2].Dropped != 1 {
		t.Errorf("%d waits for the network were dropped, %d system calls", list[0].Dropped, list[2].Dropped)
	}
}

// waits has goroutine 1 wait for 10 ns at each multiple of 100.
func waits(until int, between string) string {
	text := "0 1 unknown>running\n"
	for at := 100; at < until; at += 100 {
		text += fmt.Sprintf("%d 1 running>syscall at=s\n%d 1 syscall>running\n", at, at+10)
	}
	lines := append(strings.Split(text, "\n"), strings.Split(between, "\n")...)
	slices.SortStableFunc(lines, func(a, b string) int {
		return moment(a) - moment(b)
	})
	return strings.Join(lines, "\n")
}

// moment is what a line of a script begins with.
func moment(line string) int {
	first, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	at, _ := strconv.Atoi(first)
	return at
}

func TestProfilesOfRegions(t *testing.T) {
	for _, test := range []struct {
		name, regions string
		o             Options
		want          []string
	}{
		{"one", "150 1 begin region=r\n350 1 end region=r", Options{}, []string{"syscall 2 20 s"}},
		{"of another type", "150 1 begin region=r\n350 1 end region=r\n360 1 begin region=q\n370 1 end region=q", Options{Region: "q"}, nil},
		{"nested count once", "150 1 begin region=r\n190 1 begin region=r\n250 1 end region=r\n350 1 end region=r", Options{}, []string{"syscall 2 20 s"}},
		{"a part of a delay", "105 1 begin region=r\n350 1 end region=r", Options{}, []string{"syscall 3 25 s"}},
		{"one that goes on", "650 1 begin region=r", Options{}, []string{"syscall 3 30 s"}},
		{"one that began before", "250 1 end region=r", Options{}, []string{"syscall 2 20 s"}},
		{"two that began before", "250 1 end region=r\n350 1 end region=r", Options{}, []string{"syscall 3 30 s"}},
		{"of which the tool takes one", "250 1 end region=r\n350 1 end region=r", Options{AsGoTool: true}, []string{"syscall 2 20 s"}},
		{"long ones", "150 1 begin region=r\n250 1 end region=r\n350 1 begin region=r\n700 1 end region=r", Options{RegionMin: 101}, []string{"syscall 3 30 s"}},
		{"short ones", "150 1 begin region=r\n250 1 end region=r\n350 1 begin region=r\n700 1 end region=r", Options{RegionMax: 100}, []string{"syscall 1 10 s"}},
		{"of another goroutine", "150 2 begin region=r\n350 2 end region=r", Options{}, nil},
		{"and a time", "150 1 begin region=r\n450 1 end region=r", Options{From: 205, To: 290}, []string{"syscall 1 5 s"}},
		{"and a function", "0 3 none>runnable start=f\n150 1 begin region=r\n450 1 end region=r", Options{Func: "f"}, nil},
		{"ended by damage", "650 1 begin region=r\n1000 0 sync", Options{}, []string{"syscall 3 30 s"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.o.Region == "" {
				test.o.Region = "r"
			}
			test.o.Kinds = []Kind{Syscall}
			if _, got := scripted(t, waits(1000, test.regions), test.o); !slices.Equal(got, test.want) {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestProfilesOfTasks(t *testing.T) {
	for _, test := range []struct {
		name, events string
		want         []string
	}{
		{"from begin to end", "150 1 begin task=7\n350 1 end task=7", []string{"syscall 2 20 s"}},
		{"its first end counts", "150 1 begin task=7\n350 1 end task=7\n550 1 end task=7", []string{"syscall 2 20 s"}},
		{"ended by another", "150 1 begin task=7\n350 2 end task=7", []string{"syscall 2 20 s"}},
		{"without an end", "750 1 begin task=7", []string{"syscall 2 20 s"}},
		{"without a beginning: regions", "350 1 begin region=r task=7\n450 1 end region=r task=7\n500 1 end task=7", []string{"syscall 1 10 s"}},
		{"a region in the task counts once", "150 1 begin task=7\n160 1 begin region=r task=7\n250 1 end region=r task=7\n350 1 end task=7", []string{"syscall 2 20 s"}},
		{"a region of its subtask", "150 9 begin task=7\n160 9 begin task=8 parent=7\n350 1 begin region=r task=8\n450 1 end region=r task=8", []string{"syscall 1 10 s"}},
		{"another task", "100 1 begin task=6\n150 9 begin task=7\n450 9 end task=7", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := Options{Task: 7, Kinds: []Kind{Syscall}}
			if _, got := scripted(t, waits(1000, test.events), o); !slices.Equal(got, test.want) {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// TestProfilesOfTasksWithGoroutines has goroutines that are created for the
// task count, until it ends, and the runtime's not.
func TestProfilesOfTasksWithGoroutines(t *testing.T) {
	const text = `
		0 1 unknown>running
		5 2 none>runnable by=1 start=early
		10 1 begin task=7
		20 3 none>runnable by=1 start=late
		21 4 none>runnable by=3 start=later
		22 5 none>runnable by=1 start=runtime.worker
		30 2 runnable>running
		31 3 runnable>running
		32 4 runnable>running
		33 5 runnable>running
		40 2 running>syscall at=a
		41 3 running>syscall at=b
		42 4 running>syscall at=c
		43 5 running>syscall at=d
		50 2 syscall>running
		51 3 syscall>running
		52 5 syscall>running
		60 1 end task=7
		62 4 syscall>running
		70 3 running>syscall at=b
		80 3 syscall>running`
	_, got := scripted(t, text, Options{Task: 7, Kinds: []Kind{Syscall}})
	if want := []string{"syscall 1 10 b", "syscall 1 18 c"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestProfilesOfAFile holds the profiles against the index.
func TestProfilesOfAFile(t *testing.T) {
	for _, kind := range workload.Kinds() {
		t.Run(kind, func(t *testing.T) {
			f, err := exectrace.FromBytes(record(t, kind, 1))
			if err != nil {
				t.Fatal(err)
			}
			list, lost, err := Profiles(f, Options{})
			if err != nil || len(lost) > 0 {
				t.Fatal(lost, err)
			}
			x, err := exectrace.Read(f)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range delaysOfIndex(x) {
				var got time.Duration
				for _, s := range list[i].Sample {
					got += time.Duration(s.Value[1])
				}
				if got != want {
					t.Errorf("%s: %v, and %v in the index", list[i].Kind, got, want)
				}
				if list[i].TimeNanos != x.Wall(x.Start).UnixNano() || list[i].DurationNanos != int64(x.Duration()) {
					t.Errorf("%s: at %d for %d", list[i].Kind, list[i].TimeNanos, list[i].DurationNanos)
				}
			}
		})
	}
}

// delaysOfIndex are the sums of all kinds, of what has a beginning and an end. A system call
// may be two intervals: its end is that of the second.
func delaysOfIndex(x *exectrace.Trace) (sums [len(kinds)]time.Duration) {
	for g := range x.Goroutines() {
		var call time.Duration
		for iv := range x.Intervals(g) {
			took := iv.End.Sub(iv.Start)
			if iv.State == exectrace.StateSyscall || iv.State == exectrace.StateSyscallBlocked {
				call += took
				continue
			}
			sums[kindSyscall] += call
			call = 0
			switch {
			case iv.End == x.End: // it goes on
			case iv.State == exectrace.StateWaiting && stats.WaitFor(iv.Reason) == stats.WaitNetwork:
				sums[kindNet] += took
			case iv.State == exectrace.StateWaiting && stats.WaitFor(iv.Reason) == stats.WaitSync:
				sums[kindSync] += took
			case iv.State == exectrace.StateRunnable:
				sums[kindSched] += took
			}
		}
		if call > 0 && g.Ended != 0 && g.Ended < x.End {
			sums[kindSyscall] += call
		}
	}
	return sums
}

// TestProfilesOfRegionsOfAFile holds the profile of regions against the index. Their
// goroutines come and go meanwhile.
func TestProfilesOfRegionsOfAFile(t *testing.T) {
	f, err := exectrace.FromBytes(record(t, "tasks", 4))
	if err != nil {
		t.Fatal(err)
	}
	x, err := exectrace.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	var want, got time.Duration
	for r := range x.Regions() {
		if g, _ := x.Goroutine(r.Goroutine); r.Type == "fetch" {
			want += stats.Between(x, g, r.Start, r.End).Runnable
		}
	}
	list, _, err := Profiles(f, Options{Region: "fetch", Kinds: []Kind{Sched}})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list[0].Sample {
		got += time.Duration(s.Value[1])
	}
	if got != want || want == 0 {
		t.Errorf("%v, and %v in the index", got, want)
	}
}

// small is a trace with a bit of what profiles count and filters look at: a
// fuzzer gets further with few bytes.
func small(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		t.Fatal(err)
	}
	ctx, task := trace.NewTask(context.Background(), "task")
	done := make(chan int)
	go func() {
		trace.WithRegion(ctx, "fetch", func() { time.Sleep(time.Microsecond) }) // what is recorded
		close(done)
	}()
	<-done
	task.End()
	trace.Stop()
	return b.Bytes()
}

// FuzzProfiles reads bytes as a trace: no panic, and profiles that are valid.
func FuzzProfiles(f *testing.F) {
	f.Add(record(f, "idle", 1))
	b := small(f)
	f.Add(b)
	f.Add(b[:len(b)*2/3])
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := exectrace.FromBytes(b)
		if err != nil {
			t.Skip()
		}
		for _, o := range []Options{{}, {AsGoTool: true}, {Region: "fetch"}, {Task: 1}, {Func: "runtime.main", From: 1 << 20}} {
			list, _, err := Profiles(file, o)
			if err != nil {
				continue
			}
			for _, p := range list {
				if err := p.CheckValid(); err != nil {
					t.Errorf("%+v: %v", o, err)
				}
				for _, s := range p.Sample {
					if s.Value[0] <= 0 || s.Value[1] <= 0 {
						t.Errorf("%+v: %d delays of %d ns", o, s.Value[0], s.Value[1])
					}
				}
			}
		}
	})
}
