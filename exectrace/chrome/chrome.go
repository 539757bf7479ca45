// Package chrome writes Go execution traces in the Trace Event Format of the Chrome
// browser, which other viewers read, too.
package chrome

import (
	"bufio"
	"cmp"
	"encoding/json"
	"io"
	"strconv"
	"strings"

	"example.com/tracelab/exectrace"
)

// Options restrict what Write writes. The zero value is the whole trace.
type Options struct {
	// From and To are the time to write: what overlaps it is written as far as it
	// does. Zero means the start, or the end, of the trace.
	From, To exectrace.Time
	// Goroutines are the goroutines to write, with their regions and ranges, and the
	// tasks that one of them began or ended. None means all.
	Goroutines []exectrace.GoID
}

// Write writes the trace to w in the Trace Event Format, as JSON, which ui.perfetto.dev
// and chrome://tracing open. It has a row for each goroutine with its states, arrows
// from the goroutine that made it runnable, and its regions below; a row for each task;
// and what the runtime did for the garbage collector. Times count from the start of the
// trace. Write returns the number of events of the format that it wrote, and the first
// error of w.
//
// The format is defined by the document "Trace Event Format" of the Chromium project.
// The documentation of Perfetto lists which of it Perfetto supports.
func Write(w io.Writer, t *exectrace.Trace, o Options) (int, error) {
	c := &writer{t: t, from: o.From, to: cmp.Or(o.To, t.End), w: bufio.NewWriterSize(w, 64<<10), wanted: map[exectrace.GoID]bool{}}
	for _, id := range o.Goroutines {
		c.wanted[id] = true
	}
	c.text(`{"displayTimeUnit":"ns","traceEvents":[`)
	for pid, name := range rows {
		c.add(event{Name: "process_name", Category: metadata, Phase: "M", PID: pid + 1, Args: map[string]any{"name": name}})
		c.add(event{Name: "process_sort_index", Category: metadata, Phase: "M", PID: pid + 1, Args: map[string]any{"sort_index": pid}})
	}
	for g := range t.Goroutines() {
		if c.has(g.ID) && g.Created <= c.to && c.until(g) >= c.from {
			c.goroutine(g)
		}
	}
	c.regions()
	c.tasks()
	c.ranges()
	c.text("\n]}\n")
	return c.events, cmp.Or(c.err, c.w.Flush())
}

// The groups of rows, which the format calls processes.
const (
	rowsOfGoroutines = 1 + iota
	rowsOfTasks
	rowsOfRuntime
)

var rows = []string{"goroutines", "tasks", "runtime"}

// metadata is the category that Chrome gives to the names of rows.
const metadata = "__metadata"

// event has all of the members that Chrome itself writes for each event, since some
// readers insist on them.
type event struct {
	Name     string         `json:"name"`
	Category string         `json:"cat"`
	Phase    string         `json:"ph"`
	At       micros         `json:"ts"`
	Duration micros         `json:"dur,omitempty"`
	PID      int            `json:"pid"`
	TID      int64          `json:"tid"`
	ID       int            `json:"id,omitempty"`
	Bind     string         `json:"bp,omitempty"`
	Args     map[string]any `json:"args"`
}

// micros are nanoseconds, written as microseconds.
type micros int64

func (m micros) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(m)/1e3, 'f', 3, 64), nil
}

// writer writes events.
type writer struct {
	t        *exectrace.Trace
	from, to exectrace.Time
	wanted   map[exectrace.GoID]bool // empty: all
	w        *bufio.Writer
	events   int
	arrows   int
	err      error
}

// until is when g ended, or the end of the trace.
func (c *writer) until(g exectrace.Goroutine) exectrace.Time {
	if g.Ended != 0 {
		return g.Ended
	}
	return c.t.End
}

func (c *writer) has(id exectrace.GoID) bool { return len(c.wanted) == 0 || c.wanted[id] }

func (c *writer) text(s string) {
	if _, err := c.w.WriteString(s); c.err == nil {
		c.err = err
	}
}

var noArgs = map[string]any{}

func (c *writer) add(e event) {
	if e.Args == nil {
		e.Args = noArgs
	}
	b, err := json.Marshal(e)
	if c.err == nil {
		c.err = err
	}
	if c.events > 0 {
		c.text(",")
	}
	c.events++
	c.text("\n")
	c.text(string(b))
}

// slice adds a slice with a name, if it overlaps the time of Options.
func (c *writer) slice(e event, start, end exectrace.Time) {
	start, end = max(start, c.from), min(end, c.to)
	if start >= end {
		return
	}
	e.Phase, e.At, e.Duration = "X", micros(start-c.t.Start), micros(end-start)
	c.add(e)
}

func (c *writer) goroutine(g exectrace.Goroutine) {
	tid := int64(g.ID)
	c.add(event{Name: "thread_name", Category: metadata, Phase: "M", PID: rowsOfGoroutines, TID: tid, Args: map[string]any{"name": g.Name}})
	for iv := range c.t.IntervalsFrom(g, c.from) {
		if iv.Start >= c.to {
			return
		}
		c.slice(event{Name: name(iv), Category: iv.State.String(), PID: rowsOfGoroutines, TID: tid, Args: c.args(iv)}, iv.Start, iv.End)
		if iv.State == exectrace.StateRunnable && iv.By != 0 && c.has(iv.By) && iv.Start >= c.from {
			c.arrows++
			arrow := event{Name: "wake", Category: "wake", Phase: "s", At: micros(iv.Start - c.t.Start), PID: rowsOfGoroutines, TID: int64(iv.By), ID: c.arrows}
			c.add(arrow)
			arrow.Phase, arrow.TID, arrow.Bind = "f", tid, "e"
			c.add(arrow)
		}
	}
}

// name is the state, or what is waited for.
func name(iv exectrace.Interval) string {
	if iv.State == exectrace.StateWaiting && iv.Reason != "" {
		return iv.Reason
	}
	return iv.State.String()
}

func (c *writer) args(iv exectrace.Interval) map[string]any {
	args := map[string]any{}
	if iv.Thread >= 0 {
		args["thread"] = iv.Thread
	}
	if frames := c.t.Stack(iv); len(frames) > 0 {
		lines := make([]string, len(frames))
		for i, f := range frames {
			lines[i] = f.Func + ":" + strconv.Itoa(f.Line)
		}
		args["stack"] = strings.Join(lines, "\n")
	}
	if len(args) == 0 {
		return nil
	}
	return args
}

// regions are rows below those of the goroutines: they lie across their states.
func (c *writer) regions() {
	for r := range c.t.Regions() {
		if c.has(r.Goroutine) {
			c.async(event{Name: r.Type, Category: "region", PID: rowsOfGoroutines, TID: int64(r.Goroutine), Args: map[string]any{"task": r.Task}}, r.Start, r.End)
		}
	}
}

func (c *writer) tasks() {
	for k := range c.t.Tasks() {
		if !k.Begun && !k.Ended || !c.has(k.BegunBy) && !c.has(k.EndedBy) {
			continue
		}
		args := map[string]any{"task": k.ID, "parent": k.Parent, "begun_by": k.BegunBy, "ended_by": k.EndedBy}
		c.async(event{Name: k.Name, Category: "task", PID: rowsOfTasks, TID: int64(k.ID), Args: args}, k.Start, k.End)
	}
}

// async adds a time that others of its row may overlap.
func (c *writer) async(e event, start, end exectrace.Time) {
	if end < c.from || start > c.to {
		return
	}
	c.arrows++
	e.ID, e.Phase, e.At = c.arrows, "b", micros(max(start, c.from)-c.t.Start)
	c.add(e)
	e.Phase, e.At, e.Args = "e", micros(min(end, c.to)-c.t.Start), nil
	c.add(e)
}

// ranges are rows of the runtime: one of the whole program, and one for what a
// goroutine or processor did for the collector.
func (c *writer) ranges() {
	for r := range c.t.Ranges() {
		e := event{Name: r.Name, Category: "runtime", PID: rowsOfRuntime}
		if r.Goroutine != 0 && !c.has(r.Goroutine) {
			continue
		}
		if r.Goroutine != 0 {
			e.Args = map[string]any{"goroutine": r.Goroutine}
		}
		c.async(e, r.Start, r.End)
	}
}
