package exectrace

import (
	"encoding/hex"
	"encoding/json"
	"time"
	"unicode/utf8"

	"golang.org/x/exp/trace"
)

// eventJSON has the fields of all kinds of events. Those that a kind does not
// have are left out.
type eventJSON struct {
	Time      Time   `json:"time_ns"`
	Kind      string `json:"kind"`
	Thread    *int64 `json:"thread,omitempty"`
	Proc      *int64 `json:"proc,omitempty"`
	Goroutine *int64 `json:"goroutine,omitempty"`

	Resource string  `json:"resource,omitempty"` // what it happened to, such as Goroutine(7)
	From     string  `json:"from,omitempty"`
	To       string  `json:"to,omitempty"`
	Reason   string  `json:"reason,omitempty"`
	Name     string  `json:"name,omitempty"`
	Value    *uint64 `json:"value,omitempty"`
	Label    string  `json:"label,omitempty"`

	Task     *uint64 `json:"task,omitempty"`
	Parent   *uint64 `json:"parent,omitempty"`
	Type     string  `json:"type,omitempty"`
	Category string  `json:"category,omitempty"`
	Message  string  `json:"message,omitempty"`
	Hex      string  `json:"message_hex,omitempty"` // of a message that is no text

	Args  map[string]any `json:"args,omitempty"`
	N     int            `json:"n,omitempty"`
	Clock *clockJSON     `json:"clock,omitempty"`

	Stack           []frameJSON `json:"stack,omitempty"`
	TransitionStack []frameJSON `json:"transition_stack,omitempty"` // of what it happened to
}

type clockJSON struct {
	Trace Time      `json:"trace_ns"`
	Mono  uint64    `json:"mono_ns"`
	Wall  time.Time `json:"wall"`
}

type frameJSON struct {
	PC   uint64 `json:"pc"`
	Func string `json:"func"`
	File string `json:"file"`
	Line int    `json:"line"`
}

// MarshalJSON returns the event as an object: time_ns, kind, what it happened on
// (thread, proc, goroutine), the fields of its kind, and stack.
func (e Event) MarshalJSON() ([]byte, error) {
	j := eventJSON{
		Time: e.Time(), Kind: e.Kind(),
		Thread: id(int64(e.Thread())), Proc: id(e.Proc()), Goroutine: id(int64(e.Goroutine())),
		Stack: framesJSON(e.Stack()),
	}
	if r, ok := e.resource(); ok && r.Kind != trace.ResourceNone {
		j.Resource = r.String()
	}
	switch ev := e.ev; ev.Kind() {
	case trace.EventStateTransition:
		t, _ := e.Transition()
		j.From, j.To, j.Reason, j.TransitionStack = t.From, t.To, t.Reason, framesJSON(t.Stack)
	case trace.EventRangeBegin, trace.EventRangeActive:
		j.Name = ev.Range().Name
	case trace.EventRangeEnd:
		j.Name = ev.Range().Name
		for _, a := range ev.RangeAttributes() {
			j.arg(a.Name, a.Value)
		}
	case trace.EventMetric:
		m := ev.Metric()
		value := m.Value.Uint64()
		j.Name, j.Value = m.Name, &value
	case trace.EventLabel:
		j.Label = ev.Label().Label
	case trace.EventTaskBegin, trace.EventTaskEnd:
		t := ev.Task()
		j.Task, j.Parent, j.Type = taskID(t.ID), taskID(t.Parent), t.Type
	case trace.EventRegionBegin, trace.EventRegionEnd:
		r := ev.Region()
		j.Task, j.Type = taskID(r.Task), r.Type
	case trace.EventLog:
		j.log(ev.Log())
	case trace.EventExperimental:
		x := ev.Experimental()
		j.Name = x.Name
		for i, name := range x.Args {
			j.arg(name, x.ArgValue(i))
		}
	case trace.EventSync:
		j.sync(ev.Sync())
	}
	return json.Marshal(j)
}

func (j *eventJSON) log(l trace.Log) {
	j.Task, j.Category = taskID(l.Task), l.Category
	if utf8.ValidString(l.Message) {
		j.Message = l.Message
	} else {
		j.Hex = hex.EncodeToString([]byte(l.Message))
	}
}

func (j *eventJSON) sync(s trace.Sync) {
	j.N = s.N
	if c := s.ClockSnapshot; c != nil {
		j.Clock = &clockJSON{Time(c.Trace), c.Mono, c.Wall}
	}
}

func (j *eventJSON) arg(name string, v trace.Value) {
	if j.Args == nil {
		j.Args = map[string]any{}
	}
	if v.Kind() == trace.ValueUint64 {
		j.Args[name] = v.Uint64()
	} else {
		j.Args[name] = v.String()
	}
}

// id leaves out what is not there.
func id(n int64) *int64 {
	if n < 0 {
		return nil
	}
	return &n
}

// taskID leaves out the background task, which is no task, and no task.
func taskID(t trace.TaskID) *uint64 {
	if t == trace.NoTask || t == trace.BackgroundTask {
		return nil
	}
	n := uint64(t)
	return &n
}

func framesJSON(frames []Frame) []frameJSON {
	var list []frameJSON
	for _, f := range frames {
		list = append(list, frameJSON(f))
	}
	return list
}
