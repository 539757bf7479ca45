package exectrace

import (
	"fmt"
	"strings"
	"testing"
)

// workersText formats workers as "2 started 20-30/8": goroutine 2, which was started for
// task 8.
func workersText(all []Worker) string {
	var lines []string
	for _, w := range all {
		lines = append(lines, fmt.Sprintf("%d %s %d-%d/%d", w.Goroutine, w.Role, w.From, w.To, w.Task))
	}
	return strings.Join(lines, "\n")
}

func TestWorkers(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"one goroutine", begun + `
			20 1 end task=7`, `
			1 own 10-20/7`},
		{"a fan-out, of which the slowest was waited for", begun + `
			12 2 none>runnable by=1 start=quick
			13 3 none>runnable by=1 start=slow
			14 1 running>waiting reason=sync at=sync.(*WaitGroup).Wait<work
			15 2 runnable>running
			20 2 running>none
			21 3 runnable>running
			40 1 waiting>runnable by=3 at=sync.(*WaitGroup).Done<slow
			41 3 running>none
			42 1 runnable>running
			50 1 end task=7`, `
			1 own 10-50/7
			2 started 12-20/7
			3 started 13-41/7`},
		{"what the started have started, in a task within", begun + `
			12 2 none>runnable by=1 start=child
			13 2 runnable>running
			14 2 begin task=8 parent=7
			16 3 none>runnable by=2 start=grandchild
			18 2 end task=8 parent=7
			20 4 none>runnable by=2 start=later
			50 1 end task=7`, `
			1 own 10-50/7
			2 started 12-50/7
			3 started 16-50/8
			4 started 20-50/7`},
		{"not those of before and after", `
			0 0 sync
			1 1 unknown>running
			5 2 none>runnable by=1 start=before
			10 1 begin task=7
			20 1 end task=7
			20 3 none>runnable by=1 start=after
			30 0 sync`, `
			1 own 10-20/7`},
		{"not those of others", besides + `
			12 3 none>runnable by=2 start=other
			20 1 end task=7`, `
			1 own 10-20/7`},
		{"net/http's goroutine that is followed", `
			0 0 sync
			1 1 unknown>running
			1 5 unknown>running
			2 2 none>runnable by=5 start=net/http.(*persistConn).readLoop
			3 2 runnable>running
			10 1 begin task=7
			12 1 begin task=8 parent=7
			15 1 running>waiting reason=select at=runtime.selectgo<net/http.(*persistConn).roundTrip<work
			35 1 waiting>runnable by=2 at=runtime.chansend1<readLoop
			36 1 runnable>running
			38 1 end task=8
			40 1 end task=7`, `
			1 own 10-40/7
			2 followed 15-35/8`},
		{"a task that another goroutine ends, which it started", begun + `
			20 2 none>runnable by=1 start=worker
			21 2 runnable>running
			40 2 end task=7`, `
			1 own 10-20/7
			2 own 20-40/7`},
		{"a task of no duration", begun + `
			10 1 end task=7`, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := scripted(t, c.script)
			k, ok := x.Task(7)
			if !ok {
				t.Fatal("there is no task")
			}
			if got, want := workersText(x.Workers(k, x.Breakdown(k))), trim(c.want); got != want {
				t.Errorf("they are\n%s\nwant\n%s", got, want)
			}
		})
	}
	if got := WorkerRole(9).String(); got != "WorkerRole(9)" {
		t.Error(got)
	}
}

// TestWorkersOfAllTasks of programs, and of a part of an execution trace: each goroutine of
// a task's segments is among its workers, once, within the time of the task.
func TestWorkersOfAllTasks(t *testing.T) {
	for _, kind := range []string{"http", "tasks"} {
		b := record(t, kind, 5)
		for _, b := range [][]byte{b, b[:len(b)*2/3]} {
			n := 0
			x := index(t, b)
			for k := range x.Tasks() {
				segments := x.Breakdown(k)
				there := map[GoID]int{}
				for _, w := range x.Workers(k, segments) {
					if there[w.Goroutine]++; there[w.Goroutine] > 1 || w.From < k.Start || w.To > k.End || w.From >= w.To {
						t.Errorf("%s: worker %+v of task %+v", kind, w, k)
					}
					n++
				}
				for _, s := range segments {
					if s.Goroutine != 0 && there[s.Goroutine] == 0 {
						t.Errorf("%s: goroutine %d has %+v of task %d, and is no worker", kind, s.Goroutine, s, k.ID)
					}
				}
			}
			if n == 0 {
				t.Errorf("%s: no task has a worker", kind)
			}
		}
	}
}
