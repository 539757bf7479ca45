package exec

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/pprof/profile"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace/delay"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions/report"
)

// delayReport is a profile in words.
type delayReport struct {
	Kind       delay.Kind        `json:"profile"`
	Delay      time.Duration     `json:"delay_ns"`
	Count      int64             `json:"count"`
	Unfinished int               `json:"unfinished"` // at the end of the trace, and not counted
	Dropped    int               `json:"dropped"`    // for damage to the trace
	Functions  []delayedFunction `json:"functions"`
	Stacks     []delayedStack    `json:"stacks"`
	LeftOut    int               `json:"stacks_left_out"`
}

// delayedFunction is what a function has itself, and with all that it calls.
type delayedFunction struct {
	Name  string        `json:"name"`
	Flat  time.Duration `json:"flat_ns"`
	Cum   time.Duration `json:"cum_ns"`
	Count int64         `json:"count"` // of cum
}

type delayedStack struct {
	Delay  time.Duration  `json:"delay_ns"`
	Count  int64          `json:"count"`
	Frames []report.Place `json:"stack"` // the innermost first
}

func newDelayReport(p delay.Profile, top int) delayReport {
	r := delayReport{Kind: p.Kind, Unfinished: p.Unfinished, Dropped: p.Dropped, Functions: functionsOf(p.Profile)}
	for _, s := range p.Sample { // the longest first
		r.Count += s.Value[0]
		r.Delay += time.Duration(s.Value[1])
		r.Stacks = append(r.Stacks, delayedStack{time.Duration(s.Value[1]), s.Value[0], framesOf(s)})
	}
	if top > 0 && len(r.Stacks) > top {
		r.LeftOut, r.Stacks = len(r.Stacks)-top, r.Stacks[:top]
	}
	if top > 0 && len(r.Functions) > top {
		r.Functions = r.Functions[:top]
	}
	return r
}

func framesOf(s *profile.Sample) []report.Place {
	list := []report.Place{}
	for _, l := range s.Location {
		for _, line := range l.Line {
			list = append(list, report.Place{Func: line.Function.Name, File: line.Function.Filename, Line: int(line.Line)})
		}
	}
	return list
}

// functionsOf sums up by function, those first in which most time was lost. A
// function that is on a stack more than once has it once.
func functionsOf(p *profile.Profile) []delayedFunction {
	byName := map[string]*delayedFunction{}
	for _, s := range p.Sample {
		on := map[string]bool{}
		for i, f := range framesOf(s) {
			d := byName[f.Func]
			if d == nil {
				d = &delayedFunction{Name: f.Func}
				byName[f.Func] = d
			}
			if i == 0 {
				d.Flat += time.Duration(s.Value[1])
			}
			if !on[f.Func] {
				d.Cum += time.Duration(s.Value[1])
				d.Count += s.Value[0]
			}
			on[f.Func] = true
		}
	}
	list := make([]delayedFunction, 0, len(byName))
	for _, d := range byName {
		list = append(list, *d)
	}
	slices.SortFunc(list, func(a, b delayedFunction) int {
		return cmp.Or(cmp.Compare(b.Cum, a.Cum), cmp.Compare(b.Flat, a.Flat), strings.Compare(a.Name, b.Name))
	})
	return list
}

func (c *profileCommand) print(out io.Writer, list []delay.Profile) error {
	reports := make([]delayReport, len(list))
	for i, p := range list {
		reports[i] = newDelayReport(p, c.Top)
	}
	if c.JSON {
		return term.JSON(out, map[string]any{"profiles": reports})
	}
	out = term.Text(out)
	for i, r := range reports {
		if i > 0 {
			fmt.Fprintln(out)
		}
		if err := r.print(out); err != nil {
			return err
		}
	}
	return nil
}

func (r delayReport) print(out io.Writer) error {
	fmt.Fprintf(out, "%s: %d delays, %s in all", r.Kind, r.Count, display.Duration(r.Delay))
	if r.Unfinished > 0 {
		fmt.Fprintf(out, "; %d went on at the end, and are not counted", r.Unfinished)
	}
	if r.Dropped > 0 {
		fmt.Fprintf(out, "; %d began before damage to the trace, and are not counted", r.Dropped)
	}
	fmt.Fprintln(out)
	if r.Count == 0 {
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "flat\t\tcum\t\tcount\t  function")
	for _, f := range r.Functions {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t  %s\n", dash(f.Flat), r.share(f.Flat), dash(f.Cum), r.share(f.Cum), f.Count, fit(out, cmp.Or(f.Name, report.UnknownFunc)))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w, "delay\t\tcount\t  stack, the innermost first")
	for _, s := range r.Stacks {
		fmt.Fprintf(w, "%s\t%s\t%d\t  %s\n", display.Duration(s.Delay), r.share(s.Delay), s.Count, s.line(out))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if r.LeftOut > 0 {
		fmt.Fprintf(out, "and %d more stacks: --top 0 shows all\n", r.LeftOut)
	}
	return nil
}

func (r delayReport) share(d time.Duration) string {
	if d == 0 || r.Delay == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f%%", 100*float64(d)/float64(r.Delay))
}

// onLine is how much of a stack a line shows.
const onLine = 4

// line leaves out what every wait goes through, but for what the program called.
func (s delayedStack) line(out io.Writer) string {
	frames := s.Frames
	for len(frames) > 1 && report.InternalFunc(frames[0].Func) && report.InternalFunc(frames[1].Func) {
		frames = frames[1:]
	}
	if len(frames) == 0 {
		return "(no stack: it was the runtime)"
	}
	text := make([]string, min(len(frames), onLine))
	for i := range text {
		text[i] = frames[i].As(fit(out, frames[i].Func[strings.LastIndex(frames[i].Func, "/")+1:]))
	}
	if more := len(frames) - onLine; more > 0 {
		text = append(text, fmt.Sprintf("%d more", more))
	}
	return strings.Join(text, " < ")
}
