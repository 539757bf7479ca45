package timeline

import (
	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/exectrace/userlog"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
)

// mostMarks is how many regions, logs and tasks of a segment are shown, of each.
const mostMarks = 20

// mark is something that the program itself wrote into the trace.
type mark struct {
	Text string
	span
}

// marks adds the regions and tasks that a goroutine was in, and what it logged, in the time
// of a segment.
func (out *place) marks(x *executions.Execution, g exectrace.GoID, s lanes.Segment) {
	tasks := map[exectrace.TaskID]bool{}
	for r := range x.Lanes.Trace.Regions() {
		if r.Goroutine != g || r.End <= s.From || r.Start >= s.To {
			continue
		}
		if len(out.Regions) == mostMarks {
			break
		}
		out.Regions = append(out.Regions, mark{display.Text(r.Type, 200), spanOf(x, r.Start, r.End)})
		tasks[r.Task] = true
	}
	for l := range x.Lanes.Trace.Logs() {
		if l.At >= s.To || len(out.Logs) == mostMarks {
			break
		}
		if l.Goroutine != g || l.At < s.From || userlog.Known(l.Category) {
			continue
		}
		out.Logs = append(out.Logs, mark{display.Text(l.Category+": "+l.Message, 500), spanOf(x, l.At, l.At)})
		tasks[l.Task] = true
	}
	for id := range tasks {
		if t, ok := x.Lanes.Trace.Task(id); ok && t.Name != "" {
			out.Tasks = append(out.Tasks, mark{display.Text(t.Name, 200), spanOf(x, t.Start, t.End)})
		}
	}
}
