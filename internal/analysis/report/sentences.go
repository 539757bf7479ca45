package report

import (
	"fmt"
	"strings"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// sentences say the path to who has never seen one.
func sentences(d *labapi.CriticalPath) []string {
	all := []string{first(display.Of(d.Operation, d.Service), d.RootUS, Operations(d.Spans)[0])}
	if d.Requests > 1 {
		all = append(all, fmt.Sprintf("The trace has %d requests; this is one of them.", d.Requests))
	}
	for _, s := range d.Shifts {
		all = append(all, shifted(s))
	}
	if text := excluded(d.Spans); text != "" {
		all = append(all, text)
	}
	return all
}

// first says where most of the time of a request was spent, and what that would save.
func first(request string, us int64, most Operation) string {
	text := fmt.Sprintf("%s took %s", request, display.Micros(us))
	share := fmt.Sprintf("%s of it (%.0f %%)", display.Micros(most.OnPathUS), 100*float64(most.OnPathUS)/float64(us))
	of, without := display.Of(most.Operation, most.Service), "it"
	if most.TotalUS > most.OnPathUS {
		of, without = of+" itself", "it and what it called"
	}
	switch {
	case most.Root && most.Calls == 1:
		return fmt.Sprintf("%s: it spent %s itself, waiting for no other span.", text, share)
	case most.Root:
		return fmt.Sprintf("%s: %s were spent in itself and in %s of the same name.", text, share, count(most.Calls-1, "call"))
	case most.Calls > 1:
		text = fmt.Sprintf("%s: %s were spent in %d calls of %s", text, share, most.Calls, of)
		without = "the one that counts most"
	default:
		text = fmt.Sprintf("%s: %s were spent in %s", text, share, of)
	}
	const beside = "since others ran beside it"
	switch {
	case most.DragUS == 0:
		return fmt.Sprintf("%s; but without %s the request would be no shorter, %s for as long.", text, without, beside)
	case most.Calls == 1 && most.DragUS < most.OnPathUS:
		return fmt.Sprintf("%s; but without %s the request would be only %s shorter, %s.", text, without, display.Micros(most.DragUS), beside)
	}
	return fmt.Sprintf("%s; without %s the request would be %s shorter.", text, without, display.Micros(most.DragUS))
}

func shifted(s labapi.ClockShift) string {
	direction, us := "ahead", s.US
	if us < 0 {
		direction, us = "behind", -us
	}
	host := ""
	if s.Host != "" {
		host = " on " + s.Host
	}
	return fmt.Sprintf("The clock of %s%s was %s %s, which is removed here.", display.The(s.Service), host, display.Micros(us), direction)
}

// Reasons say why a span is excluded, in the order in which they are told.
var Reasons = []struct{ Excluded, Text string }{
	{labapi.ExcludedNotAwaited, "ended after its parent, which did not wait for it"},
	{labapi.ExcludedMessage, "took a message that nobody waits for"},
	{labapi.ExcludedOutside, "ran before its parent began, or after it had ended"},
	{labapi.ExcludedIncomplete, "has no start or no duration"},
	{labapi.ExcludedLost, "has a parent that is missing"},
}

// excluded counts the spans that nobody waited for.
func excluded(spans []labapi.PathSpan) string {
	var parts []string
	counts := counted(spans)
	for _, r := range Reasons[:3] {
		if n := counts[r.Excluded]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", count(n, "span"), r.Text))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "Not on the path, with all that is below: " + strings.Join(parts, "; ") + "."
}

// warnings say what may make it another path.
func warnings(d *labapi.CriticalPath) []string {
	counts, all := counted(d.Spans), []string{}
	if n := counts[labapi.ExcludedIncomplete]; n > 0 {
		all = append(all, fmt.Sprintf("%s without a start or a duration cannot be on the path: it has not ended yet, or a part of its report was lost.", count(n, "span")))
	}
	if n := counts[labapi.ExcludedLost]; n > 0 {
		all = append(all, fmt.Sprintf("%s whose parent is missing cannot be on the path: the parent's report was lost, or comes yet.", count(n, "span")))
	}
	return all
}

func counted(spans []labapi.PathSpan) map[string]int {
	counts := map[string]int{}
	for _, s := range Excluded(spans) {
		counts[s.Excluded]++
	}
	return counts
}

// Excluded are the spans that are excluded, without those below one.
func Excluded(spans []labapi.PathSpan) (tops []labapi.PathSpan) {
	below := -1 // the depth of the last; -1: none
	for _, s := range spans {
		if below >= 0 && s.Depth > below {
			continue
		}
		if below = -1; s.Excluded != "" {
			tops = append(tops, s)
			below = s.Depth
		}
	}
	return tops
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
