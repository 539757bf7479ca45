package timeline

import (
	"cmp"
	"math"
	"net/url"
	"slices"
	"strconv"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/web/execution"
)

// taskTree orders tasks: each before those within it, and these in the order in which they
// began. None has more than what is asked of all, since there may be many.
type taskTree struct {
	x       *executions.Execution
	all     []treeTask // in the order in which they began
	visited []bool
	listing *listing
}

type treeTask struct {
	listedLane
	parent      int64
	child, next int32 // in all: the first within it, and the next within the same one; -1: none
}

func newTaskListing(x *executions.Execution) *listing {
	t := &taskTree{x: x, listing: &listing{x: x, kind: lanes.Task, depths: []uint8{}}}
	for k := range x.Lanes.Trace.Tasks() {
		if k.ID != 0 {
			from := since(x, k.Start)
			t.all = append(t.all, treeTask{listedLane{int64(k.ID), from, max(since(x, k.End), from+1)}, int64(k.Parent), -1, -1})
		}
	}
	slices.SortStableFunc(t.all, func(a, b treeTask) int { return cmp.Compare(a.From, b.From) })
	roots := t.link()
	t.visited = make([]bool, len(t.all))
	for _, i := range roots {
		t.add(i)
	}
	for i := range t.all { // tasks of a damaged trace may be within each other
		t.add(int32(i))
	}
	t.listing.all = len(t.all)
	return t.listing
}

// link finds what is within what, and returns the others.
func (t *taskTree) link() (roots []int32) {
	at := make(map[int64]int32, len(t.all))
	for i := range t.all {
		at[t.all[i].ID] = int32(i)
	}
	for i := len(t.all) - 1; i >= 0; i-- {
		one := &t.all[i]
		parent, known := at[one.parent]
		if !known {
			roots = append(roots, int32(i))
			continue
		}
		one.next, t.all[parent].child = t.all[parent].child, int32(i)
	}
	slices.Reverse(roots)
	return roots
}

// add lists a task, and those within it.
func (t *taskTree) add(first int32) {
	type place struct {
		i     int32
		depth int
	}
	for stack := []place{{first, 0}}; len(stack) > 0; {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if t.visited[p.i] {
			continue
		}
		t.visited[p.i] = true
		one := &t.all[p.i]
		if l := t.listing; len(l.lanes) < mostLanes {
			l.lanes, l.depths = append(l.lanes, one.listedLane), append(l.depths, uint8(min(p.depth, math.MaxUint8)))
		}
		if one.next >= 0 && p.i != first {
			stack = append(stack, place{one.next, p.depth})
		}
		if one.child >= 0 {
			stack = append(stack, place{one.child, p.depth + 1})
		}
	}
}

// mostWorkers is how many goroutines of a task are shown.
const mostWorkers = 20

// taskPlace is what is said of a task.
type taskPlace struct {
	ID      uint64
	Address string // of its page
	Name    string
	Time    span
	Parent  *who
	Workers []worker // its goroutines, and those that they started for it
	More    int      // goroutines that are not shown
	Open    bool     // the trace lacks its begin or its end
}

// worker is a goroutine that worked for a task.
type worker struct {
	who
	span
}

// task adds what is known of the task of a lane.
func (out *place) task(x *executions.Execution, one exectrace.TaskID) {
	k, ok := x.Lanes.Trace.Task(one)
	if !ok {
		return
	}
	t := &taskPlace{ID: uint64(one), Address: execution.Path + "/" + url.PathEscape(x.ID) + "/task?id=" + strconv.FormatUint(uint64(one), 10), Name: display.Text(k.Name, longestName), Time: spanOf(x, k.Start, k.End), Open: !k.Begun || !k.Ended}
	if parent, ok := x.Lanes.Trace.Task(k.Parent); ok && k.Parent != 0 {
		t.Parent = whoIs(x, id{Lane: lanes.Lane{Kind: lanes.Task, ID: int64(parent.ID)}}, parent.Start)
	}
	workers := x.Lanes.Trace.Workers(k, nil)
	for _, w := range workers[:min(len(workers), mostWorkers)] {
		t.Workers = append(t.Workers, worker{*whoIs(x, goroutineID(int64(w.Goroutine)), w.From), spanOf(x, w.From, w.To)})
	}
	t.More = len(workers) - len(t.Workers)
	out.Task = t
}
