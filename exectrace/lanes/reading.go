package lanes

import (
	"sort"

	"example.com/tracelab/exectrace"
)

// reading sums up a track from moment to moment.
type reading struct {
	l     *Lanes
	t     *track
	mark  int // the next one
	c     cursor
	begun bool
	next  turn // that is not summed up yet
	more  bool // there is one
	sums  kindSums
}

// upTo returns the time by kind up to a moment, which is not before that of the last call.
func (r *reading) upTo(at exectrace.Time) kindSums {
	r.seek(at)
	for r.more && r.next.to <= at {
		r.sums.add(r.next.spent())
		r.next, r.more = r.c.next()
	}
	sums := r.sums
	if r.more && r.next.from < at {
		sums.add(r.l.spent(r.next, at))
	}
	return sums
}

// seek goes to the last mark that is not after a moment, if that is ahead.
func (r *reading) seek(at exectrace.Time) {
	ahead := r.t.marks[r.mark:]
	switch {
	case len(ahead) > 0 && ahead[0].at <= at:
		n := sort.Search(len(ahead), func(i int) bool { return ahead[i].at > at })
		m := ahead[n-1]
		r.mark += n
		r.c, r.sums = r.t.readFrom(m), m.sums
	case !r.begun:
		r.c = r.t.read()
	default:
		return
	}
	r.begun = true
	r.next, r.more = r.c.next()
}

// spent is the time by kind of a turn up to a moment in it.
func (l *Lanes) spent(x turn, at exectrace.Time) kindSums {
	if x.kind != onProcessor {
		x.to = at
		return x.spent()
	}
	p := l.track(Lane{Processor, x.who})
	if p == nil {
		return kindSums{}
	}
	r := reading{l: l, t: p}
	before := r.upTo(x.from)
	sums := r.upTo(at).since(before)
	for i := range sums {
		sums[i] = min(sums[i], x.sums[i]) // in a damaged trace they may not agree
	}
	return sums
}
