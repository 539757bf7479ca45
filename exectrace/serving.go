package exectrace

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"example.com/tracelab/exectrace/internal/table"
)

// begunTask is a task among those that a goroutine began, in the order of their beginnings.
type begunTask struct {
	task  int32
	outer int32 // among them, the innermost that was open when it began; none: there was none
}

// newBegun finds the tasks that goroutines began, by goroutine.
func (t *Trace) newBegun() *table.Groups[begunTask] {
	all := table.NewGroups(t.goroutines.Len(), func(yield func(int32, begunTask) bool) {
		for i, k := range t.tasks.All() {
			if k.begunBy != none && k.id != 0 && !yield(k.begunBy, begunTask{int32(i), none}) {
				return
			}
		}
	})
	for list := range all.Lists() {
		slices.SortStableFunc(list, func(a, b begunTask) int { return cmp.Compare(t.began(a), t.began(b)) })
		for i := range list {
			list[i].outer = t.open(list, int32(i)-1, t.began(list[i]))
		}
	}
	return all
}

func (t *Trace) began(b begunTask) Time { return t.tasks.At(int(b.task)).start }

// openUntil is when a task ended, or never.
func (t *Trace) openUntil(b begunTask) Time { return cmp.Or(t.tasks.At(int(b.task)).end, never) }

// maxNested bounds how many nested tasks of one goroutine are followed.
const maxNested = 1 << 12

// open is the innermost task that is open, of those up to i.
func (t *Trace) open(list []begunTask, i int32, at Time) int32 {
	for range maxNested {
		if i == none || t.openUntil(list[i]) > at {
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
		list := a.begun.Of(g)
		next := sort.Search(len(list), func(i int) bool { return t.began(list[i]) > when })
		if hop == 0 && next < len(list) {
			until = t.began(list[next])
		}
		if i := t.open(list, int32(next)-1, at); i != none {
			return list[i].task, min(until, t.openUntil(list[i]))
		}
		born, by, known := t.birth(g)
		if !known || by == none {
			break
		}
		g, when = by, min(when, born)
	}
	return none, until
}

// wakeup is one of those that are kept by goroutine, in order: of goroutines that it may have
// worked for. These are those that it unblocked by sending, by closing a channel or through
// package sync, and those that received what it waited to send. Receiving, and unlocking a
// mutex, is not work for the goroutine that it unblocks.
type wakeup struct {
	at   Time
	whom int32
}

func (t *Trace) newWakeups() *table.Groups[wakeup] {
	all := table.NewGroups(t.goroutines.Len(), t.eachWakeup)
	for list := range all.Lists() {
		slices.SortFunc(list, func(a, b wakeup) int { return cmp.Compare(a.at, b.at) })
	}
	return all
}

func (t *Trace) eachWakeup(yield func(by int32, of wakeup) bool) {
	places, send := t.lookups().places, t.reasons.ids["chan send"]
	for i, g := range t.goroutines.All() {
		var before step
		c := t.steps.read(g.first)
		for x, ok := c.step(); ok; x, ok = c.step() {
			if x.state == StateRunnable && x.cause == CauseUnblocked && x.who != none {
				if places[x.stack].answers() && !yield(x.who, wakeup{x.at, int32(i)}) {
					return
				}
				if send != 0 && uint32(before.reason) == send && !yield(int32(i), wakeup{x.at, x.who}) {
					return
				}
			}
			before = x
		}
	}
}

// These bound the search for the task of a goroutine that has none.
const (
	maxWakeups = 64
	maxAhead   = Time(time.Second)
)

// answers infers the task of a goroutine that has none: the task of the next
// goroutine in wakeups, as of a worker that answers. It holds until until.
func (t *Trace) answers(a *lookups, g int32, at Time) (task int32, until Time) {
	list := t.wakeups().Of(g)
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
