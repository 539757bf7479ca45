package exectrace

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// taskTime is a task among those that a goroutine began, in the order of their
// beginnings.
type taskTime struct {
	task       int32
	start, end Time
	outer      int32 // among them, the innermost that was open when it began; none: there was none
}

// newTaskTimes finds the tasks that goroutines began, by goroutine.
func (t *Trace) newTaskTimes() map[int32][]taskTime {
	all := map[int32][]taskTime{}
	for i, k := range t.tasks.All() {
		if k.begunBy == none || k.id == 0 {
			continue
		}
		end := k.end
		if end == 0 {
			end = never
		}
		all[k.begunBy] = append(all[k.begunBy], taskTime{int32(i), k.start, end, none})
	}
	for _, list := range all {
		slices.SortStableFunc(list, func(a, b taskTime) int { return cmp.Compare(a.start, b.start) })
		for i := range list {
			list[i].outer = open(list, int32(i)-1, list[i].start)
		}
	}
	return all
}

// maxNested bounds how many nested tasks of one goroutine are followed.
const maxNested = 1 << 12

// open is the innermost task that is open, of those up to i.
func open(list []taskTime, i int32, at Time) int32 {
	for range maxNested {
		if i == none || list[i].end > at {
			return i
		}
		i = list[i].outer
	}
	return none
}

// maxCreators bounds how many creators are followed to find the task of a
// goroutine.
const maxCreators = 64

// serving is the task that goroutine g is at work for: the innermost open one of
// those that it began, or of those that its creator was at work for when it
// created g. It holds until until. The task is none if there is none.
func (t *Trace) serving(a *lookups, g int32, at Time) (task int32, until Time) {
	until = never
	when := at // of a creator: when it created the one before
	for hop := range maxCreators {
		list := a.tasks[g]
		next := sort.Search(len(list), func(i int) bool { return list[i].start > when })
		if hop == 0 && next < len(list) {
			until = list[next].start
		}
		if i := open(list, int32(next)-1, at); i != none {
			return list[i].task, min(until, list[i].end)
		}
		born, by, known := t.birth(g)
		if !known || by == none {
			break
		}
		g, when = by, min(when, born)
	}
	return none, until
}

// wakeups are, by goroutine, the goroutines that it may have worked for, in order:
// those that it unblocked by sending, by closing a channel or through package
// sync, and those that received what it waited to send. Receiving, and unlocking a
// mutex, is not work for the goroutine that it unblocks.
type wakeups map[int32][]wakeup

type wakeup struct {
	at   Time
	whom int32
}

func (t *Trace) newWakeups() wakeups {
	places := t.lookups().places
	all := wakeups{}
	send := t.reasons.ids["chan send"]
	for i, g := range t.goroutines.All() {
		var before step
		c := t.steps.read(g.first)
		for x, ok := c.step(); ok; x, ok = c.step() {
			if x.state == StateRunnable && x.cause == CauseUnblocked && x.who != none {
				if places[x.stack].answers() {
					all[x.who] = append(all[x.who], wakeup{x.at, int32(i)})
				}
				if send != 0 && uint32(before.reason) == send {
					all[int32(i)] = append(all[int32(i)], wakeup{x.at, x.who})
				}
			}
			before = x
		}
	}
	for _, list := range all {
		slices.SortFunc(list, func(a, b wakeup) int { return cmp.Compare(a.at, b.at) })
	}
	return all
}

// These bound the search for the task of a goroutine that has none.
const (
	maxWakeups = 64
	maxAhead   = Time(time.Second)
)

// answers infers the task of a goroutine that has none: the task of the next
// goroutine in wakeups, as of a worker that answers. It holds until until.
func (t *Trace) answers(a *lookups, g int32, at Time) (task int32, until Time) {
	list := t.wakeups()[g]
	next := sort.Search(len(list), func(i int) bool { return list[i].at > at })
	for _, w := range list[next:min(next+maxWakeups, len(list))] {
		task, _ := t.serving(a, w.whom, w.at)
		switch {
		case task == none:
		case w.at > at+maxAhead:
			return none, w.at - maxAhead
		default:
			return task, w.at
		}
	}
	if next == len(list) {
		return none, never
	}
	return none, list[next].at
}

// answers reports whether a goroutine that ends a wait there may have worked for
// the one that waited.
func (p place) answers() bool {
	return p.ends == waitReceive || p.ends == waitSync || p.ends == waitUnknown
}
