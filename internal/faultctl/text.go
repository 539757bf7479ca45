package faultctl

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/labapi"
)

// The answers for a terminal: what is there, and the lines to paste next.

// page is a text under construction, in lines of at most display.Columns.
type page struct{ strings.Builder }

// say writes a sentence.
func (p *page) say(format string, args ...any) {
	fmt.Fprintln(p, display.Wrap(fmt.Sprintf(format, args...), 0, ""))
}

// row writes a label and a command, which can be pasted.
func (p *page) row(label string, words ...string) {
	const indent = 10
	fmt.Fprintf(p, "  %-8s%s\n", label, display.ShellLines(strings.Join(words, " "), indent, strings.Repeat(" ", indent+2)))
}

// self is the address of a path of this server, as the caller reaches it, for curl.
func self(r *http.Request, path string) string { return display.ShellWord(hosts.ForCurl(r) + path) }

func mysteryText(r *http.Request, m labapi.Mystery) string {
	var p page
	whose := "everybody"
	if m.Attendee != "" {
		whose = m.Attendee
	}
	p.say("Something is wrong for %s since %s.", whose, m.Since.Local().Format(time.TimeOnly))
	if !m.Ended.IsZero() {
		p.say("It is over since %s: %s.", m.Ended.Local().Format(time.TimeOnly), m.State())
	}
	p.say("Level %d of %d, %d hints used, %d wrong answers.", m.Level, labapi.MaxLevel, m.Hints, m.Wrong)
	id := []string{"curl", "-d", "id=" + m.ID}
	p.WriteString("\n")
	if m.Ended.IsZero() {
		p.row("visit", m.Visit)
		p.row("look", hosts.Own(r).String()+"/")
		p.row("hint", append(id, self(r, labapi.MysteryHintPath))...)
		p.row("answer", append(id, "-d", "service=S", "-d", "cause=FAULT", self(r, labapi.MysteryAnswerPath))...)
		p.row("causes", "curl", self(r, labapi.FaultsPath))
	}
	p.row("again", append(id, "-d", fmt.Sprintf("level=%d", m.Level), self(r, labapi.MysteryPath))...)
	return p.String()
}

func hintText(hint labapi.MysteryHint) string {
	var p page
	p.say("%d of %d: %s", hint.Step, hint.Of, hint.Hint)
	return p.String()
}

func verdictText(r *http.Request, a labapi.MysteryAnswer, v labapi.MysteryVerdict) string {
	var p page
	if !a.GiveUp {
		p.grade("service", v.Grade.Service, a.Service)
		p.grade("cause", v.Grade.Cause, a.Cause)
		if v.Grade.Ms != nil {
			p.grade("ms", *v.Grade.Ms, fmt.Sprintf("%d (right within a third)", a.Ms))
		}
	}
	if !v.Over {
		p.say("Not yet: look again, or ask for a hint.")
		return p.String()
	}
	p.say("It was %s: %s.", v.Asked, v.Truth.Summary)
	p.say("In the trace, %s.", v.Truth.Truth.Shape)
	if state := v.Truth.Truth.State; state != "" {
		p.say("The request's goroutine %s (state %s).", display.State(state), state)
	}
	p.evidence(r, v)
	return p.String()
}

func (p *page) grade(what string, right bool, said string) {
	mark := "FAIL"
	if right {
		mark = "ok"
	}
	fmt.Fprintf(p, "%-6s%-9s%s\n", mark, what, said)
}

func (p *page) evidence(r *http.Request, v labapi.MysteryVerdict) {
	p.WriteString("\n")
	for _, e := range v.Evidence {
		p.say("%s:", e.Shows)
		fmt.Fprintf(p, "  %s\n", labapi.TraceURL(hosts.Own(r).String(), e.TraceID))
	}
	if len(v.Evidence) == 0 {
		p.say("%s This shows it:", v.Missing)
		p.row("visit", v.Visit)
	}
}

func roomText(room labapi.Room) string {
	if len(room.Mysteries) == 0 {
		return "no mystery has been started since the last reset\n"
	}
	var p page
	w := tabwriter.NewWriter(&p, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "attendee\twhat\tsince\tstate\thints\twrong")
	for _, m := range room.Mysteries {
		what, _, _ := strings.Cut(m.Asked, ";")
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\n", display.Cut(cmp.Or(m.Attendee, "(everybody)"), 18), what, m.Since.Local().Format(time.TimeOnly), m.State(), m.Hints, m.Wrong)
	}
	w.Flush()
	return p.String()
}

func clearedText(c labapi.RoomCleared) string {
	var p page
	p.say("%d mysteries ended, %d switches off", c.Mysteries, c.Switches)
	return p.String()
}

// faultsText lists the catalogue, and what is on.
func faultsText(r *http.Request, all labapi.Faults) string {
	var p page
	for _, f := range all.Catalogue {
		name := f.Service + "=" + f.Name
		for _, param := range f.Params {
			if param.Name != "percent" {
				name += fmt.Sprintf(";%s=%d", param.Name, param.Default)
			}
		}
		summary := f.Summary
		if f.Needs != "" {
			summary += " (needs " + f.Needs + ")"
		}
		fmt.Fprintf(&p, "%s\n    %s\n", name, display.Wrap(summary, 4, "    "))
	}
	p.WriteString("\n")
	p.on(all.On)
	p.WriteString("\n")
	p.row("on", "curl", "-d", "attendee=NAME", "-d", "'faults=writer=slow-disk;ms=50'", "-d", "for=10m", self(r, labapi.FaultsPath))
	p.row("off", "curl", "-X", "DELETE", self(r, labapi.FaultsPath+"?attendee=NAME"))
	p.row("list", "curl", self(r, labapi.FaultsPath+"?attendee=NAME"))
	return p.String()
}

func (p *page) on(on []labapi.SwitchedOn) {
	if len(on) == 0 {
		p.say("Nothing is switched on; a request may still ask by its header Fault.")
		return
	}
	p.say("On are:")
	for _, sw := range on {
		text := "  " + sw.Faults
		if sw.Attendee != "" {
			text += ", for " + sw.Attendee
		}
		if !sw.Until.IsZero() {
			text += ", until " + sw.Until.Local().Format(time.TimeOnly)
		}
		fmt.Fprintln(p, "  "+display.Wrap(text, 2, "    "))
	}
}

func switchedText(all labapi.Faults) string {
	var p page
	p.on(all.On)
	p.WriteString("\n")
	p.row("visit", all.Visit)
	return p.String()
}

func switchedOffText(done labapi.SwitchedOff) string {
	var p page
	p.say("%d switched off", done.Off)
	return p.String()
}

func visitsText(r *http.Request, v labapi.Visits) string {
	var p page
	for _, made := range v.Visits {
		if made.Detail != "" {
			p.say("%d: %s", made.Status, display.Line(made.Detail))
		}
		if !made.Sampled {
			p.say("The trace %s is not recorded, because of the gateway's sampler.", made.TraceID)
			continue
		}
		fmt.Fprintf(&p, "%s\n", labapi.TraceURL(hosts.Own(r).String(), made.TraceID))
	}
	p.row("visit", v.Visit)
	return p.String()
}
