package gotool

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
)

// viewerTask is what the viewer draws of a task: its time, and when the goroutine that began it
// executed.
func viewerTask(t *testing.T, tool pages, k exectrace.Task) (task slice, executed []slice) {
	t.Helper()
	type drawn struct {
		TraceEvents []struct {
			Name, Ph string
			Tid      uint64
			Ts, Dur  float64 // in µs
			Arg      struct{ ID uint64 }
			Args     struct{ ID uint64 }
		}
	}
	for _, ev := range pageJSON[drawn](tool, "jsontrace", url.Values{"taskid": {fmt.Sprint(uint64(k.ID))}}).TraceEvents {
		if ev.Ph != "X" {
			continue
		}
		s := slice{from: time.Duration(ev.Ts*1000 + .5), goroutine: exectrace.GoID(ev.Tid)}
		s.to = s.from + time.Duration(ev.Dur*1000+.5)
		switch {
		case ev.Name == k.Name && (ev.Arg.ID == uint64(k.ID) || ev.Args.ID == uint64(k.ID)):
			task = s
		case strings.HasPrefix(ev.Name, "G") && s.goroutine == k.BegunBy:
			executed = append(executed, s)
		}
	}
	return task, executed
}

// TestTasksAreTheViewers asks at moments of some tasks whether the goroutine that began them
// executed, as the viewer of a task draws it.
func TestTasksAreTheViewers(t *testing.T) {
	trace := record(t, "tasks", 1)
	tool := serve(t, trace.path)
	l, err := lanes.Read(trace.File)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	tasks, did, waited := 0, 0, 0
	for k := range l.Trace.Tasks() {
		if !k.Begun || !k.Ended || k.BegunBy == 0 || random.IntN(10) > 0 {
			continue
		}
		task, executed := viewerTask(t, tool, k)
		if task.to-task.from != k.End.Sub(k.Start) {
			t.Fatalf("%+v: the viewer has %+v", k, task)
		}
		for range 100 {
			after := time.Duration(random.Int64N(int64(task.to - task.from)))
			list, _ := l.Segments(lanes.Lane{Kind: lanes.Task, ID: int64(k.ID)}, k.Start.Add(after), k.Start.Add(after)+1, 2)
			if len(list) != 1 || list[0].Goroutine != k.BegunBy {
				t.Fatalf("%+v after %v: %+v", k, after, list)
			}
			_, want := at(executed, task.from+after)
			if got := list[0].State == lanes.Running || list[0].State == lanes.Syscall; got != want {
				t.Fatalf("%+v after %v: %+v; the viewer has it execute: %t, in %+v", k, after, list[0], want, executed)
			}
			if want {
				did++
			} else {
				waited++
			}
		}
		tasks++
	}
	t.Logf("%d tasks: goroutines executed at %d places, and not at %d", tasks, did, waited)
	if did == 0 || waited == 0 {
		t.Error("no moment has anything to compare")
	}
}
