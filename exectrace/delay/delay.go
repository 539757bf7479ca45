// Package delay says where the goroutines of a Go execution trace were delayed, as
// profiles for go tool pprof: waiting for the network, for each other, for system
// calls and for a processor. The profiles are those of go tool trace -pprof, of
// less of the trace where options ask for it.
package delay

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/google/pprof/profile"
	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/analysis"
	"example.com/tracelab/exectrace/internal/events"
)

// Kind says which delays a profile counts.
type Kind string

// The kinds, as cmd/trace/pprof.go defines and go tool trace -pprof names them.
const (
	Net     Kind = "net"     // waiting for the network, for pipes or for terminals
	Sync    Kind = "sync"    // waiting for a channel, in a select or for what package sync has
	Syscall Kind = "syscall" // in system calls
	Sched   Kind = "sched"   // ready to run, until running
)

// Kinds returns all kinds.
func Kinds() []Kind { return []Kind{kinds[0], kinds[1], kinds[2], kinds[3]} }

// Options say what Profiles counts. The zero value is all of it. Filters
// restrict each other: of a delay counts what all of them let through.
type Options struct {
	// Kinds are the kinds to compute; none means all.
	Kinds []Kind
	// AsGoTool has the profiles be those of go tool trace, of a trace that is
	// whole: its sched leaves out what a goroutine waits until its first run.
	// With Func they are those of the page /goroutine, with Region those of
	// /userregion.
	AsGoTool bool

	Goroutine exectrace.GoID // the only one that counts, by its id; zero: all
	Func      string         // what goroutines that count were started with, such as main.main.func1
	// Region is the type of the regions in which a goroutine's delays count.
	// Those that began before the trace, or end after it, reach to its ends.
	Region string
	// RegionMin and RegionMax bound how long such a region takes; zero: no bound.
	RegionMin, RegionMax time.Duration
	// Task is the id of a task: what counts are the times that a goroutine spends
	// on it or on its subtasks, until it ends. These are from the beginning of
	// such a task to its end for who began it, regions of it, and all of the life
	// of goroutines that were created in those times.
	Task exectrace.TaskID
	// From and To bound the time that counts; zero: no bound.
	From, To exectrace.Time
}

// Profile is a profile of delays with a sample for each stack: how often it was
// the beginning of a delay, and for how many nanoseconds. The stack is that of
// the event that began it: in Sched it belongs to who made the goroutine
// ready, and is empty where the runtime did.
type Profile struct {
	Kind Kind
	*profile.Profile
	// Unfinished are delays that went on at the end of the trace. As in go tool
	// trace they do not count.
	Unfinished int
	// Dropped are delays that began before a damaged part of the trace. Their
	// duration is unknown, and they do not count.
	Dropped int
}

// Profiles computes profiles of where goroutines were delayed, in the order of
// Kinds: all in one pass over the events. Filters that are to know more than a
// time and an id take one more. An error is returned if nothing can be read, or
// if the trace has nothing of what a filter names.
func Profiles(f *exectrace.File, o Options) ([]Profile, []exectrace.Loss, error) {
	return profilesOf(f, o, func(consumers ...events.Consumer) ([]exectrace.Loss, error) { return analysis.Each(f, consumers...) })
}

// profilesOf is Profiles with another way to read the events.
func profilesOf(f *exectrace.File, o Options, each func(...events.Consumer) ([]exectrace.Loss, error)) ([]Profile, []exectrace.Loss, error) {
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
	if d.scope, lost, err = newScope(o, each); err != nil {
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
	s := &scope{time: window{Start: o.From, End: cmp.Or(o.To, math.MaxInt64)}, goroutine: trace.GoID(o.Goroutine)}
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
		list = append(list, newTaskTimes(trace.TaskID(o.Task)))
	}
	return list
}
