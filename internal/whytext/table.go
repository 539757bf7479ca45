package whytext

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

const (
	maxCell  = 16 // characters of a service's name
	maxBar   = 20
	minBar   = 8
	maxState = len("stop-the-world")
)

// row is a row of the table of where the time went.
type row struct {
	service, operation, state string
	us                        int64
	bar                       func(...string) string // nil: a sum
}

// writeTable says where the time went.
func (p *page) writeTable() {
	if len(p.States) == 0 {
		return
	}
	rows := p.rows()
	service, operation, state := len("service"), len("operation"), len("state")
	for _, r := range rows {
		service = max(service, utf8.RuneCountInString(r.service))
		operation = max(operation, utf8.RuneCountInString(r.operation))
		state = max(state, utf8.RuneCountInString(r.state))
	}
	// Between the five columns and the bar are two spaces each.
	rest := display.Columns - service - state - len("   time") - len("  share") - 5*2
	operation = min(operation, rest-minBar)
	bar := min(maxBar, rest-operation)
	fmt.Fprintf(p, "\n%-*s  %-*s  %-*s  %7s  %7s\n", service, "service", operation, "operation", state, "state", "time", "share")
	for _, r := range rows {
		line := fmt.Sprintf("%-*s  %-*s  %-*s  %7s  %7s", service, r.service, operation, display.Cut(r.operation, operation), state, r.state,
			display.Micros(r.us), fmt.Sprintf("%.1f %%", 100*share(r.us, p.TotalUS)))
		if r.bar != nil {
			line += "  " + r.bar(bars(r.us, p.TotalUS, bar))
		}
		fmt.Fprintln(p, line)
	}
}

// rows are the longest, the sum of the others, and of all.
func (p *page) rows() (rows []row) {
	shown := 1
	for shown < min(len(p.States), maxTiles) && p.States[shown].US > p.TotalUS/leastTile {
		shown++
	}
	for _, t := range p.States[:shown] {
		rows = append(rows, row{display.Cut(display.Service(t.Service), maxCell), name(display.SpanName(t.Operation)), display.Cut(t.State, maxState), t.US, p.colour(t)})
	}
	if rest := p.States[shown:]; len(rest) > 0 {
		var us int64
		for _, t := range rest {
			us += t.US
		}
		rows = append(rows, row{operation: fmt.Sprintf("%d more", len(rest)), us: us})
	}
	return append(rows, row{operation: "all", us: p.TotalUS})
}

func share(us, of int64) float64 { return float64(us) / float64(max(of, 1)) }

// colour marks the cause.
func (p *page) colour(t labapi.StateTime) func(...string) string {
	if c := p.Cause; c != nil && c.SpanID == t.SpanID && c.State == t.State {
		return p.style.Warn
	}
	return p.style.Dim
}

// bars is a share as a bar of at most so many characters; what is there shows.
func bars(us, of int64, width int) string {
	halves := int(2*float64(width)*min(share(us, of), 1) + 0.5)
	if halves == 0 && us > 0 {
		return "▏"
	}
	return strings.Repeat("█", halves/2) + strings.Repeat("▌", halves%2)
}
