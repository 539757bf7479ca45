package delay

import (
	"fmt"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/table"
)

// taskTimes is the filter for a task: it finds the times that goroutines spend
// on it or on its subtasks. go tool trace has none.
type taskTimes struct {
	task    uint64
	family  map[uint64]bool
	begunBy map[uint64]int64 // tasks of the family that are open
	members map[int64]membership
	found   map[int64][]window
	begin   exectrace.Time // of what is known
	now     exectrace.Time
	any     bool // begin is set
	seen    bool // the task
	ended   bool
}

// membership is a time that a goroutine has begun to spend on the task, for as
// many reasons.
type membership struct {
	since   exectrace.Time
	reasons int
}

func newTaskTimes(task uint64) *taskTimes {
	return &taskTimes{
		task: task, family: map[uint64]bool{task: true}, begunBy: map[uint64]int64{},
		members: map[int64]membership{}, found: map[int64][]window{},
	}
}

func (t *taskTimes) Event(tables *decode.Tables, ev *decode.Event) {
	if t.ended {
		return
	}
	t.now = exectrace.Time(ev.Time)
	if !t.any {
		t.begin, t.any = t.now, true
	}
	switch ev.Kind() {
	case decode.TaskBeginKind:
		task, parent, _ := ev.Task()
		t.taskBegin(task, parent, ev.Goroutine)
	case decode.TaskEndKind:
		task, _, _ := ev.Task()
		t.taskEnd(task)
	case decode.RegionBeginKind:
		if task, _ := ev.Region(); t.has(task) {
			t.enter(ev.Goroutine)
		}
	case decode.RegionEndKind:
		if task, _ := ev.Region(); t.has(task) {
			t.regionEnd(ev.Goroutine)
		}
	case decode.LogKind:
		task, _, _ := ev.Log()
		t.has(task)
	case decode.TransitionKind:
		t.transition(tables, ev)
	}
}

func (t *taskTimes) has(task uint64) bool {
	t.seen = t.seen || task == t.task
	return t.family[task]
}

func (t *taskTimes) taskBegin(task, parent uint64, by int64) {
	if !t.has(task) && !t.family[parent] {
		return
	}
	t.family[task] = true
	t.begunBy[task] = by
	t.enter(by)
}

func (t *taskTimes) taskEnd(task uint64) {
	if !t.has(task) {
		return
	}
	if by, ok := t.begunBy[task]; ok {
		delete(t.begunBy, task) // tasks may be ended again
		t.leave(by)
	}
	if task == t.task {
		t.Gap()
		t.ended = true
	}
}

func (t *taskTimes) regionEnd(id int64) {
	if t.members[id].reasons == 0 { // it began before
		t.members[id] = membership{t.begin, 1}
	}
	t.leave(id)
}

// transition has goroutines be born into the task, and die.
func (t *taskTimes) transition(tables *decode.Tables, ev *decode.Event) {
	id, ok := ev.OfGoroutine()
	switch {
	case !ok:
	case ev.To == decode.NotExist:
		t.close(id)
	case ev.From == decode.NotExist && t.members[ev.Goroutine].reasons > 0:
		if f, _ := startFrame(tables, ev.TransitionStack()); !(exectrace.Goroutine{Name: f}).System() {
			t.enter(id)
		}
	}
}

func (t *taskTimes) enter(id int64) {
	m := t.members[id]
	if m.reasons == 0 {
		m.since = t.now
	}
	m.reasons++
	t.members[id] = m
}

func (t *taskTimes) leave(id int64) {
	m := t.members[id]
	switch m.reasons {
	case 0:
	case 1:
		t.close(id)
	default:
		m.reasons--
		t.members[id] = m
	}
}

func (t *taskTimes) close(id int64) {
	if m, ok := t.members[id]; ok {
		t.found[id] = append(t.found[id], window{Start: m.since, End: t.now})
		delete(t.members, id)
	}
}

func (t *taskTimes) Gap() {
	for id := range t.members {
		t.close(id)
	}
	clear(t.begunBy)
	t.any = false
}

func (t *taskTimes) times() (goroutineTimes, error) {
	t.Gap()
	if !t.seen {
		return nil, fmt.Errorf("the trace has no task %d", t.task)
	}
	times := goroutineTimes{}
	for id, list := range t.found {
		times[id] = table.Union(list)
	}
	return times, nil
}
