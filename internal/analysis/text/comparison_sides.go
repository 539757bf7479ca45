package text

import (
	"fmt"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// writeSides says what is compared, and how long its requests took. Each side has a line of
// figures and one with what it is.
func (p *comparison) writeSides() {
	if p.Kind == labapi.CompareTraces {
		return
	}
	p.head("what is compared")
	p.row(p.style.Dim, "%14s  %9s  %9s  %9s  %11s", "requests", "mean", "p50", "p95", "with errors")
	a, b := "A", "B"
	if p.Kind == labapi.CompareTag {
		a, b = "all", "slow"
	}
	p.writeSide(a, &p.A)
	p.writeSide(b, &p.B)
}

func (p *comparison) writeSide(name string, s *labapi.ComparedSet) {
	p.row(display.Unstyled, "  %-4s  %6d  %9s  %9s  %9s  %11d", name, s.N, display.Micros(s.MeanRootUS), display.Micros(s.P50RootUS), display.Micros(s.P95RootUS), s.Errors)
	about := display.Text(s.Label, maxLabel)
	if s.Skipped > 0 {
		about += fmt.Sprintf(" (%d more have no known duration)", s.Skipped)
	}
	if about != "" {
		p.row(display.Unstyled, "%*s%s", pathAt, "", display.Fit(about, pathAt, pathBelow))
	}
}
