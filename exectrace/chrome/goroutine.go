package chrome

import (
	"cmp"
	"strconv"
	"strings"

	"example.com/tracelab/exectrace"
)

// goroutine is a row with the states of a goroutine, and arrows to it.
func (c *writer) goroutine(g exectrace.Goroutine) {
	tid := int64(g.ID)
	c.add(event{name: "thread_name", category: namesOfRows, phase: metadata, pid: rowsOfGoroutines, tid: tid, args: []arg{text("name", g.Name)}})
	for iv := range c.t.Intervals(g) {
		c.slice(event{name: name(iv), category: iv.State.String(), pid: rowsOfGoroutines, tid: tid, args: c.args(iv)}, iv.Start, iv.End)
		if iv.State == exectrace.StateRunnable && iv.By != 0 && c.has(iv.By) {
			c.arrow(int64(iv.By), tid, iv.Start)
		}
	}
}

func (c *writer) arrow(from, to int64, at exectrace.Time) {
	c.pairs++
	e := event{name: "wake", category: "wake", phase: arrowBegin, at: c.since(at), pid: rowsOfGoroutines, tid: from, id: c.pairs}
	c.add(e)
	e.phase, e.tid, e.bind = arrowEnd, to, "e"
	c.add(e)
}

// name is the state, or what is waited for.
func name(iv exectrace.Interval) string {
	if iv.State == exectrace.StateWaiting && iv.Reason != "" {
		return iv.Reason
	}
	return iv.State.String()
}

func (c *writer) args(iv exectrace.Interval) (args []arg) {
	if iv.Thread >= 0 {
		args = append(args, number("thread", int64(iv.Thread)))
	}
	return appendStack(args, c.t.Stack(iv))
}

func appendStack(args []arg, frames []exectrace.Frame) []arg {
	if len(frames) == 0 {
		return args
	}
	lines := make([]string, len(frames))
	for i, f := range frames {
		lines[i] = f.Func + ":" + strconv.Itoa(f.Line)
	}
	return append(args, text("stack", strings.Join(lines, "\n")))
}

// logs are the messages of the program, on the goroutine that logged them.
func (c *writer) logs() {
	for l := range c.t.Logs() {
		if c.has(l.Goroutine) {
			c.instant(event{
				name: cmp.Or(l.Message, l.Category, "log"), category: "log", pid: rowsOfGoroutines, tid: int64(l.Goroutine),
				args: []arg{text("category", l.Category), number("task", int64(l.Task))},
			}, l.At)
		}
	}
}

// samples are those of a CPU profile that was taken meanwhile.
func (c *writer) samples() {
	for s := range c.t.Samples() {
		if c.has(s.Goroutine) {
			c.instant(event{
				name: "CPU sample", category: "sample", pid: rowsOfGoroutines, tid: int64(s.Goroutine), args: appendStack(nil, c.t.SampleStack(s)),
			}, s.At)
		}
	}
}

// regions are rows below those of the goroutines: they lie across their states.
func (c *writer) regions() {
	for r := range c.t.Regions() {
		if c.has(r.Goroutine) {
			e := event{name: cmp.Or(r.Type, "region"), category: "region", pid: rowsOfGoroutines, tid: int64(r.Goroutine), args: []arg{number("task", int64(r.Task))}}
			c.async(e, r.Start, r.End)
		}
	}
}

func (c *writer) tasks() {
	for k := range c.t.Tasks() {
		if !k.Begun && !k.Ended || !c.has(k.BegunBy) && !c.has(k.EndedBy) {
			continue
		}
		args := []arg{number("task", int64(k.ID)), number("parent", int64(k.Parent)), number("begun_by", int64(k.BegunBy)), number("ended_by", int64(k.EndedBy))}
		c.async(event{name: cmp.Or(k.Name, "task"), category: "task", pid: rowsOfTasks, tid: int64(k.ID), args: args}, k.Start, k.End)
	}
}
