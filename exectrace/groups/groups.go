// Package groups sums up the goroutines, tasks and regions of a Go execution trace
// that belong together, as the tables of go tool trace do: goroutines by the
// function that they were started with, tasks by name, regions by type.
package groups

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/stats"
)

// GoroutineGroup are the goroutines that were started with the same function.
type GoroutineGroup struct {
	Name  string // the function; empty if the trace does not have it
	Count int
	Stats stats.Stats // the sum of all
}

// Goroutines returns the groups of all goroutines of the trace, the one that ran for
// longest first.
func Goroutines(t *exectrace.Trace) []GoroutineGroup {
	byName := map[string]*GoroutineGroup{}
	var group *GoroutineGroup
	for g := range t.Goroutines() {
		if group == nil || group.Name != g.Name { // of many short ones the next is often of the same name
			group = byName[g.Name]
		}
		if group == nil {
			group = &GoroutineGroup{Name: g.Name, Stats: stats.Stats{Waiting: map[string]time.Duration{}}}
			byName[g.Name] = group
		}
		group.Count++
		group.Stats.AddGoroutine(t, g)
	}
	groups := make([]GoroutineGroup, 0, len(byName))
	for _, group := range byName {
		groups = append(groups, *group)
	}
	slices.SortFunc(groups, func(a, b GoroutineGroup) int {
		return cmp.Or(cmp.Compare(b.Stats.Running, a.Stats.Running), cmp.Compare(a.Name, b.Name))
	})
	return groups
}

// TaskGroup are the tasks of one name.
type TaskGroup struct {
	Name    string
	Count   int              // of all tasks, including those that began before the trace or ended after it
	Lasted  Distribution     // the durations of those that began and ended within the trace
	Slowest []exectrace.Task // at most three of those, the slowest first
}

// Tasks returns the groups of the tasks of which the trace has the begin or the end, in
// the order of their names.
func Tasks(t *exectrace.Trace) []TaskGroup {
	byName := map[string]*TaskGroup{}
	for k := range t.Tasks() {
		if !k.Begun && !k.Ended {
			continue
		}
		group := byName[k.Name]
		if group == nil {
			group = &TaskGroup{Name: k.Name}
			byName[k.Name] = group
		}
		group.Count++
		if k.Begun && k.Ended {
			group.Lasted = append(group.Lasted, k.End.Sub(k.Start))
			group.Slowest = slowest(group.Slowest, k, taskDuration)
		}
	}
	return sortedGroups(byName, func(g *TaskGroup) Distribution { return g.Lasted }, func(a, b TaskGroup) int { return cmp.Compare(a.Name, b.Name) })
}

func taskDuration(k exectrace.Task) time.Duration { return k.End.Sub(k.Start) }

// RegionGroup are the regions of one type that begin in one function.
type RegionGroup struct {
	Type     string
	Name     string             // the function; empty if the trace has no begin of them
	Count    int                // of all regions, including those that began before the trace or ended after it
	Complete int                // of those that began and ended within the trace
	Lasted   Distribution       // the durations of all
	Slowest  []exectrace.Region // at most three, the slowest first
}

// RegionOptions say how regions are grouped.
type RegionOptions struct {
	// AsGoTool groups by the function that the goroutine was started with, as go tool
	// trace does since Go 1.24. That splits what begins at one place, and puts together
	// what begins at several.
	AsGoTool bool
}

// Regions returns the groups of all regions of the trace, in the order of their types
// and functions. As in go tool trace, a region without begin or end lasts as long as
// the trace has it.
func Regions(t *exectrace.Trace, o RegionOptions) []RegionGroup {
	type key struct{ kind, name string }
	groups := map[key]*RegionGroup{}
	functions := map[uint32]string{}
	for r := range t.Regions() {
		function, known := functions[r.StackID()]
		if !known {
			function = RegionFunc(t, r, o)
			functions[r.StackID()] = function
		}
		k := key{r.Type, function}
		group := groups[k]
		if group == nil {
			group = &RegionGroup{Type: k.kind, Name: k.name}
			groups[k] = group
		}
		group.Count++
		if r.Begun && r.Ended {
			group.Complete++
		}
		group.Lasted = append(group.Lasted, regionDuration(r))
		group.Slowest = slowest(group.Slowest, r, regionDuration)
	}
	return sortedGroups(groups, func(g *RegionGroup) Distribution { return g.Lasted }, func(a, b RegionGroup) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Name, b.Name))
	})
}

// RegionFunc returns the function by which Regions groups a region: the one that begins
// it. It is empty if the trace has no begin of it.
func RegionFunc(t *exectrace.Trace, r exectrace.Region, o RegionOptions) string {
	stack := t.RegionStack(r)
	if n := len(stack); n > 0 && o.AsGoTool {
		return stack[n-1].Func
	}
	for _, f := range stack { // from the functions of runtime/trace outwards
		if !strings.HasPrefix(f.Func, "runtime/trace.") {
			return f.Func
		}
	}
	return ""
}

func regionDuration(r exectrace.Region) time.Duration { return r.End.Sub(r.Start) }

// slowest adds x to the three slowest, if it is one.
func slowest[T any](list []T, x T, took func(T) time.Duration) []T {
	const most = 3
	at, _ := slices.BinarySearchFunc(list, took(x), func(y T, d time.Duration) int { return cmp.Compare(d, took(y)) })
	if at == most {
		return list
	}
	list = slices.Insert(list, at, x)
	return list[:min(len(list), most)]
}

func sortedGroups[K comparable, T any](groups map[K]*T, lasted func(*T) Distribution, order func(a, b T) int) []T {
	list := make([]T, 0, len(groups))
	for _, g := range groups {
		slices.Sort(lasted(g))
		list = append(list, *g)
	}
	slices.SortFunc(list, order)
	return list
}

// Distribution is a list of durations in increasing order.
type Distribution []time.Duration

// Quantile returns the duration that a part q of all durations, from 0 to 1, does not
// exceed. It returns 0 for an empty Distribution.
func (d Distribution) Quantile(q float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	return d[min(int(q*float64(len(d))), len(d)-1)]
}

// Bucket counts the durations that are at least From, and less than twice as long.
type Bucket struct {
	From  time.Duration
	Count int
}

// To returns twice b.From, or the longest duration if that is less.
func (b Bucket) To() time.Duration { return b.From + min(b.From, math.MaxInt64-b.From) }

// Buckets returns the number of durations by powers of two in nanoseconds, from the
// shortest to the longest. Buckets between them can be empty.
func (d Distribution) Buckets() []Bucket {
	var buckets []Bucket
	for _, x := range d {
		from := time.Duration(1) << (bits.Len64(uint64(max(x, 1))) - 1)
		for len(buckets) == 0 || buckets[len(buckets)-1].From < from {
			next := from
			if n := len(buckets); n > 0 {
				next = 2 * buckets[n-1].From
			}
			buckets = append(buckets, Bucket{From: next})
		}
		buckets[len(buckets)-1].Count++
	}
	return buckets
}
