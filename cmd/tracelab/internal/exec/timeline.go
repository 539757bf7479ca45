package exec

import (
	"context"
	"fmt"
	"io"
	"math"
	"text/tabwriter"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/stats"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
)

// moment is a state of a goroutine.
type moment struct {
	At       time.Duration      `json:"at_ns"` // since the trace began
	Duration time.Duration      `json:"duration_ns"`
	State    string             `json:"state"`
	Reason   string             `json:"reason,omitempty"`
	By       exectrace.GoID     `json:"by,omitempty"` // the goroutine that made it runnable
	Thread   exectrace.ThreadID `json:"thread,omitempty"`
	Stack    []place            `json:"stack,omitempty"`
}

type place struct {
	Func string `json:"func"`
	File string `json:"file"`
	Line int    `json:"line"`
}

// as is the place with another name for its function.
func (p place) as(name string) string {
	if name == "" {
		return unknownFunc
	}
	return fmt.Sprintf("%s:%d", name, p.Line)
}

// unknownFunc stands in tables for a function that the trace does not name.
const unknownFunc = "(unknown)"

func places(stack []exectrace.Frame) []place {
	list := make([]place, len(stack))
	for i, f := range stack {
		list[i] = place{f.Func, f.File, f.Line}
	}
	return list
}

// one shows what one goroutine did.
func (c *goroutinesCommand) one(ctx context.Context, std cli.Streams) error {
	t, err := reading(ctx, c.source, std, c.period, c.AsGoTool, withLosses(func(f *exectrace.File) (*exectrace.Trace, error) {
		return exectrace.ReadGoroutine(f, exectrace.GoID(c.Goroutine))
	}))
	if err != nil {
		return err
	}
	return c.timeline(std.Out, t)
}

// timeline lists what one goroutine did. Of several with the number it lists one after
// the other.
func (c *goroutinesCommand) timeline(out io.Writer, t *exectrace.Trace) error {
	var all []exectrace.Goroutine
	for g := range t.Goroutines() {
		if g.ID == exectrace.GoID(c.Goroutine) {
			all = append(all, g)
		}
	}
	if len(all) == 0 {
		return cli.Status{Code: cli.Negative, Err: fmt.Errorf("the trace has no goroutine %d", c.Goroutine)}
	}
	if c.JSON {
		return c.timelineJSON(out, t, all)
	}
	room := c.room()
	for _, g := range all {
		moments := c.moments(t, g, &room)
		if len(moments) == 0 {
			continue // they are counted as left out
		}
		if err := printTimeline(out, t, g, moments); err != nil {
			return err
		}
	}
	return printLeft(out, room.left)
}

// room is how many moments may still be shown, and how many were left out.
type room struct{ more, left int }

func (c *goroutinesCommand) room() room {
	if c.Top > 0 {
		return room{more: c.Top}
	}
	return room{more: math.MaxInt}
}

func (c *goroutinesCommand) moments(t *exectrace.Trace, g exectrace.Goroutine, room *room) (all []moment) {
	for iv := range t.Intervals(g) {
		if room.more == 0 {
			room.left++
			continue
		}
		room.more--
		m := moment{At: iv.Start.Sub(t.Began), Duration: iv.End.Sub(iv.Start), State: iv.State.String(), Reason: iv.Reason, By: iv.By, Stack: places(t.Stack(iv))}
		if iv.Thread >= 0 {
			m.Thread = iv.Thread
		}
		all = append(all, m)
	}
	return all
}

// timelineJSON describes the last of several goroutines, with what all of them did.
func (c *goroutinesCommand) timelineJSON(out io.Writer, t *exectrace.Trace, all []exectrace.Goroutine) error {
	room := c.room()
	moments := []moment{}
	var sum stats.Stats
	for _, g := range all {
		moments = append(moments, c.moments(t, g, &room)...)
		sum.Add(stats.Of(t, g))
	}
	last := all[len(all)-1]
	row := newRow(sum)
	row.Ranges = rangesBy(t, func(id exectrace.GoID) exectrace.GoID { return id })[last.ID]
	return term.JSON(out, map[string]any{
		"goroutine": last.ID, "count": len(all), "func": last.Name, "created_by": last.Creator, "created_at": places(t.CreatedAt(last)),
		"stats": row, "intervals": moments, "left_out": room.left,
	})
}

func printTimeline(out io.Writer, t *exectrace.Trace, g exectrace.Goroutine, moments []moment) error {
	out = term.Text(out)
	fmt.Fprintf(out, "goroutine %d, %s\n", g.ID, fit(out, named(g.Name)))
	if at := places(t.CreatedAt(g)); len(at) > 0 {
		fmt.Fprintf(out, "created by goroutine %d in %s\n", g.Creator, at[0].as(fit(out, at[0].Func)))
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "at\tfor\tstate\tbecause\twhere")
	for _, m := range moments {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", since(m.At), display.Duration(m.Duration), m.State, m.because(), m.where(out))
	}
	return w.Flush()
}

func (m moment) because() string {
	switch {
	case m.By != 0:
		return fmt.Sprintf("goroutine %d", m.By)
	case m.Reason == "" && m.State == exectrace.StateWaiting.String():
		return "(has begun before the trace)"
	}
	return m.Reason
}

// where is the innermost place that is not the runtime's own, if there is one.
func (m moment) where(out io.Writer) string {
	for _, p := range m.Stack {
		if !internalFunc(p.Func) {
			return p.as(fit(out, p.Func))
		}
	}
	if len(m.Stack) > 0 {
		return m.Stack[0].as(fit(out, m.Stack[0].Func))
	}
	return ""
}
