package report

import (
	"cmp"
	"slices"
	"time"

	"example.com/tracelab/exectrace"
)

// Task is a task in a list.
type Task struct {
	ID       exectrace.TaskID `json:"task"`
	Parent   exectrace.TaskID `json:"parent,omitempty"`
	Name     string           `json:"name"`
	At       time.Duration    `json:"at_ns"`
	Duration time.Duration    `json:"duration_ns"`
	Complete bool             `json:"complete"`
	BegunBy  exectrace.GoID   `json:"begun_by,omitempty"`
	EndedBy  exectrace.GoID   `json:"ended_by,omitempty"`
	Doubtful bool             `json:"doubtful,omitempty"` // states may be wrong then: see exectrace.Loss
}

// NewTask returns the row of a task.
func NewTask(t *exectrace.Trace, k exectrace.Task) Task {
	return Task{k.ID, k.Parent, k.Name, k.Start.Sub(t.Began), k.End.Sub(k.Start), k.Begun && k.Ended, k.BegunBy, k.EndedBy, t.Doubtful(k.Start, k.End)}
}

// TaskTree is a task with all that belongs to it.
type TaskTree struct {
	Task
	Stack    []Place      `json:"stack,omitempty"`  // where it was begun
	States   []TaskState  `json:"states,omitempty"` // what its time was spent on, the most first
	Regions  []TaskRegion `json:"regions,omitempty"`
	Logs     []TaskLog    `json:"logs,omitempty"`
	Children []*TaskTree  `json:"children,omitempty"`
}

// TaskState is how long a task was in a state.
type TaskState struct {
	State    string        `json:"state"`
	Duration time.Duration `json:"duration_ns"`
	Inferred time.Duration `json:"inferred_ns,omitempty"` // of it: concluded, not recorded by an event
}

// TaskRegion is a region of a task.
type TaskRegion struct {
	Type      string         `json:"type"`
	Goroutine exectrace.GoID `json:"goroutine"`
	At        time.Duration  `json:"at_ns"`
	Duration  time.Duration  `json:"duration_ns"`
	Complete  bool           `json:"complete"`
}

// TaskLog is a message of a task.
type TaskLog struct {
	Goroutine exectrace.GoID `json:"goroutine"`
	At        time.Duration  `json:"at_ns"`
	Category  string         `json:"category,omitempty"`
	Message   string         `json:"message"`
}

// newStates sums up the tiles of a task.
func newStates(t *exectrace.Trace, k exectrace.Task) (rows []TaskState) {
	for _, segment := range t.Breakdown(k) {
		i := slices.IndexFunc(rows, func(r TaskState) bool { return r.State == segment.State.String() })
		if i < 0 {
			i = len(rows)
			rows = append(rows, TaskState{State: segment.State.String()})
		}
		d := segment.End.Sub(segment.Start)
		rows[i].Duration += d
		if segment.Inferred {
			rows[i].Inferred += d
		}
	}
	slices.SortStableFunc(rows, func(a, b TaskState) int { return cmp.Compare(b.Duration, a.Duration) })
	return rows
}
