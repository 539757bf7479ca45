package lanes

import (
	"time"

	"example.com/tracelab/exectrace"
)

// Part is a time of a task, and the goroutine whose states are drawn in it.
type Part struct {
	From, To  exectrace.Time
	Goroutine exectrace.GoID // 0: it is not known who was in the task
}

// Parts returns the times of which the lane of a task consists, in order and without a gap,
// from its begin to its end: that of the goroutine that began it and, if this one ended
// before the task, that of the one that ended the task, from when it is there. A trace in
// which no time of the task is has none.
func (l *Lanes) Parts(id exectrace.TaskID) []Part {
	k, ok := l.Trace.Task(id)
	from, to := max(k.Start, l.Trace.Start), min(k.End, l.Trace.End)
	if !ok || id == 0 || from >= to {
		return nil
	}
	var list []Part
	add := func(until exectrace.Time, who exectrace.GoID) {
		if until = min(until, to); from < until {
			list = append(list, Part{from, until, who})
			from = until
		}
	}
	if created, ended, ok := l.there(k.BegunBy, from); ok {
		add(created, 0)
		add(ended, k.BegunBy)
	}
	if created, ended, ok := l.there(k.EndedBy, to-1); ok {
		add(created, 0)
		add(ended, k.EndedBy)
	}
	add(to, 0)
	return list
}

// there is from when to when the goroutine is there that has a number at a moment, as far as
// the trace has it.
func (l *Lanes) there(id exectrace.GoID, at exectrace.Time) (created, ended exectrace.Time, ok bool) {
	if id == 0 {
		return 0, 0, false
	}
	for _, g := range l.Trace.GoroutinesOf(id) {
		until := g.Ended
		if until == 0 {
			until = l.Trace.End
		}
		if g.Created <= at && at < until {
			return g.Created, until, true
		}
	}
	return 0, 0, false
}

// ofTask yields the segments of a task: what its goroutines did meanwhile.
func (l *Lanes) ofTask(id exectrace.TaskID, from, to exectrace.Time, yield func(Segment) bool) {
	goOn := true
	for _, p := range l.Parts(id) {
		switch {
		case !goOn || p.From >= to:
			return
		case p.To <= from:
		case p.Goroutine == 0:
			goOn = yield(Segment{p.From, p.To, Unknown, 0, -1, -1, "", 0})
		default:
			l.ofGoroutine(p.Goroutine, max(from, p.From), min(to, p.To), func(s Segment) bool {
				if s.From, s.To = max(s.From, p.From), min(s.To, p.To); s.From < s.To {
					goOn = yield(s)
				}
				return goOn
			})
		}
	}
}

// columnsOfTask adds what the goroutines of a task did while they were in it.
func (l *Lanes) columnsOfTask(id exectrace.TaskID, from exectrace.Time, width time.Duration, columns []Sums) {
	if width <= 0 {
		return
	}
	end := from.Add(time.Duration(len(columns)) * width)
	for _, p := range l.Parts(id) {
		for lo, hi := max(p.From, from), min(p.To, end); lo < hi; {
			first := int(lo.Sub(from) / width)
			begin, n, wide := from.Add(time.Duration(first)*width), int(hi.Sub(lo)/width), width
			if begin < lo || n == 0 { // a part of a column
				n, wide = 1, min(hi, begin.Add(width)).Sub(lo)
			}
			if wide <= 0 { // times of a damaged trace may be too large to be added up
				return
			}
			l.columnsOfPart(p.Goroutine, lo, wide, columns[first:first+n])
			lo = lo.Add(time.Duration(n) * wide)
		}
	}
}

func (l *Lanes) columnsOfPart(id exectrace.GoID, from exectrace.Time, width time.Duration, columns []Sums) {
	if id == 0 {
		for i := range columns {
			columns[i][Unknown] += width
		}
		return
	}
	l.sums.Windows(id, from, width, len(columns), func(window, class int, spent time.Duration) {
		columns[window][class] += spent
	})
}
