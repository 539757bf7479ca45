package exec

import (
	"context"
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/stats"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions/report"
)

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

func (c *goroutinesCommand) moments(t *exectrace.Trace, g exectrace.Goroutine, room *room) (all []report.Moment) {
	for iv := range t.Intervals(g) {
		if room.more == 0 {
			room.left++
			continue
		}
		room.more--
		all = append(all, report.NewMoment(t, iv))
	}
	return all
}

// timelineJSON describes the last of several goroutines, with what all of them did.
func (c *goroutinesCommand) timelineJSON(out io.Writer, t *exectrace.Trace, all []exectrace.Goroutine) error {
	room := c.room()
	moments := []report.Moment{}
	var sum stats.Stats
	for _, g := range all {
		moments = append(moments, c.moments(t, g, &room)...)
		sum.Add(stats.Of(t, g))
	}
	last := all[len(all)-1]
	row := report.Goroutine{Times: report.NewTimes(sum), Ranges: report.RangesOf(t, last.ID)}
	return term.JSON(out, map[string]any{
		"goroutine": last.ID, "count": len(all), "func": last.Name, "created_by": last.Creator, "created_at": report.Places(t.CreatedAt(last)),
		"stats": row, "intervals": moments, "left_out": room.left,
	})
}

func printTimeline(out io.Writer, t *exectrace.Trace, g exectrace.Goroutine, moments []report.Moment) error {
	out = term.Text(out)
	fmt.Fprintf(out, "goroutine %d, %s\n", g.ID, fit(out, report.Named(g.Name)))
	if at := report.Places(t.CreatedAt(g)); len(at) > 0 {
		fmt.Fprintf(out, "created by goroutine %d in %s\n", g.Creator, at[0].As(fit(out, at[0].Func)))
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "at\tfor\tstate\tbecause\twhere")
	for _, m := range moments {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", report.Since(m.At), display.Duration(m.Duration), m.State, m.Because(), where(out, m))
	}
	return w.Flush()
}

// where is the innermost place that is not the runtime's own, if there is one.
func where(out io.Writer, m report.Moment) string {
	p, ok := m.Where()
	if !ok {
		return ""
	}
	return p.As(fit(out, p.Func))
}
