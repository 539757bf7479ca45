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
)

// named lists the tasks of one name.
func (c *tasksCommand) named(out io.Writer, t *exectrace.Trace) error {
	var rows []taskRow
	for k := range t.Tasks() {
		if k.Name == c.Name {
			rows = append(rows, newTaskRow(t, k))
		}
	}
	if len(rows) == 0 {
		return cli.Status{Code: cli.Negative, Err: fmt.Errorf("the trace has no task of the name %q: see tracelab exec tasks %s", c.Name, c.Trace)}
	}
	slices.SortStableFunc(rows, func(a, b taskRow) int { return cmp.Compare(b.Duration, a.Duration) })
	rows, left := topOf(rows, c.Top)
	if c.JSON {
		return term.JSON(out, map[string]any{"tasks": rows, "left_out": left})
	}
	out = term.Text(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "task\tparent\tat\tduration\tbegun by\tended by")
	doubtful := false
	for _, r := range rows {
		fmt.Fprintf(w, "%d\t%d\t%s\t%s\t%d\t%d\n", r.ID, r.Parent, since(r.At), marked(r.lasted(), r.Doubtful), r.BegunBy, r.EndedBy)
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

func (r taskRow) lasted() string {
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

// taskTree is a task with all that belongs to it.
type taskTree struct {
	taskRow
	Stack    []place     `json:"stack,omitempty"`  // where it was begun
	States   []stateRow  `json:"states,omitempty"` // what its time was spent on, the most first
	Regions  []regionRow `json:"regions,omitempty"`
	Logs     []logRow    `json:"logs,omitempty"`
	Children []*taskTree `json:"children,omitempty"`
}

// stateRow is how long a task was in a state.
type stateRow struct {
	State    string        `json:"state"`
	Duration time.Duration `json:"duration_ns"`
	Inferred time.Duration `json:"inferred_ns,omitempty"` // of it: concluded, not recorded by an event
}

// newStates sums up the tiles of a task.
func newStates(t *exectrace.Trace, k exectrace.Task) (rows []stateRow) {
	for _, segment := range t.Breakdown(k) {
		i := slices.IndexFunc(rows, func(r stateRow) bool { return r.State == segment.State.String() })
		if i < 0 {
			i = len(rows)
			rows = append(rows, stateRow{State: segment.State.String()})
		}
		d := segment.End.Sub(segment.Start)
		rows[i].Duration += d
		if segment.Inferred {
			rows[i].Inferred += d
		}
	}
	slices.SortStableFunc(rows, func(a, b stateRow) int { return cmp.Compare(b.Duration, a.Duration) })
	return rows
}

type regionRow struct {
	Type      string         `json:"type"`
	Goroutine exectrace.GoID `json:"goroutine"`
	At        time.Duration  `json:"at_ns"`
	Duration  time.Duration  `json:"duration_ns"`
	Complete  bool           `json:"complete"`
}

type logRow struct {
	Goroutine exectrace.GoID `json:"goroutine"`
	At        time.Duration  `json:"at_ns"`
	Category  string         `json:"category,omitempty"`
	Message   string         `json:"message"`
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
	tree := newTaskTree(t, root)
	if c.JSON {
		return term.JSON(std.Out, tree)
	}
	out := term.Text(std.Out)
	return printDoubt(out, tree.print(out, 0))
}

// newTaskTree collects what belongs to root and to the tasks below it.
func newTaskTree(t *exectrace.Trace, root exectrace.Task) *taskTree {
	children := map[exectrace.TaskID][]exectrace.Task{}
	for k := range t.Tasks() {
		if k.ID != k.Parent && k.Parent != 0 {
			children[k.Parent] = append(children[k.Parent], k)
		}
	}
	all := map[exectrace.TaskID]*taskTree{}
	var add func(k exectrace.Task) *taskTree
	add = func(k exectrace.Task) *taskTree {
		n := &taskTree{taskRow: newTaskRow(t, k), Stack: places(t.TaskStack(k)), States: newStates(t, k)}
		all[k.ID] = n
		for _, child := range children[k.ID] {
			if all[child.ID] == nil { // a damaged trace may go in circles
				n.Children = append(n.Children, add(child))
			}
		}
		return n
	}
	tree := add(root)
	for r := range t.Regions() {
		if n := all[r.Task]; n != nil {
			n.Regions = append(n.Regions, regionRow{r.Type, r.Goroutine, r.Start.Sub(t.Began), r.End.Sub(r.Start), r.Begun && r.Ended})
		}
	}
	for l := range t.Logs() {
		if n := all[l.Task]; n != nil {
			n.Logs = append(n.Logs, logRow{l.Goroutine, l.At.Sub(t.Began), l.Category, l.Message})
		}
	}
	return tree
}

// line is something that happened in a task.
type line struct {
	at   time.Duration
	text string
}

// print reports whether something is doubtful.
func (n *taskTree) print(out io.Writer, depth int) (doubtful bool) {
	indent := strings.Repeat("  ", depth)
	fmt.Fprintf(out, "%stask %d %q  %s, at %s, by goroutine %d\n", indent, n.ID, fit(out, n.Name), marked(n.lasted(), n.Doubtful), since(n.At), n.BegunBy)
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
		doubtful = child.print(out, depth+1) || doubtful
	}
	return doubtful
}
