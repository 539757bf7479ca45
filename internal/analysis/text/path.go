package text

import (
	"fmt"
	"slices"
	"strings"

	"example.com/tracelab/internal/analysis/report"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// How much of a path is shown; JSON has it all.
const (
	maxOperations = 12
	maxSections   = 24
	maxBeside     = 6
	maxLeft       = 6
	maxRequests   = 5
	maxCall       = 40 // characters of an operation with its service
)

// NextOfPath says what to do next.
type NextOfPath struct {
	Page string                           // a URL of the trace; empty: there is none
	Path func(*labapi.PathRequest) string // a command that shows the path of another request of it
}

// path is the text of one that is being written.
type path struct {
	strings.Builder
	*labapi.CriticalPath
	style display.Styles
}

// Path is a critical path in lines of at most display.Columns, unless one word is longer:
// words first, then the operations on it, its sections in order, what ran beside it, and
// what cannot be on it.
func Path(d *labapi.CriticalPath, next NextOfPath, style display.Styles) string {
	p := &path{CriticalPath: d, style: style}
	style.WriteSentences(p, d.Sentences)
	for _, w := range d.Warnings {
		for line := range strings.SplitSeq(display.Fit(w, 0, ""), "\n") {
			fmt.Fprintln(p, style.Warn(line))
		}
	}
	p.writeOperations()
	p.writeSections()
	p.writeBeside()
	p.writeLeft()
	p.writeOthers(next.Path)
	if next.Page != "" {
		fmt.Fprintf(p, "\n%s\n", style.Link(display.Line(next.Page)))
	}
	return p.String()
}

// writeOperations says where the time was spent.
func (p *path) writeOperations() {
	all := report.Operations(p.Spans)
	fmt.Fprintf(p, "\n%10s  %7s  %5s  %10s  %s\n", "on path", "share", "calls", "saves", "operation")
	shown, several := min(len(all), maxOperations), false
	for i, o := range all[:shown] {
		saves := display.Micros(o.DragUS)
		if o.Root {
			saves = ""
		} else if o.Calls > 1 {
			saves, several = "≤ "+saves, true
		}
		line := fmt.Sprintf("%10s  %7s  %5d  %10s  %s", display.Micros(o.OnPathUS), p.share(o.OnPathUS), o.Calls, saves, callName(o.Service, o.Operation))
		if i == 0 {
			line = p.style.Warn(line)
		}
		fmt.Fprintln(p, line)
	}
	if rest := all[shown:]; len(rest) > 0 {
		var us int64
		for _, o := range rest {
			us += o.OnPathUS
		}
		fmt.Fprintf(p, "%10s  %7s  %5s  %10s  %d more\n", display.Micros(us), p.share(us), "", "", len(rest))
	}
	fmt.Fprintf(p, "%10s  %7s  %5s  %10s  all\n", display.Micros(p.RootUS), p.share(p.RootUS), "", "")
	note := "saves: by how much the request would be shorter without it and all that is below it"
	if several {
		note += "; ≤ of several calls, without one of them"
	}
	for line := range strings.SplitSeq(display.Fit(note, 0, ""), "\n") {
		fmt.Fprintln(p, p.style.Dim(line))
	}
}

func (p *path) share(us int64) string {
	return fmt.Sprintf("%.1f %%", 100*float64(us)/float64(max(p.RootUS, 1)))
}

// writeSections lists the longest sections of the path in order.
func (p *path) writeSections() {
	least, shown := p.leastShown(), 0
	var us int64 // of those that are not shown
	fmt.Fprintln(p, "\n"+p.style.Bold("the path")+", from the start of the request")
	for _, s := range p.Sections {
		took := s.EndUS - s.StartUS
		if took < least || shown == maxSections {
			us += took
			continue
		}
		shown++
		fmt.Fprintf(p, "  %8s  for %8s  %s\n", display.Micros(s.StartUS-p.StartUS), display.Micros(took), callName(s.Service, s.Operation))
	}
	if rest := len(p.Sections) - shown; rest > 0 {
		fmt.Fprintf(p, "  %8s  for %8s  between them, in %d shorter ones\n", "", display.Micros(us), rest)
	}
}

// leastShown is the length of the shortest section that is shown.
func (p *path) leastShown() int64 {
	all := make([]int64, len(p.Sections))
	for i, s := range p.Sections {
		all[i] = s.EndUS - s.StartUS
	}
	slices.Sort(all)
	return all[max(0, len(all)-maxSections)]
}

// writeBeside lists the longest that ran beside the path.
func (p *path) writeBeside() {
	var all []labapi.PathSpan
	for _, s := range p.Spans {
		if s.Excluded == "" && s.TotalUS == 0 {
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(a, b labapi.PathSpan) int { return int(min(max(b.DurationUS-a.DurationUS, -1), 1)) })
	for i, s := range all[:min(len(all), maxBeside)] {
		if i == 0 {
			fmt.Fprintln(p, "\n"+p.style.Bold("beside the path")+": to make it faster saves nothing")
		}
		p.item(fmt.Sprintf("%s took %s, and could take %s more", callName(s.Service, s.Operation), display.Micros(s.DurationUS), display.Micros(s.SlackUS)))
	}
	p.more(len(all) - maxBeside)
}

// writeLeft lists what cannot be on the path, and why.
func (p *path) writeLeft() {
	all := report.Excluded(p.Spans)
	for i, s := range all[:min(len(all), maxLeft)] {
		if i == 0 {
			fmt.Fprintln(p, "\n"+p.style.Bold("cannot be on the path"))
		}
		took := "took " + display.Micros(s.DurationUS) + ": it "
		if s.DurationUS == 0 {
			took = ""
		}
		p.item(callName(s.Service, s.Operation) + " " + took + reason(s.Excluded))
	}
	p.more(len(all) - maxLeft)
}

func reason(excluded string) string {
	for _, r := range report.Reasons {
		if r.Excluded == excluded {
			return r.Text
		}
	}
	return "is left out: " + display.Cut(excluded, maxCall)
}

// writeOthers lists the other requests of the trace, with the command that shows each.
func (p *path) writeOthers(command func(*labapi.PathRequest) string) {
	for i := range p.Others[:min(len(p.Others), maxRequests)] {
		r := &p.Others[i]
		if i == 0 {
			fmt.Fprintln(p, "\n"+p.style.Bold("other requests of this trace")+", each with the command that shows it")
		}
		fmt.Fprintf(p, "  %8s  %s\n", display.Micros(r.RootUS), display.Cut(display.Of(r.Operation, r.Service), maxCall))
		fmt.Fprintf(p, "    %s\n", display.ShellLines(command(r), 4, "      "))
	}
	p.more(p.Requests - 1 - maxRequests)
}

// item writes a text as an item of a list.
func (p *path) item(text string) { fmt.Fprintln(p, "  "+display.Fit(text, 2, "      ")) }

func (p *path) more(n int) {
	if n > 0 {
		fmt.Fprintf(p, "  and %d more, which are in JSON\n", n)
	}
}

// callName is an operation with its service, not too long for a line.
func callName(service, operation string) string {
	return display.Cut(display.Service(service)+" "+display.SpanName(operation), maxCall)
}
