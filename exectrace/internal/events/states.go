package events

import (
	"slices"

	"example.com/tracelab/exectrace/internal/decode"
)

// states is what is the case at a moment.
type states struct {
	tables     *decode.Tables
	goroutines []goroutine // by index
	procs      []proc      // by number
	metrics    [256]*decode.Event
	ranges     []decode.Event // that go on: the first event of each
}

// proc is what is known of a processor.
type proc struct {
	is    decode.State
	holds int32 // the goroutine in a system call that has it, plus one
}

// goroutine is what is known of a goroutine.
type goroutine struct {
	id, thread int64
	reason     uint64 // the last three are of the tables
	of, who    uint64 // stacks: its own, and that of who changed its state
	label      uint64
	m, p       int32 // if it runs or is in a system call
	is         decode.State
}

func (s *states) take(t *decode.Tables, ev *decode.Event) {
	if t != s.tables {
		s.tables = t
		s.forgetTexts()
	}
	switch ev.Kind() {
	case decode.TransitionKind:
		if ev.OfProc() {
			s.proc(ev)
		} else {
			s.transition(ev)
		}
	case decode.MetricKind:
		kept := *ev
		s.metrics[ev.Type] = &kept
	case decode.LabelKind:
		if ev.G >= 0 {
			s.at(ev.G).label = ev.Args[0]
		}
	case decode.RangeBeginKind, decode.RangeActiveKind:
		if !slices.ContainsFunc(s.ranges, func(r decode.Event) bool { return sameRange(&r, ev) }) {
			s.ranges = append(s.ranges, *ev)
		}
	case decode.RangeEndKind:
		s.ranges = slices.DeleteFunc(s.ranges, func(r decode.Event) bool { return sameRange(&r, ev) })
	}
}

// forgetTexts is called when strings and stacks are others. Those of a part are of one
// generation, but for damage.
func (s *states) forgetTexts() {
	for i := range s.goroutines {
		g := &s.goroutines[i]
		g.reason, g.of, g.who, g.label = 0, 0, 0, 0
	}
	s.ranges = slices.DeleteFunc(s.ranges, func(r decode.Event) bool { return r.Type == decode.STWBegin })
	for i := range s.ranges {
		s.ranges[i].Args = [4]uint64{s.ranges[i].Args[0]}
	}
}

func (s *states) at(index int32) *goroutine {
	if n := int(index) + 1 - len(s.goroutines); n > 0 {
		s.goroutines = append(s.goroutines, make([]goroutine, n)...)
	}
	return &s.goroutines[index]
}

func (s *states) transition(ev *decode.Event) {
	id, ok := ev.OfGoroutine()
	if !ok || ev.Of < 0 {
		return
	}
	g := s.at(ev.Of)
	if g.id != id || ev.From == decode.NotExist {
		*g = goroutine{id: id}
	}
	if ev.To == g.is { // told again, as a generation begins
		return
	}
	if g.is == decode.Syscall {
		s.procAt(g.p).holds = 0
	}
	g.is, g.reason, g.who = ev.To, ev.Reason(), ev.Stack()
	g.thread, g.m, g.p = decode.None, decode.None, decode.None
	if of := ev.TransitionStack(); of != 0 {
		g.of = of
	}
	if ev.To.Executing() {
		g.thread, g.m, g.p = ev.Thread, ev.M, ev.P
	} else {
		g.label = 0
	}
	if g.is == decode.Syscall {
		s.procAt(g.p).holds = ev.Of + 1
	}
}

// procAt returns what is known of a processor; of none, it is not kept.
func (s *states) procAt(number int32) *proc {
	if number < 0 || number >= MaxProcs {
		return &proc{}
	}
	if n := int(number) + 1 - len(s.procs); n > 0 {
		s.procs = append(s.procs, make([]proc, n)...)
	}
	return &s.procs[number]
}

// proc follows a processor. Who is in a system call on one that becomes idle has lost it.
func (s *states) proc(ev *decode.Event) {
	p := s.procAt(ev.Of)
	p.is = ev.To
	if ev.To == decode.Idle && p.holds != 0 {
		s.goroutines[p.holds-1].p = decode.None
		p.holds = 0
	}
}

// events are events that tell the states, with strings and stacks of t.
func (s *states) events(t *decode.Tables) (list []decode.Event) {
	if t != s.tables {
		s.forgetTexts()
	}
	for _, ev := range s.metrics {
		if ev != nil {
			list = append(list, *ev)
		}
	}
	for i, p := range s.procs {
		if p.is != decode.Undetermined {
			list = append(list, procIs(int32(i), p.is))
		}
	}
	for i := range s.goroutines {
		if g := &s.goroutines[i]; g.is > decode.NotExist {
			list = append(list, g.event(int32(i)))
			if g.label != 0 {
				list = append(list, g.labeled(int32(i)))
			}
		}
	}
	for i := range s.ranges {
		list = append(list, goesOn(&s.ranges[i]))
	}
	return list
}

func procIs(number int32, is decode.State) decode.Event {
	ev := made(decode.ProcTransition, 0)
	ev.Of, ev.To = number, is
	ev.Args[0] = uint64(number)
	return ev
}

func (g *goroutine) event(index int32) decode.Event {
	ev := made(decode.GoTransition, 0)
	ev.Of, ev.To = index, g.is
	ev.Thread, ev.M, ev.P = g.thread, g.m, g.p
	ev.Args = [4]uint64{uint64(g.id), g.reason, g.of, g.who}
	return ev
}

func (g *goroutine) labeled(index int32) decode.Event {
	ev := made(decode.GoLabel, 0)
	ev.Goroutine, ev.G = g.id, index
	ev.Thread, ev.M, ev.P = g.thread, g.m, g.p
	ev.Args[0] = g.label
	return ev
}

// sameRange reports whether two events are about the same range.
func sameRange(a, b *decode.Event) bool {
	of, id := a.Range()
	of2, id2 := b.Range()
	return rangeOf[a.Type] == rangeOf[b.Type] && of == of2 && id == id2 && (rangeOf[a.Type] != decode.STWBegin || a.Args[0] == b.Args[0])
}

// rangeOf says by the type of an event of a range which type one has that finds it going on.
var rangeOf = map[decode.Type]decode.Type{
	decode.STWBegin: decode.STWBegin, decode.STWEnd: decode.STWBegin,
	decode.GCBegin: decode.GCActive, decode.GCActive: decode.GCActive, decode.GCEnd: decode.GCActive,
	decode.GCSweepBegin: decode.GCSweepActive, decode.GCSweepActive: decode.GCSweepActive, decode.GCSweepEnd: decode.GCSweepActive,
	decode.GCMarkAssistBegin: decode.GCMarkAssistActive, decode.GCMarkAssistActive: decode.GCMarkAssistActive,
	decode.GCMarkAssistEnd: decode.GCMarkAssistActive,
}

// goesOn is an event that finds the range going on that one has begun, or found.
func goesOn(r *decode.Event) decode.Event {
	ev := *r
	ev.Type = rangeOf[r.Type]
	switch of, id := r.Range(); {
	case ev.Type == decode.STWBegin:
	case of == decode.Program:
		ev.Args = [4]uint64{r.Args[0]}
	default:
		ev.Args = [4]uint64{uint64(id)}
	}
	if ev.Type == decode.GCMarkAssistActive {
		ev.Of = max(r.Of, decode.None)
		if ev.Of == decode.None {
			ev.Of = r.G
		}
	}
	return ev
}
