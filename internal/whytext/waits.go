package whytext

import (
	"fmt"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/why"
)

// Waited is the time that a span waited, and what those did that it waited for.
type Waited struct {
	Total labapi.StateTime
	Links []Link
}

// Link is what one did while it was waited for.
type Link struct {
	US        int64
	State     string
	Place     string // where its goroutine was
	Operation string // the request that it served; empty: none is known
	TraceID   string
	Inferred  bool
}

// Waits sums up the waits of an explanation: one for each span and state, in which
// what is alike is one link. The texts are as services sent them.
func Waits(a *labapi.Explanation) (all []Waited) {
	type wait struct{ span, state string }
	at := map[wait]int{}
	for i := range a.Waits {
		l := &a.Waits[i]
		k := wait{l.SpanID, l.Waiting}
		if _, ok := at[k]; !ok {
			at[k] = len(all)
			all = append(all, Waited{Total: timeOf(a, l)})
		}
		all[at[k]].add(Link{l.US, l.State, place(l), l.Operation, l.TraceID, l.Inferred})
	}
	return all
}

func (w *Waited) add(next Link) {
	for i := range w.Links {
		old := &w.Links[i]
		like := next
		if like.US = old.US; *old == like {
			old.US += next.US
			return
		}
	}
	w.Links = append(w.Links, next)
}

// timeOf is the time that links explain.
func timeOf(a *labapi.Explanation, l *labapi.Wait) labapi.StateTime {
	for _, t := range a.States {
		if t.SpanID == l.SpanID && t.State == l.Waiting {
			return t
		}
	}
	return labapi.StateTime{Service: l.Service, SpanID: l.SpanID, State: l.Waiting, Operation: "span " + l.SpanID}
}

func place(l *labapi.Wait) string {
	if len(l.Stack) > 0 {
		return why.Place(l.Stack)
	}
	return l.Function
}

// Shown are the links that are long enough to be shown, the first in any case.
func (w *Waited) Shown() []Link {
	n := 1
	for n < min(len(w.Links), maxLinks) && w.Links[n].US > w.Total.US/leastLink {
		n++
	}
	return w.Links[:min(n, len(w.Links))]
}

func (p *page) writeWaits() {
	for _, w := range Waits(p.Explanation) {
		head := display.Micros(w.Total.US) + " of " + display.Cut(w.Total.State, maxState)
		where := fmt.Sprintf("in %s of %s:", name(display.SpanName(w.Total.Operation)), name(display.The(w.Total.Service)))
		fmt.Fprintf(p, "\n%s %s\n", p.style.Bold(head), display.Fit(where, len(head)+1, "    "))
		for _, l := range w.Shown() {
			text := fmt.Sprintf("%s in %s, %s", name(l.State), display.Line(l.Place), l.whose())
			fmt.Fprintf(p, "  %9s  %s\n", display.Micros(l.US), display.Fit(text, 13, "             "))
		}
	}
}

// whose says whose request was served meanwhile.
func (l Link) whose() string {
	text := "for no request that is known"
	if l.TraceID != "" {
		text = fmt.Sprintf("for %s of trace %s", name(display.SpanName(l.Operation)), display.Line(l.TraceID))
	}
	if l.Inferred {
		text += " (inferred)"
	}
	return text
}
