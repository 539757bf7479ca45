package why

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"charm.land/lipgloss/v2"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/why"
)

// How much is shown; --json has it all.
const (
	maxTiles   = 12
	maxLinks   = 5 // of each wait
	maxStacks  = 3
	maxFrames  = 6
	maxText    = 48  // characters of a name
	leastTile  = 200 // a 200th of the whole
	leastLink  = 50  // a 50th of the wait
	leastStack = 20  // a 20th of the whole
	barWidth   = 20
)

// write prints an answer for people. Colours are left out where they do not show.
func write(out io.Writer, a *labapi.Explanation, link string) error {
	var b strings.Builder
	for i, sentence := range a.Sentences {
		style := lipgloss.NewStyle()
		if i == 0 {
			style = term.Bold
		}
		fmt.Fprintln(&b, style.Render(display.Line(sentence)))
	}
	writeTiles(&b, a)
	writeChain(&b, a)
	writeStacks(&b, a)
	writeMissing(&b, a)
	if link != "" {
		fmt.Fprintf(&b, "\n%s\n", term.Link.Render(display.Line(link)))
	}
	_, err := lipgloss.Fprint(out, b.String())
	return err
}

// writeTiles is the table of where the time went.
func writeTiles(b *strings.Builder, a *labapi.Explanation) {
	if len(a.States) == 0 {
		return
	}
	fmt.Fprintln(b)
	shown := 1
	for shown < min(len(a.States), maxTiles) && a.States[shown].US > a.TotalUS/leastTile {
		shown++
	}
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "service\toperation\tstate\t%9s\t%7s\n", "time", "share")
	for _, t := range a.States[:shown] {
		fmt.Fprintf(w, "%s\t%s\n", row(a, t.Service, t.Operation, t.State, t.US), colour(a, t).Render(bars(t.US, a.TotalUS)))
	}
	if rest := a.States[shown:]; len(rest) > 0 {
		var us int64
		for _, t := range rest {
			us += t.US
		}
		fmt.Fprintln(w, row(a, "", fmt.Sprintf("%d more", len(rest)), "", us))
	}
	fmt.Fprintln(w, row(a, "", "all", "", a.TotalUS))
	w.Flush()
}

// row is a row but for the bar, which comes last: its colour would count as
// width.
func row(a *labapi.Explanation, service, operation, state string, us int64) string {
	return fmt.Sprintf("%s\t%s\t%s\t%9s\t%7s", name(service), name(operation), name(state), display.Micros(us), fmt.Sprintf("%.1f %%", 100*share(us, a.TotalUS)))
}

func share(us, of int64) float64 { return float64(us) / float64(max(of, 1)) }

// colour marks the cause.
func colour(a *labapi.Explanation, t labapi.StateTime) lipgloss.Style {
	if c := a.Cause; c != nil && c.SpanID == t.SpanID && c.State == t.State {
		return term.Warn
	}
	return term.Dim
}

// bars is a share as a bar; what is there shows.
func bars(us, of int64) string {
	halves := int(2*barWidth*min(share(us, of), 1) + 0.5)
	if halves == 0 && us > 0 {
		return "▏"
	}
	return strings.Repeat("█", halves/2) + strings.Repeat("▌", halves%2)
}

// writeChain says, for each wait, what those did that were waited for.
func writeChain(b *strings.Builder, a *labapi.Explanation) {
	type wait struct{ span, state string }
	var order []wait
	links := map[wait][]link{}
	for i := range a.Waits {
		l := &a.Waits[i]
		k := wait{l.SpanID, l.Waiting}
		if links[k] == nil {
			order = append(order, k)
		}
		links[k] = addLink(links[k], l)
	}
	for _, k := range order {
		total := stateTimeOf(a, k.span, k.state)
		fmt.Fprintf(b, "\n%s in %s of the %s:\n", term.Bold.Render(display.Micros(total.US)+" of "+display.Line(k.state)), name(total.Operation), name(total.Service))
		all, shown := links[k], 1
		for shown < min(len(all), maxLinks) && all[shown].us > total.US/leastLink {
			shown++
		}
		w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
		for _, l := range all[:shown] {
			fmt.Fprintf(w, "  %9s %s\t%s\t%s\n", display.Micros(l.us), l.because, l.state, l.place)
		}
		w.Flush()
	}
}

// link is what some links say alike.
type link struct {
	because, state, place string
	us                    int64
}

func addLink(all []link, l *labapi.Wait) []link {
	next := link{because(l), name(l.State), place(l), l.US}
	for i := range all {
		if old := &all[i]; old.because == next.because && old.state == next.state && old.place == next.place {
			old.us += next.us
			return all
		}
	}
	return append(all, next)
}

// stateTimeOf is the time that links explain.
func stateTimeOf(a *labapi.Explanation, span, state string) labapi.StateTime {
	for _, t := range a.States {
		if t.SpanID == span && t.State == state {
			return t
		}
	}
	return labapi.StateTime{SpanID: span, State: state, Operation: "span " + span}
}

// because says whose request was served meanwhile.
func because(l *labapi.Wait) string {
	text := "because of no request that is known"
	if l.TraceID != "" {
		text = fmt.Sprintf("because of %s, trace %s", name(l.Operation), display.Line(l.TraceID))
	}
	if l.Inferred {
		text += " (inferred)"
	}
	return text
}

func place(l *labapi.Wait) string {
	if len(l.Stack) > 0 {
		return display.Line(why.Place(l.Stack))
	}
	return display.Line(l.Function)
}

func writeStacks(b *strings.Builder, a *labapi.Explanation) {
	for i, s := range a.Stacks[:min(len(a.Stacks), maxStacks)] {
		if i > 0 && s.US < a.TotalUS/leastStack {
			break
		}
		fmt.Fprintln(b, "\n"+term.Bold.Render(display.Micros(s.US)+" "+display.Line(s.State))+" in the "+name(s.Service))
		for _, f := range s.Frames[:min(len(s.Frames), maxFrames)] {
			fmt.Fprintln(b, "  "+display.Line(f))
		}
		if n := len(s.Frames) - maxFrames; n > 0 {
			fmt.Fprintf(b, "  and %d more\n", n)
		}
	}
}

func writeMissing(b *strings.Builder, a *labapi.Explanation) {
	for i, m := range a.Missing {
		if i == 0 {
			fmt.Fprintln(b, "\n"+term.Bold.Render("missing"))
		}
		fmt.Fprintf(b, "  %s: %s", name(m.Service), display.Line(m.Reason))
		if m.US > 0 {
			fmt.Fprintf(b, " (%s unknown)", display.Micros(m.US))
		}
		fmt.Fprintln(b)
	}
}

// name is a name that has come from a service, not too long for a column.
func name(text string) string { return display.Text(text, maxText) }
