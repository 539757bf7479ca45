package exectrace

import (
	"cmp"
	"slices"
	"sort"
	"strconv"

	"example.com/tracelab/exectrace/internal/table"
)

// WorkerRole is how it is known that a goroutine worked for a task.
type WorkerRole uint8

// The roles.
const (
	WorkerOwn      WorkerRole = iota // it began the task, ended it, or created the one that ended it
	WorkerStarted                    // it was started for the task: by another worker, while the task was open
	WorkerFollowed                   // a wait of another worker was replaced by what it did: see Trace.Breakdown
)

var workerRoles = [...]string{"own", "started", "followed"}

// String returns the name of the role, such as "started".
func (r WorkerRole) String() string {
	if int(r) < len(workerRoles) {
		return workerRoles[r]
	}
	return "WorkerRole(" + strconv.Itoa(int(r)) + ")"
}

// Worker is a goroutine that worked for a task.
type Worker struct {
	Goroutine GoID
	Role      WorkerRole
	// From and To are the time in which it did, within that of the task. Of one that is
	// followed it is from the first segment that it has to the last.
	From, To Time
	// Task is the innermost task that it was started for, or worked for when it was
	// followed first: the task itself, or one within it.
	Task TaskID
}

// Workers returns the goroutines that worked for a task, segments being what Breakdown
// returns of it: those of the task itself, then those that were started for it, whether
// anything waited for them or not, and then the others that Breakdown followed, such as
// those of net/http's client. Within these they are in the order of their times. A
// goroutine is there once. Of a task of no duration there are none.
func (t *Trace) Workers(k Task, segments []Segment) []Worker {
	if k.End <= k.Start {
		return nil
	}
	w := workers{t: t, task: k, known: map[int32]int{}}
	w.own()
	w.started()
	w.followed(segments)
	slices.SortStableFunc(w.all, func(a, b Worker) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.From, b.From))
	})
	return w.all
}

// workers collects those of a task.
type workers struct {
	t     *Trace
	task  Task
	all   []Worker
	index []int32       // of goroutines, as all
	known map[int32]int // by goroutine: its place in all
}

func (w *workers) add(g int32, one Worker) {
	if _, known := w.known[g]; known || g == none || one.From >= one.To {
		return
	}
	one.Goroutine = w.t.idOf(g)
	w.known[g] = len(w.all)
	w.all, w.index = append(w.all, one), append(w.index, g)
}

// own adds those that Breakdown follows first, and the one that began the task.
func (w *workers) own() {
	b := w.t.newBreakdown()
	b.task = &w.task
	for _, s := range slices.Backward(b.path()) {
		w.add(s.goroutine, Worker{Role: WorkerOwn, From: s.from, To: s.to, Task: w.task.ID})
	}
	for _, g := range b.self {
		w.add(g, Worker{Role: WorkerOwn, From: w.task.Start, To: w.task.End, Task: w.task.ID})
	}
}

// started adds those that workers created while the task was open, and so on.
func (w *workers) started() {
	created, lookups := w.t.created(), w.t.lookups()
	for next := 0; next < len(w.all); next++ {
		g := w.index[next]
		list := created.Of(g)
		first := sort.Search(len(list), func(i int) bool { return list[i].at >= w.task.Start })
		for _, c := range list[first:] {
			if c.at >= w.task.End {
				break
			}
			one := Worker{Role: WorkerStarted, From: c.at, To: w.task.End, Task: w.task.ID}
			if ended := w.t.ended(w.t.goroutine(c.whom)); ended != 0 {
				one.To = min(one.To, ended)
			}
			if task, _ := w.t.serving(lookups, g, c.at); task != none && w.t.isWithin(w.t.tasks.At(int(task)).id, w.task.ID) {
				one.Task = w.t.tasks.At(int(task)).id
			}
			w.add(c.whom, one)
		}
	}
}

// followed adds the other goroutines of segments.
func (w *workers) followed(segments []Segment) {
	for _, s := range segments {
		g := w.t.indexAt(s.Goroutine, s.Start)
		w.add(g, Worker{Role: WorkerFollowed, From: s.Start, To: s.End, Task: s.Task})
		if i, known := w.known[g]; known && w.all[i].Role == WorkerFollowed {
			w.all[i].To = max(w.all[i].To, s.End)
		}
	}
}

// creation is when a goroutine created another.
type creation struct {
	at   Time
	whom int32
}

// newCreated finds whom each goroutine created, in the order of time.
func (t *Trace) newCreated() *table.Groups[creation] {
	all := table.NewGroups(t.goroutines.Len(), func(yield func(int32, creation) bool) {
		for i := range t.goroutines.All() {
			if at, by, known := t.birth(int32(i)); known && by != none && !yield(by, creation{at, int32(i)}) {
				return
			}
		}
	})
	for list := range all.Lists() {
		slices.SortFunc(list, func(a, b creation) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.whom, b.whom)) })
	}
	return all
}
