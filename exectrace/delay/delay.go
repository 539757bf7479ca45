// Package delay computes where the goroutines of a Go execution trace were delayed, as
// profiles for go tool pprof: by waiting for the network, for each other, for system
// calls and for a processor. The profiles are those of go tool trace -pprof, which
// options restrict to a part of the trace.
package delay

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/google/pprof/profile"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/analysis"
	"example.com/tracelab/exectrace/internal/events"
)

// Kind is the kind of delays that a profile counts.
type Kind string

// The kinds of delays, as cmd/trace/pprof.go of Go defines them. Their values are the
// names that go tool trace -pprof takes.
const (
	Net     Kind = "net"     // waiting for the network, for a pipe or for a terminal
	Sync    Kind = "sync"    // waiting for a channel, in a select or for a primitive of package sync
	Syscall Kind = "syscall" // in a system call
	Sched   Kind = "sched"   // runnable, waiting for a processor
)

// Kinds returns all kinds, in the order of their declaration.
func Kinds() []Kind { return []Kind{kinds[0], kinds[1], kinds[2], kinds[3]} }

// Options are the options of Profiles. The zero value counts all delays of the trace. Of
// several filters all must match: the part of a delay counts that all of them select.
type Options struct {
	// Kinds are the kinds to compute; none means all.
	Kinds []Kind
	// AsGoTool counts as go tool trace of Go 1.26 does, for a trace without damage. Its
	// sched profile leaves out the wait of a goroutine until it first runs. With Func
	// the profiles are those of the page /goroutine, with Region those of /userregion.
	AsGoTool bool

	// Goroutine is the id of the only goroutine whose delays count; zero: all.
	Goroutine exectrace.GoID
	// Func is the function that goroutines whose delays count were started with, such
	// as main.main.func1; empty: any.
	Func string
	// Region is the type of the regions in which delays count; empty: everywhere. A
	// region that begins before the trace, or ends after it, lasts from its start, or
	// to its end.
	Region string
	// RegionMin and RegionMax are the shortest and the longest duration of such a
	// region; zero: any. They need a Region.
	RegionMin, RegionMax time.Duration
	// Task is the id of a task; zero: any. Delays count while a goroutine works for the
	// task or its subtasks, until the task ends: for the goroutine that begins one,
	// from its begin to its end; for any goroutine, in regions of one; and for
	// goroutines created in these times, all of their life.
	Task exectrace.TaskID
	// From and To are the time in which delays count. Zero means from the start, or to
	// the end, of the trace. A delay that goes on at To counts up to it. A wait that is older
	// than the generation that From is in does not count: nothing says for what it is.
	From, To exectrace.Time
}

// Profile is a profile of delays. It has a sample for each stack at which delays began,
// with two values: the number of these delays, and their sum in nanoseconds. The stack
// is that of the event that began the delay. In a profile of kind Sched it is the stack
// of the goroutine that made the delayed one runnable, and empty if the runtime did.
type Profile struct {
	Kind Kind
	*profile.Profile
	// Unfinished is the number of delays that had not ended when the trace ended. As
	// in go tool trace they are not in the profile.
	Unfinished int
	// Dropped is the number of delays that began before a damaged part of the trace
	// and had not ended there. Their duration is not known, and they are not in the
	// profile.
	Dropped int
}

// Profiles returns a profile for each of o.Kinds, in that order, and the parts of f
// that could not be read. It reads the time of f that is asked for. For filters by Func,
// Region or Task, and AsGoTool, it reads f from its beginning first. The error is not nil if no event can be read, if the options contradict each
// other, or if the trace does not have the goroutine, function, region or task that a
// filter names.
func Profiles(f *exectrace.File, o Options) ([]Profile, []exectrace.Loss, error) {
	if o.AsGoTool {
		f = f.AsGoTool()
	}
	before := f // and the time that is asked for: filters go by what was before
	if o.To != 0 {
		before = f.Between(math.MinInt64, o.To)
	}
	if o.From != 0 || o.To != 0 {
		from := o.From
		if from == 0 {
			from = math.MinInt64
		}
		f = f.Between(from, cmp.Or(o.To, math.MaxInt64))
	}
	return profilesOf(f, o,
		func(filters ...events.Consumer) ([]exectrace.Loss, error) { return analysis.Each(before, filters...) },
		func(consumers ...events.Consumer) ([]exectrace.Loss, error) { return analysis.Each(f, consumers...) })
}

// profilesOf is Profiles with other ways to read the events.
func profilesOf(f *exectrace.File, o Options, filtered, each func(...events.Consumer) ([]exectrace.Loss, error)) ([]Profile, []exectrace.Loss, error) {
	d, err := newDelays(o)
	if err != nil {
		return nil, nil, err
	}
	if o.From > cmp.Or(o.To, math.MaxInt64) {
		return nil, nil, fmt.Errorf("the profile is to end %v before it begins", o.From.Sub(o.To))
	}
	if o.Region == "" && (o.RegionMin != 0 || o.RegionMax != 0) {
		return nil, nil, errors.New("how long a region takes can be bound only with the region's type")
	}
	var lost []exectrace.Loss
	if d.scope, lost, err = newScope(o, filtered); err != nil {
		return nil, lost, err
	}
	lost, err = each(d)
	if err == nil && o.Goroutine != 0 && !d.seen {
		err = fmt.Errorf("the trace has no goroutine %d", o.Goroutine)
	}
	if err != nil {
		return nil, lost, err
	}
	return d.profiles(f, o), lost, nil
}

// newScope reads what filters have to know before delays are counted.
func newScope(o Options, each func(...events.Consumer) ([]exectrace.Loss, error)) (*scope, []exectrace.Loss, error) {
	s := &scope{time: window{Start: o.From, End: cmp.Or(o.To, math.MaxInt64)}, goroutine: int64(o.Goroutine)}
	filters := o.filters()
	if len(filters) == 0 {
		return s, nil, nil
	}
	consumers := make([]events.Consumer, len(filters))
	for i, filter := range filters {
		consumers[i] = filter
	}
	lost, err := each(consumers...)
	for i := 0; i < len(filters) && err == nil; i++ {
		var times goroutineTimes
		if times, err = filters[i].times(); err == nil {
			s.restrict(times)
		}
	}
	return s, lost, err
}

// filter is what finds the times of goroutines that count.
type filter interface {
	events.Consumer
	times() (goroutineTimes, error)
}

func (o Options) filters() (list []filter) {
	// The tool's region pages do not clip goroutines, its others do.
	if o.Func != "" || o.AsGoTool && o.Region == "" && o.Task == 0 {
		list = append(list, newLifetimes(o.Func, o.AsGoTool && o.Region == "" && o.Task == 0))
	}
	if o.Region != "" {
		list = append(list, newRegionTimes(o))
	}
	if o.Task != 0 {
		list = append(list, newTaskTimes(uint64(o.Task)))
	}
	return list
}
