package delay

import (
	"fmt"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/table"
)

// taskTimes is the filter for a task: it finds the times that goroutines spend
// on it or on its subtasks. go tool trace has none.
type taskTimes struct {
	task    trace.TaskID
	family  map[trace.TaskID]bool
	begunBy map[trace.TaskID]trace.GoID // tasks of the family that are open
	members map[trace.GoID]membership
	found   map[trace.GoID][]window
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

func newTaskTimes(task trace.TaskID) *taskTimes {
	return &taskTimes{
		task: task, family: map[trace.TaskID]bool{task: true}, begunBy: map[trace.TaskID]trace.GoID{},
		members: map[trace.GoID]membership{}, found: map[trace.GoID][]window{},
	}
}

func (t *taskTimes) Event(ev *trace.Event) {
	if t.ended {
		return
	}
	t.now = exectrace.Time(ev.Time())
	if !t.any {
		t.begin, t.any = t.now, true
	}
	switch ev.Kind() {
	case trace.EventTaskBegin:
		t.taskBegin(ev.Task(), ev.Goroutine())
	case trace.EventTaskEnd:
		t.taskEnd(ev.Task())
	case trace.EventRegionBegin:
		if t.has(ev.Region().Task) {
			t.enter(ev.Goroutine())
		}
	case trace.EventRegionEnd:
		if t.has(ev.Region().Task) {
			t.regionEnd(ev.Goroutine())
		}
	case trace.EventLog:
		t.has(ev.Log().Task)
	case trace.EventStateTransition:
		t.transition(ev)
	}
}

func (t *taskTimes) has(task trace.TaskID) bool {
	t.seen = t.seen || task == t.task
	return t.family[task]
}

func (t *taskTimes) taskBegin(task trace.Task, by trace.GoID) {
	if !t.has(task.ID) && !t.family[task.Parent] {
		return
	}
	t.family[task.ID] = true
	t.begunBy[task.ID] = by
	t.enter(by)
}

func (t *taskTimes) taskEnd(task trace.Task) {
	if !t.has(task.ID) {
		return
	}
	if by, ok := t.begunBy[task.ID]; ok {
		delete(t.begunBy, task.ID) // tasks may be ended again
		t.leave(by)
	}
	if task.ID == t.task {
		t.Gap()
		t.ended = true
	}
}

func (t *taskTimes) regionEnd(id trace.GoID) {
	if t.members[id].reasons == 0 { // it began before
		t.members[id] = membership{t.begin, 1}
	}
	t.leave(id)
}

// transition has goroutines be born into the task, and die.
func (t *taskTimes) transition(ev *trace.Event) {
	st := ev.StateTransition()
	if st.Resource.Kind != trace.ResourceGoroutine {
		return
	}
	switch from, to := st.Goroutine(); {
	case to == trace.GoNotExist:
		t.close(st.Resource.Goroutine())
	case from == trace.GoNotExist && t.members[ev.Goroutine()].reasons > 0:
		if f, _ := startFrame(st.Stack); !(exectrace.Goroutine{Name: f}).System() {
			t.enter(st.Resource.Goroutine())
		}
	}
}

func (t *taskTimes) enter(id trace.GoID) {
	m := t.members[id]
	if m.reasons == 0 {
		m.since = t.now
	}
	m.reasons++
	t.members[id] = m
}

func (t *taskTimes) leave(id trace.GoID) {
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

func (t *taskTimes) close(id trace.GoID) {
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
