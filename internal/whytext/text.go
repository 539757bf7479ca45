// Package whytext writes an explanation as text for a terminal, for the command and
// for the server: the sentences, where the time went, what was waited for, stacks.
package whytext

import (
	"fmt"
	"strings"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// How much is shown; JSON has it all.
const (
	maxTiles   = 12
	maxLinks   = 5 // of each wait
	maxStacks  = 3
	maxFrames  = 6
	maxOthers  = 5   // requests of the trace
	maxText    = 48  // characters of a name
	leastTile  = 200 // a 200th of the whole
	leastLink  = 50  // a 50th of the wait
	leastStack = 20  // a 20th of the whole
)

// Next says what to do next.
type Next struct {
	Page    string                       // a URL of the trace; empty: there is none
	Explain func(*labapi.Request) string // a command that explains another request of it
}

// page is a text that is being written.
type page struct {
	strings.Builder
	*labapi.Explanation
	style display.Styles
}

// Text is an explanation in lines of at most display.Columns, unless one word is
// longer.
func Text(a *labapi.Explanation, next Next, style display.Styles) string {
	p := &page{Explanation: a, style: style}
	style.WriteSentences(p, a.Sentences)
	if a.Execution.State == labapi.ExecutionAwaited {
		fmt.Fprintln(p, "Ask again in a second.")
	}
	p.writeTable()
	p.writeWaits()
	p.writeStacks()
	p.writeMissing()
	p.writeOthers(next.Explain)
	if next.Page != "" {
		fmt.Fprintf(p, "\n%s\n", style.Link(display.Line(next.Page)))
	}
	return p.String()
}

func (p *page) writeStacks() {
	for i, s := range p.Stacks[:min(len(p.Stacks), maxStacks)] {
		if i > 0 && s.US < p.TotalUS/leastStack {
			break
		}
		fmt.Fprintln(p, "\n"+p.style.Bold(display.Micros(s.US)+" "+display.Cut(s.State, maxState))+" in "+name(display.The(s.Service)))
		for _, f := range s.Frames[:min(len(s.Frames), maxFrames)] {
			fmt.Fprintln(p, "  "+display.Fit(f, 2, "      "))
		}
		if n := len(s.Frames) - maxFrames; n > 0 {
			fmt.Fprintf(p, "  and %d more\n", n)
		}
	}
}

func (p *page) writeMissing() {
	for i, m := range p.Missing {
		if i == 0 {
			fmt.Fprintln(p, "\n"+p.style.Bold("missing"))
		}
		text := fmt.Sprintf("%s: %s", name(display.Service(m.Service)), display.Line(m.Reason))
		if m.US > 0 {
			text += fmt.Sprintf(" (%s unknown)", display.Micros(m.US))
		}
		fmt.Fprintln(p, "  "+display.Fit(text, 2, "      "))
	}
}

// writeOthers lists the other requests of the trace, with the command that explains each.
func (p *page) writeOthers(explain func(*labapi.Request) string) {
	for i := range p.Others[:min(len(p.Others), maxOthers)] {
		if i == 0 {
			fmt.Fprintln(p, "\n"+p.style.Bold("other requests of this trace")+", each with the command that explains it")
		}
		r := &p.Others[i]
		fmt.Fprintf(p, "  %8s  %s\n", display.Micros(r.TotalUS), display.Cut(display.Of(r.Operation, r.Service), maxText))
		fmt.Fprintf(p, "    %s\n", display.ShellLines(explain(r), 4, "      "))
	}
	if shown := min(len(p.Others), maxOthers) + 1; shown > 1 && p.Requests > shown {
		fmt.Fprintf(p, "  and %d more, which are in JSON\n", p.Requests-shown)
	}
}

// name is a name that has come from a service, not too long for a line.
func name(text string) string { return display.Cut(text, maxText) }
