package why

import (
	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/zipkin"
)

// maxDepth bounds how many calls lie in each other.
const maxDepth = 64

// segment is a part of the explained time, in ns on the wall clock of the process
// that the explanation began in. Pieces are in order, without gap or overlap.
type segment struct {
	start, end int64
	span       *span // that it was spent in
	state      string
	inferred   bool
	process    *process          // whose execution trace has it; nil: none
	recorded   exectrace.Segment // as it has it
	clock      int64             // to be added to its time
}

const (
	stateUnknown = "unknown"
	stateNetwork = "network"
	stateSelect  = "select"
)

func (p *segment) took() int64 { return p.end - p.start }

// doubtful reports whether the state is read from a time in which the states of an
// execution trace may be wrong, since a part of it is lost.
func (p *segment) doubtful() bool {
	return p.process != nil && p.state != stateUnknown && p.process.Trace.Doubtful(exectrace.Time(p.start-p.clock), exectrace.Time(p.end-p.clock))
}

// segments divides the time of a span, over all processes.
func (tr *trace) segments(s *span) []segment {
	x := segmenter{tr: tr, busy: map[*span]bool{}}
	return x.span(s, s.start, s.end, 0)
}

type segmenter struct {
	tr    *trace
	busy  map[*span]bool // that are being divided: no span is in itself
	depth int
}

// span divides the time between from and to, on the clock of its caller; shift is
// what is to be added to the span's own clock for it.
func (x *segmenter) span(s *span, from, to, shift int64) []segment {
	if from >= to {
		return nil
	}
	if x.busy[s] || x.depth >= maxDepth {
		return []segment{{start: from, end: to, span: s, state: stateUnknown, inferred: true}}
	}
	x.busy[s] = true
	x.depth++
	defer func() { delete(x.busy, s); x.depth-- }()
	if s.process == nil {
		return x.reported(s, from, to, shift)
	}
	return x.recorded(s, from, to, shift)
}

// recorded divides by the execution trace of the span's process.
func (x *segmenter) recorded(s *span, from, to, shift int64) []segment {
	var all []segment
	at := from
	for _, t := range s.process.Trace.Breakdown(s.task) {
		a, b := max(s.process.wall(t.Start)+shift, at), min(s.process.wall(t.End)+shift, to)
		if a >= b {
			continue
		}
		if a > at { // the execution trace begins later
			all = append(all, segment{start: at, end: a, span: s, state: stateUnknown})
		}
		p := segment{start: a, end: b, span: x.tr.spanOf(s, t.Task), state: t.State.String(), inferred: t.Inferred, process: s.process, recorded: t, clock: s.process.offset + shift}
		all = append(all, x.across(p, shift)...)
		at = b
	}
	if at < to { // it ends earlier: what a wait that goes on then was for is not known
		if last := len(all) - 1; last >= 0 && all[last].state == stateSelect {
			all[last].state = stateUnknown
		}
		all = append(all, segment{start: at, end: to, span: s, state: stateUnknown})
	}
	return all
}

// spanOf is the innermost span around a task, or otherwise.
func (tr *trace) spanOf(otherwise *span, id exectrace.TaskID) *span {
	t := otherwise.process.Trace
	for range maxDepth {
		if id == 0 {
			break
		}
		if x, ok := t.SpanOf(id); ok {
			if s := tr.half(zipkin.SpanIDOf(x.ID), otherwise.process, id); s != nil {
				return s
			}
		}
		task, ok := t.Task(id)
		if !ok {
			break
		}
		id = task.Parent
	}
	return otherwise
}

// half is the span with an id that is a task of a process, or nil.
func (tr *trace) half(id zipkin.SpanID, p *process, task exectrace.TaskID) *span {
	for _, s := range tr.spans[id] {
		if s.process == p && s.task.ID == task {
			return s
		}
	}
	return nil
}

// reported divides the time of a span of which only its report is known: by those
// of its children that more is known of. Of several at a time it is the one that
// ends last, since that is the one the span waits for.
func (x *segmenter) reported(s *span, from, to, shift int64) []segment {
	var all []segment
	unknown := func(a, b int64) {
		if a < b {
			all = append(all, segment{start: a, end: b, span: s, state: stateUnknown})
		}
	}
	if s.inner == nil {
		s.inner = newTimeline(s, s.children)
	}
	for at := from; at < to; {
		c := s.inner.at(at-shift, to-shift)
		if c == nil {
			unknown(at, to)
			break
		}
		begin, end := max(at, c.start+shift), min(to, c.end+shift)
		unknown(at, begin)
		all = append(all, x.span(c.span, begin, end, c.move+shift)...)
		at = end
	}
	return all
}
