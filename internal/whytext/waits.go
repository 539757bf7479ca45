package whytext

import (
	"fmt"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/why"
)

// writeWaits says, for each wait, what those did that were waited for.
func (p *page) writeWaits() {
	type wait struct{ span, state string }
	var order []wait
	links := map[wait][]link{}
	for i := range p.Waits {
		l := &p.Waits[i]
		k := wait{l.SpanID, l.Waiting}
		if links[k] == nil {
			order = append(order, k)
		}
		links[k] = addLink(links[k], l)
	}
	for _, k := range order {
		p.writeLinks(p.timeOf(k.span, k.state), links[k])
	}
}

func (p *page) writeLinks(total labapi.StateTime, links []link) {
	head := display.Micros(total.US) + " of " + display.Line(total.State)
	where := fmt.Sprintf("in %s of the %s:", name(total.Operation), name(total.Service))
	fmt.Fprintf(p, "\n%s %s\n", p.style.Bold(head), display.Wrap(where, len(head)+1, "    "))
	shown := 1
	for shown < min(len(links), maxLinks) && links[shown].us > total.US/leastLink {
		shown++
	}
	for _, l := range links[:shown] {
		text := fmt.Sprintf("%s in %s, %s", l.state, l.place, l.because)
		fmt.Fprintf(p, "  %9s  %s\n", display.Micros(l.us), display.Wrap(text, 13, "             "))
	}
}

// link is what some waits say alike.
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

// timeOf is the time that links explain.
func (p *page) timeOf(span, state string) labapi.StateTime {
	for _, t := range p.States {
		if t.SpanID == span && t.State == state {
			return t
		}
	}
	return labapi.StateTime{SpanID: span, State: state, Operation: "span " + span}
}

// because says whose request was served meanwhile.
func because(l *labapi.Wait) string {
	text := "for no request that is known"
	if l.TraceID != "" {
		text = fmt.Sprintf("for %s of trace %s", name(l.Operation), display.Line(l.TraceID))
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
