package exec

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions/report"
)

// named lists the tasks of one name.
func (c *tasksCommand) named(out io.Writer, t *exectrace.Trace) error {
	var rows []report.Task
	for k := range t.Tasks() {
		if k.Name == c.Name {
			rows = append(rows, report.NewTask(t, k))
		}
	}
	if len(rows) == 0 {
		return cli.Status{Code: cli.Negative, Err: fmt.Errorf("the trace has no task of the name %q: see tracelab exec tasks %s", c.Name, c.Trace)}
	}
	slices.SortStableFunc(rows, func(a, b report.Task) int { return cmp.Compare(b.Duration, a.Duration) })
	rows, left := topOf(rows, c.Top)
	if c.JSON {
		return term.JSON(out, map[string]any{"tasks": rows, "left_out": left})
	}
	out = term.Text(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "task\tparent\tat\tduration\tbegun by\tended by")
	doubtful := false
	for _, r := range rows {
		fmt.Fprintf(w, "%d\t%d\t%s\t%s\t%d\t%d\n", r.ID, r.Parent, report.Since(r.At), marked(lasted(r), r.Doubtful), r.BegunBy, r.EndedBy)
		doubtful = doubtful || r.Doubtful
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := printDoubt(out, doubtful); err != nil {
		return err
	}
	return printLeft(out, left)
}

func lasted(r report.Task) string {
	if r.Complete {
		return display.Duration(r.Duration)
	}
	return display.Duration(r.Duration) + ", and more that is not in the trace"
}

// taskCommand shows one task as a tree: its regions, logs and subtasks, and what
// its time was spent on.
type taskCommand struct {
	source      `embed:""`
	ID          uint64 `arg:"" help:"The task's number: see tracelab exec tasks."`
	term.Format `embed:""`
	period      `embed:""`
	goToolTimes `embed:""`
}

// Help is shown by tracelab exec task --help.
func (c *taskCommand) Help() string {
	return `What a task's time was spent on, its regions, its messages, and its subtasks.

Goroutines that were started for the task are looked through, and so are those of net/http's client: a wait for them is what they did. A wait for anybody else is sync (a mutex, another of package sync) or channel. Where the trace does not say which CPU time the system took away (cpu-wait), running has that too.

` + aboutPeriods + `

Examples:
  tracelab exec tasks trace.out --name 'GET /visit'
  tracelab exec task trace.out 42`
}

// Run prints the tree. No such task is cli.Negative.
func (c *taskCommand) Run(ctx context.Context, std cli.Streams) error {
	t, err := c.index(ctx, std, c.period, c.AsGoTool)
	if err != nil {
		return err
	}
	root, ok := t.Task(exectrace.TaskID(c.ID))
	if !ok {
		return cli.Status{Code: cli.Negative, Err: fmt.Errorf("the trace has no task %d: see tracelab exec tasks %s", c.ID, c.Trace)}
	}
	tree, _ := report.NewTaskTree(t, root, report.Bounds{})
	if c.JSON {
		return term.JSON(std.Out, tree)
	}
	out := term.Text(std.Out)
	return printDoubt(out, printTree(out, tree, 0))
}

// line is something that happened in a task.
type line struct {
	at   time.Duration
	text string
}

// printTree reports whether something is doubtful.
func printTree(out io.Writer, n *report.TaskTree, depth int) (doubtful bool) {
	indent := strings.Repeat("  ", depth)
	fmt.Fprintf(out, "%stask %d %q  %s, at %s, by goroutine %d\n", indent, n.ID, fit(out, n.Name), marked(lasted(n.Task), n.Doubtful), report.Since(n.At), n.BegunBy)
	words := make([]string, len(n.States))
	for i, s := range n.States {
		words[i] = s.State + " " + display.Duration(s.Duration)
	}
	fmt.Fprintf(out, "%s  %s\n", indent, strings.Join(words, ", "))
	var lines []line
	for _, r := range n.Regions {
		lines = append(lines, line{r.At, fmt.Sprintf("region %q  %s, on goroutine %d", fit(out, r.Type), display.Duration(r.Duration), r.Goroutine)})
	}
	for _, l := range n.Logs {
		lines = append(lines, line{l.At, fmt.Sprintf("log %s  %q, by goroutine %d", fit(out, l.Category), fit(out, l.Message), l.Goroutine)})
	}
	slices.SortStableFunc(lines, func(a, b line) int { return cmp.Compare(a.at, b.at) })
	for _, l := range lines {
		fmt.Fprintf(out, "%s  +%s  %s\n", indent, display.Duration(l.at-n.At), l.text)
	}
	doubtful = n.Doubtful
	for _, child := range n.Children {
		doubtful = printTree(out, child, depth+1) || doubtful
	}
	return doubtful
}
