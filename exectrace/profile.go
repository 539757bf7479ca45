package exectrace

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"time"

	"example.com/tracelab/exectrace/internal/events"
	"github.com/google/pprof/profile"
	"golang.org/x/exp/trace"
)

// ProfileKind says which delays a profile counts.
type ProfileKind string

// The kinds, as cmd/trace/pprof.go defines and go tool trace -pprof names them.
const (
	ProfileNet     ProfileKind = "net"     // waiting for the network, for pipes or for terminals
	ProfileSync    ProfileKind = "sync"    // waiting for a channel, in a select or for what package sync has
	ProfileSyscall ProfileKind = "syscall" // in system calls
	ProfileSched   ProfileKind = "sched"   // ready to run, until running
)

// ProfileKinds returns all kinds.
func ProfileKinds() []ProfileKind { return []ProfileKind{kinds[0], kinds[1], kinds[2], kinds[3]} }

// ProfileOptions say what Profiles counts. The zero value is all of it. Filters
// restrict each other: of a delay counts what all of them let through.
type ProfileOptions struct {
	// Kinds are those that are wanted; none means all.
	Kinds []ProfileKind
	// AsGoTool has the profiles be those of go tool trace, of a trace that is
	// whole: its sched leaves out what a goroutine waits until its first run.
	// With Func they are those of the page /goroutine, with Region those of
	// /userregion.
	AsGoTool bool

	Goroutine GoID   // the only one that counts, by its id; zero: all
	Func      string // what goroutines that count were started with, such as main.main.func1
	// Region is the type of the regions in which a goroutine's delays count.
	// Those that began before the trace, or end after it, reach to its ends.
	Region string
	// RegionMin and RegionMax bound how long such a region takes; zero: no bound.
	RegionMin, RegionMax time.Duration
	// Task is the id of a task: what counts are the times that a goroutine spends
	// on it or on its subtasks, until it ends. These are from the beginning of
	// such a task to its end for who began it, regions of it, and all of the life
	// of goroutines that were created in those times.
	Task TaskID
	// From and To bound the time that counts; zero: no bound.
	From, To Time
}

// Profile is a profile of delays with a sample for each stack: how often it was
// the beginning of a delay, and for how many nanoseconds. The stack is that of
// the event that began it: in ProfileSched it belongs to who made the goroutine
// ready, and is empty where the runtime did.
type Profile struct {
	Kind ProfileKind
	*profile.Profile
	// Unfinished are delays that went on at the end of the trace. As in go tool
	// trace they do not count.
	Unfinished int
	// Dropped are delays that began before a damaged part of the trace. Nobody
	// knows how long they took, and they do not count.
	Dropped int
}

// Profiles computes profiles of where goroutines were delayed, in the order of
// Kinds: all in one pass over the events. Filters that are to know more than a
// time and an id take one more. An error is returned if nothing can be read, or
// if the trace has nothing of what a filter names.
func (f *File) Profiles(o ProfileOptions) ([]Profile, []Loss, error) {
	return f.profilesOf(o, f.Each)
}

// profilesOf is Profiles with another way to read the events.
func (f *File) profilesOf(o ProfileOptions, each func(...events.Consumer) ([]Loss, error)) ([]Profile, []Loss, error) {
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
	var lost []Loss
	if d.scope, lost, err = newProfileScope(o, each); err != nil {
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

// newProfileScope reads what filters have to know before delays are counted.
func newProfileScope(o ProfileOptions, each func(...events.Consumer) ([]Loss, error)) (*profileScope, []Loss, error) {
	s := &profileScope{window: window{o.From, cmp.Or(o.To, math.MaxInt64)}, goroutine: trace.GoID(o.Goroutine)}
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

// profileFilter is what finds the times of goroutines that count.
type profileFilter interface {
	events.Consumer
	times() (goroutineTimes, error)
}

func (o ProfileOptions) filters() (list []profileFilter) {
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
