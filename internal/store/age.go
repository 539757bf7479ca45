package store

// aged is a trace with a copy of what it is ordered by.
type aged struct {
	ms  int64 // of its earliest span
	low uint64
	t   *trace
}

func (a aged) before(b aged) bool { return a.ms < b.ms || a.ms == b.ms && a.low < b.low }

// ages is a heap of all traces with the oldest on top: that with the earliest
// span, the smaller id first among equals. Each trace has its index in it, and
// four children to a node make it shallow.
type ages []aged

const children = 4

func (a *ages) push(t *trace) {
	*a = append(*a, aged{})
	a.up(len(*a)-1, aged{t.minMs, t.low, t})
}

// older restores the heap after the earliest span of t has become an earlier one.
func (a *ages) older(t *trace) { a.up(int(t.age), aged{t.minMs, t.low, t}) }

func (a *ages) oldest() *trace { return (*a)[0].t }

func (a *ages) remove(t *trace) {
	at, last := int(t.age), len(*a)-1
	e := (*a)[last]
	(*a)[last] = aged{}
	*a = (*a)[:last]
	switch {
	case at == last:
	case at > 0 && e.before((*a)[(at-1)/children]):
		a.up(at, e)
	default:
		a.down(at, e)
	}
}

// up sets e at the node at, or at the node above where it belongs.
func (a *ages) up(at int, e aged) {
	for at > 0 {
		parent := (at - 1) / children
		if !e.before((*a)[parent]) {
			break
		}
		a.set(at, (*a)[parent])
		at = parent
	}
	a.set(at, e)
}

// down sets e at the node at, or at the node below where it belongs.
func (a *ages) down(at int, e aged) {
	for {
		first := at*children + 1
		if first >= len(*a) {
			break
		}
		least := first
		for i := first + 1; i < min(first+children, len(*a)); i++ {
			if (*a)[i].before((*a)[least]) {
				least = i
			}
		}
		if !(*a)[least].before(e) {
			break
		}
		a.set(at, (*a)[least])
		at = least
	}
	a.set(at, e)
}

func (a *ages) set(at int, e aged) {
	(*a)[at] = e
	e.t.age = int32(at)
}
