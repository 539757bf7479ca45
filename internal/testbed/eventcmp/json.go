package eventcmp

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace"
)

// sameJSON compares two objects, whatever the order of their members.
func sameJSON(got exectrace.Event, want trace.Event) error {
	ours, err := canonical(got)
	if err != nil {
		return err
	}
	theirs, err := canonical(wantJSON(got.Time(), want))
	if err != nil {
		return err
	}
	if ours != theirs {
		return fmt.Errorf("the JSON is\n%s\nwant\n%s", ours, theirs)
	}
	return nil
}

// canonical is the JSON of v with the members of all objects in one order.
func canonical(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var members any
	if err := d.Decode(&members); err != nil {
		return "", err
	}
	text, err = json.Marshal(members)
	return string(text), err
}

// object is a JSON object in the making.
type object map[string]any

// text adds a member if there is something in it.
func (o object) text(name, value string) {
	if value != "" {
		o[name] = value
	}
}

// id adds a member if it names something.
func (o object) id(name string, value int64) {
	if value >= 0 {
		o[name] = value
	}
}

// task adds a member if it is one of the program's own.
func (o object) task(name string, id trace.TaskID) {
	if id != trace.NoTask && id != trace.BackgroundTask {
		o[name] = uint64(id)
	}
}

func (o object) value(name string, v trace.Value) {
	if o["args"] == nil {
		o["args"] = object{}
	}
	args := o["args"].(object)
	args[name] = v.String()
	if v.Kind() == trace.ValueUint64 {
		args[name] = v.Uint64()
	}
}

func (o object) stack(name string, s trace.Stack) {
	var list []object
	for f := range s.Frames() {
		list = append(list, object{"pc": f.PC, "func": f.Func, "file": f.File, "line": f.Line})
	}
	if list != nil {
		o[name] = list
	}
}

// wantJSON is what the JSON of an event is to be.
func wantJSON(at exectrace.Time, ev trace.Event) object {
	o := object{"time_ns": int64(at), "kind": ev.Kind().String()}
	o.id("thread", int64(ev.Thread()))
	o.id("proc", int64(ev.Proc()))
	o.id("goroutine", int64(ev.Goroutine()))
	o.stack("stack", ev.Stack())
	switch ev.Kind() {
	case trace.EventStateTransition:
		o.transition(ev.StateTransition())
	case trace.EventRangeBegin, trace.EventRangeActive, trace.EventRangeEnd:
		o.rangeOf(ev)
	case trace.EventMetric:
		o["name"], o["value"] = ev.Metric().Name, ev.Metric().Value.Uint64()
	case trace.EventLabel:
		o.text("label", ev.Label().Label)
		o["resource"] = ev.Label().Resource.String()
	case trace.EventTaskBegin, trace.EventTaskEnd:
		t := ev.Task()
		o.task("task", t.ID)
		o.task("parent", t.Parent)
		o.text("type", t.Type)
	case trace.EventRegionBegin, trace.EventRegionEnd:
		o.task("task", ev.Region().Task)
		o.text("type", ev.Region().Type)
	case trace.EventLog:
		o.log(ev.Log())
	case trace.EventExperimental:
		o.experimental(ev.Experimental())
	case trace.EventSync:
		o.sync(ev.Sync())
	}
	return o
}

func (o object) transition(t trace.StateTransition) {
	o["resource"] = t.Resource.String()
	switch t.Resource.Kind {
	case trace.ResourceGoroutine:
		from, to := t.Goroutine()
		o["from"], o["to"] = from.String(), to.String()
	case trace.ResourceProc:
		from, to := t.Proc()
		o["from"], o["to"] = from.String(), to.String()
	}
	o.text("reason", t.Reason)
	o.stack("transition_stack", t.Stack)
}

func (o object) rangeOf(ev trace.Event) {
	r := ev.Range()
	o.text("name", r.Name)
	if r.Scope.Kind != trace.ResourceNone {
		o["resource"] = r.Scope.String()
	}
	if ev.Kind() == trace.EventRangeEnd {
		for _, a := range ev.RangeAttributes() {
			o.value(a.Name, a.Value)
		}
	}
}

func (o object) log(l trace.Log) {
	o.task("task", l.Task)
	o.text("category", l.Category)
	if utf8.ValidString(l.Message) {
		o.text("message", l.Message)
	} else {
		o["message_hex"] = hex.EncodeToString([]byte(l.Message))
	}
}

func (o object) experimental(x trace.ExperimentalEvent) {
	o.text("name", x.Name)
	for i, name := range x.Args {
		o.value(name, x.ArgValue(i))
	}
}

func (o object) sync(s trace.Sync) {
	if s.N != 0 {
		o["n"] = s.N
	}
	if c := s.ClockSnapshot; c != nil {
		o["clock"] = object{"trace_ns": int64(c.Trace), "mono_ns": c.Mono, "wall": c.Wall}
	}
}
