package exectrace

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"example.com/tracelab/exectrace/internal/decode"
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

	Args  map[string]uint64 `json:"args,omitempty"`
	N     int               `json:"n,omitempty"`
	Clock *clockJSON        `json:"clock,omitempty"`

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
		Thread: id(e.ev.Thread), Proc: id(e.Proc()), Goroutine: id(e.ev.Goroutine),
		Stack: framesJSON(e.Stack()),
	}
	switch ev := &e.ev; ev.Kind() {
	case decode.TransitionKind:
		j.transition(e)
	case decode.RangeBeginKind, decode.RangeActiveKind, decode.RangeEndKind:
		j.ranged(e)
	case decode.MetricKind:
		name, value := ev.Metric()
		j.Name, j.Value = name, &value
	case decode.LabelKind:
		j.Label, j.Resource = e.t.Text(ev.Label()), fmt.Sprintf("Goroutine(%d)", ev.Goroutine)
	case decode.TaskBeginKind, decode.TaskEndKind:
		task, parent, name := ev.Task()
		j.Task, j.Parent, j.Type = taskID(task), taskID(parent), e.t.Text(name)
	case decode.RegionBeginKind, decode.RegionEndKind:
		task, name := ev.Region()
		j.Task, j.Type = taskID(task), e.t.Text(name)
	case decode.LogKind:
		j.log(e)
	case decode.ExperimentalKind:
		name, args := ev.Experimental()
		j.Name = name
		for i, arg := range args {
			j.arg(arg, ev.Args[i])
		}
	case decode.SyncKind:
		j.sync(e)
	}
	return json.Marshal(j)
}

func (j *eventJSON) transition(e Event) {
	t, _ := e.Transition()
	j.From, j.To, j.Reason, j.TransitionStack = t.From, t.To, t.Reason, framesJSON(t.Stack)
	if t.Proc >= 0 {
		j.Resource = fmt.Sprintf("Proc(%d)", t.Proc)
	} else {
		j.Resource = fmt.Sprintf("Goroutine(%d)", t.Goroutine)
	}
}

func (j *eventJSON) ranged(e Event) {
	j.Name = e.t.RangeName(&e.ev)
	if scope, _ := e.ev.Range(); scope != decode.Program {
		j.Resource = decode.RangeScope(&e.ev)
	}
	for _, a := range e.ev.Swept() {
		j.arg(a.Name, a.Value)
	}
}

func (j *eventJSON) log(e Event) {
	task, category, message := e.ev.Log()
	j.Task, j.Category = taskID(task), e.t.Text(category)
	if text := e.t.Text(message); utf8.ValidString(text) {
		j.Message = text
	} else {
		j.Hex = hex.EncodeToString([]byte(text))
	}
}

func (j *eventJSON) sync(e Event) {
	j.N = int(e.ev.Args[0])
	if c := e.t.Clock; c != nil {
		j.Clock = &clockJSON{Time(c.Trace), c.Mono, c.Wall}
	}
}

func (j *eventJSON) arg(name string, v uint64) {
	if j.Args == nil {
		j.Args = map[string]uint64{}
	}
	j.Args[name] = v
}

// id leaves out what is not there.
func id(n int64) *int64 {
	if n < 0 {
		return nil
	}
	return &n
}

// taskID leaves out the background task, which is no task, and no task.
func taskID(t uint64) *uint64 {
	if t == decode.NoTask || t == 0 {
		return nil
	}
	return &t
}

func framesJSON(frames []Frame) []frameJSON {
	var list []frameJSON
	for _, f := range frames {
		list = append(list, frameJSON(f))
	}
	return list
}
