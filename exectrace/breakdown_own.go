package exectrace

import "slices"

// through says whether a wait that goroutine by ended, or its creator, is looked
// through, and from where on.
func (w *breakdown) through(at position, e ending, by int32) (position, bool) {
	there := position{goroutine: by, serves: by, hops: at.hops + 1}
	switch {
	case at.hops == maxHops:
		return position{}, false
	case w.task == nil:
		return there, true
	case e.kind == waitMutex:
		return position{}, false
	case w.owns(by):
		there.waiter = &at
		return there, true
	case e.kind == waitCoroutine, w.client(e, by):
		there.serves, there.waiter = at.serves, at.waiter
		return there, true
	}
	return position{}, false
}

// owns reports whether goroutine g was started for the task: by one of its
// goroutines while it was open, through any number of others.
func (w *breakdown) owns(g int32) bool {
	own, known := w.own[g]
	if !known {
		own = w.started(g)
		w.own[g] = own
	}
	return own
}

func (w *breakdown) started(g int32) bool {
	for range maxWork { // creators may go in circles
		if slices.Contains(w.self, g) {
			return true
		}
		born, by, known := w.t.birth(g)
		if !known || by == none || born < w.task.Start || born >= w.task.End {
			return false
		}
		g = by
	}
	return false
}

// client reports whether goroutine by is internal to net/http's client. A
// connection that another caller returns to the pool is not.
func (w *breakdown) client(e ending, by int32) bool {
	name := w.t.goroutine(by).name
	if !e.place.http || !w.lookups.clients[name] {
		return false
	}
	return !e.place.pool || w.t.text.text(name) != "net/http.(*persistConn).readLoop"
}

// served is the task that a goroutine is at work for at a moment, whether that is
// inferred, and how long it stays so.
func (w *breakdown) served(at position, when Time) (task TaskID, inferred bool, until Time) {
	found, until := w.t.serving(w.lookups, at.serves, when)
	if w.task != nil {
		return w.servedOwn(at, found, when, until)
	}
	if found == none {
		var next Time
		found, next = w.t.answers(w.lookups, at.serves, when)
		until, inferred = min(until, next), true
	}
	if found == none {
		return 0, false, until
	}
	return w.t.tasks.At(int(found)).id, inferred, until
}

// servedOwn is served for goroutines that were started for the task that is broken
// down. One that was started before the innermost task of its waiter began, such
// as the one that ends a call at its deadline, counts for that innermost task.
func (w *breakdown) servedOwn(at position, found int32, when, until Time) (TaskID, bool, Time) {
	task := w.task.ID
	if found != none && w.t.tasks.At(int(found)).start >= w.task.Start {
		task = w.t.tasks.At(int(found)).id
	}
	if at.waiter == nil {
		return task, false, until
	}
	outer, _, then := w.served(*at.waiter, when)
	if w.t.isWithin(outer, task) {
		task = outer
	}
	return task, false, min(until, then)
}

// isWithin reports whether a task is another, or has it as an ancestor.
func (t *Trace) isWithin(id, outer TaskID) bool {
	for range maxNested { // they may go in circles
		if id == outer {
			return true
		}
		i, ok := t.taskIDs.Lookup(uint64(id))
		if !ok || id == 0 {
			return false
		}
		id = t.tasks.At(int(i)).parent
	}
	return false
}
