package exectrace

// TaskID is the runtime's name of a task. Zero is the background task, to which
// all belongs that has no other.
type TaskID uint64

// Task is one of runtime/trace.NewTask.
type Task struct {
	ID     TaskID
	Parent TaskID // zero: none
	Name   string
	// Begun and Ended say whether the trace tells of its beginning and its end;
	// otherwise Start and End are those of the trace.
	Begun, Ended bool
	Start, End   Time
	BeganOn      GoID // the goroutines that began and ended it, where it is known
	EndedOn      GoID

	startedAt stackID
}

// StartedAt says where the task was begun, the innermost frame first.
func (t *Trace) StartedAt(task *Task) []Frame { return t.stacks.stack(task.startedAt) }

// Region is one of runtime/trace.StartRegion or WithRegion.
type Region struct {
	Type      string
	Task      TaskID
	Goroutine GoID
	// Begun and Ended say whether the trace tells of its beginning and its end;
	// otherwise Start and End are those of the trace, or of the goroutine.
	Begun, Ended bool
	Start, End   Time

	startedAt stackID
	from      stepID // what its goroutine did when it began
}

// RegionStartedAt says where the region was begun, the innermost frame first.
func (t *Trace) RegionStartedAt(r *Region) []Frame { return t.stacks.stack(r.startedAt) }

// Log is a message of runtime/trace.Log or Logf.
type Log struct {
	At        Time
	Task      TaskID
	Goroutine GoID
	Category  string
	Message   string
}

// Sample is one of a CPU profile.
type Sample struct {
	At        Time
	Goroutine GoID // zero: none
	stack     stackID
}

// SampleStack says where the sample was taken, the innermost frame first.
func (t *Trace) SampleStack(s Sample) []Frame { return t.stacks.stack(s.stack) }

// Range is a time in which the runtime did something special.
type Range struct {
	Name       string // in the runtime's words, such as "GC mark assist" or "stop-the-world (GC sweep termination)"
	Start, End Time
	Goroutine  GoID // that did it; zero: it is the whole program's, or a processor's
	Proc       int64
}
