package events

import (
	"strings"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace/internal/decode"
)

// converter makes events of those of golang.org/x/exp/trace.
type converter struct {
	tables             *decode.Tables
	stacks             map[trace.Stack]uint64
	goroutines, thread map[int64]int32
}

func newConverter() converter {
	return converter{decode.Make(), map[trace.Stack]uint64{}, map[int64]int32{}, map[int64]int32{}}
}

// Convert makes events of those that golang.org/x/exp/trace has read.
func Convert(list []trace.Event) (*decode.Tables, []decode.Event) {
	c := newConverter()
	made := make([]decode.Event, len(list))
	for i := range list {
		made[i] = c.convert(&list[i])
	}
	return c.tables, made
}

func (c *converter) convert(ev *trace.Event) decode.Event {
	e := made(0, int64(ev.Time()))
	e.Goroutine, e.Thread, e.P = int64(ev.Goroutine()), int64(ev.Thread()), int32(ev.Proc())
	e.G, e.M = index(c.goroutines, e.Goroutine), index(c.thread, e.Thread)
	switch ev.Kind() {
	case trace.EventSync:
		e.Type = decode.Sync
		e.Args[0] = uint64(ev.Sync().N)
	case trace.EventStackSample:
		e.Type = decode.CPUSample
		e.Args[0] = c.stack(ev.Stack())
	case trace.EventMetric:
		c.metric(&e, ev)
	case trace.EventLabel:
		e.Type = decode.GoLabel
		e.Args[0] = c.tables.AddText(ev.Label().Label)
	case trace.EventRangeBegin, trace.EventRangeActive, trace.EventRangeEnd:
		c.ranged(&e, ev)
	case trace.EventStateTransition:
		c.transition(&e, ev)
	default:
		c.user(&e, ev)
	}
	return e
}

// index is the dense index of an id.
func index(of map[int64]int32, id int64) int32 {
	if id == decode.None {
		return decode.None
	}
	i, ok := of[id]
	if !ok {
		i = int32(len(of))
		of[id] = i
	}
	return i
}

func (c *converter) stack(s trace.Stack) uint64 {
	if s == trace.NoStack {
		return 0
	}
	id, ok := c.stacks[s]
	if !ok {
		id = c.tables.AddStack(frames(s))
		c.stacks[s] = id
	}
	return id
}

// frames are those of a stack: none if it is one that a trace that is cut lacks, which the
// decoder panics about.
func frames(s trace.Stack) (list []decode.Frame) {
	defer func() {
		if recover() != nil {
			list = nil
		}
	}()
	for f := range s.Frames() {
		list = append(list, decode.Frame(f))
	}
	return list
}

func (c *converter) metric(e *decode.Event, ev *trace.Event) {
	m := ev.Metric()
	for _, typ := range []decode.Type{decode.ProcsChange, decode.HeapAlloc, decode.HeapGoal} {
		e.Type = typ
		if name, _ := e.Metric(); name == m.Name {
			break
		}
	}
	e.Args[0] = m.Value.Uint64()
	if e.Type == decode.ProcsChange {
		e.Args[1] = c.stack(ev.Stack())
	}
}

// user is what the program itself says.
func (c *converter) user(e *decode.Event, ev *trace.Event) {
	stack := c.stack(ev.Stack())
	switch ev.Kind() {
	case trace.EventTaskBegin:
		t := ev.Task()
		e.Type, e.Args = decode.UserTaskBegin, [4]uint64{uint64(t.ID), uint64(t.Parent), c.tables.AddText(t.Type), stack}
	case trace.EventTaskEnd:
		t := ev.Task()
		e.Type, e.Args = decode.UserTaskEnd, [4]uint64{uint64(t.ID), stack, uint64(t.Parent), c.tables.AddText(t.Type)}
	case trace.EventRegionBegin, trace.EventRegionEnd:
		r := ev.Region()
		e.Type = decode.UserRegionBegin
		if ev.Kind() == trace.EventRegionEnd {
			e.Type = decode.UserRegionEnd
		}
		e.Args = [4]uint64{uint64(r.Task), c.tables.AddText(r.Type), stack}
	case trace.EventLog:
		l := ev.Log()
		e.Type, e.Args = decode.UserLog, [4]uint64{uint64(l.Task), c.tables.AddText(l.Category), c.tables.AddText(l.Message), stack}
	}
}

func (c *converter) transition(e *decode.Event, ev *trace.Event) {
	st := ev.StateTransition()
	if st.Resource.Kind == trace.ResourceProc {
		from, to := st.Proc()
		e.Type, e.Of = decode.ProcTransition, int32(st.Resource.Proc())
		e.Args[0] = uint64(e.Of)
		e.From, e.To = procStates[from], procStates[to]
		return
	}
	from, to := st.Goroutine()
	id := int64(st.Resource.Goroutine())
	e.Type, e.Of = decode.GoTransition, index(c.goroutines, id)
	e.Args = [4]uint64{uint64(id), c.tables.AddText(st.Reason), c.stack(st.Stack), c.stack(ev.Stack())}
	e.From, e.To = goStates[from], goStates[to]
}

var goStates = map[trace.GoState]decode.State{
	trace.GoUndetermined: decode.Undetermined, trace.GoNotExist: decode.NotExist, trace.GoRunnable: decode.Runnable,
	trace.GoRunning: decode.Running, trace.GoWaiting: decode.Waiting, trace.GoSyscall: decode.Syscall,
}

var procStates = map[trace.ProcState]decode.State{
	trace.ProcUndetermined: decode.Undetermined, trace.ProcNotExist: decode.NotExist,
	trace.ProcRunning: decode.Running, trace.ProcIdle: decode.Idle,
}

// ranged is a range of the collector, or a stop of the world.
func (c *converter) ranged(e *decode.Event, ev *trace.Event) {
	r := ev.Range()
	types := [3]decode.Type{decode.STWBegin, decode.STWBegin, decode.STWEnd}
	stack := 1
	switch r.Name {
	case decode.MarkRange:
		types = [3]decode.Type{decode.GCBegin, decode.GCActive, decode.GCEnd}
	case decode.SweepRange:
		types = [3]decode.Type{decode.GCSweepBegin, decode.GCSweepActive, decode.GCSweepEnd}
		e.P, stack = int32(r.Scope.Proc()), 0
		e.Args[0] = uint64(e.P)
	case decode.AssistRange:
		types = [3]decode.Type{decode.GCMarkAssistBegin, decode.GCMarkAssistActive, decode.GCMarkAssistEnd}
		e.Goroutine, stack = int64(r.Scope.Goroutine()), 0
		e.G, e.Args[0] = index(c.goroutines, e.Goroutine), uint64(e.Goroutine)
	default:
		reason := strings.TrimSuffix(strings.TrimPrefix(r.Name, "stop-the-world ("), ")")
		e.Args[0] = c.tables.AddText(reason)
	}
	e.Type = types[ev.Kind()-trace.EventRangeBegin]
	if ev.Kind() == trace.EventRangeBegin {
		e.Args[stack] = c.stack(ev.Stack())
	}
	if e.Type == decode.GCSweepEnd {
		e.Args[0] = 0
		for i, a := range ev.RangeAttributes() {
			e.Args[i&3] = a.Value.Uint64()
		}
	}
}
