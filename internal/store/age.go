package store

// aged is a trace with what it is ordered by, close at hand.
type aged struct {
	ms  int64 // of its earliest span
	low uint64
	t   *trace
}

func (a aged) before(b aged) bool { return a.ms < b.ms || a.ms == b.ms && a.low < b.low }

// ages holds all traces so that the oldest is at hand: that with the earliest
// span, the smaller id first among equals. It is a heap, in which each trace
// knows its place; four children to a node keep the way down short.
type ages []aged

const children = 4

func (a *ages) push(t *trace) {
	*a = append(*a, aged{})
	a.up(len(*a)-1, aged{t.minMs, t.low, t})
}

// older puts t, whose earliest span has become an earlier one, in its place.
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

// up places e at the node at, or above where it belongs.
func (a *ages) up(at int, e aged) {
	for at > 0 {
		parent := (at - 1) / children
		if !e.before((*a)[parent]) {
			break
		}
		a.place(at, (*a)[parent])
		at = parent
	}
	a.place(at, e)
}

// down places e at the node at, or below where it belongs.
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
		a.place(at, (*a)[least])
		at = least
	}
	a.place(at, e)
}

func (a *ages) place(at int, e aged) {
	(*a)[at] = e
	e.t.age = int32(at)
}
