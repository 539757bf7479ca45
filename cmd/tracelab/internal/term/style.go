// Package term is what all verbs of tracelab print alike: styles, marks, JSON
// documents and progress.
package term

import (
	"fmt"
	"image/color"

	"charm.land/lipgloss/v2"

	"example.com/tracelab/internal/display"
)

// Styles of text. lipgloss leaves them out where they would not show, if it
// does the printing.
var (
	Bold = lipgloss.NewStyle().Bold(true)
	Dim  = lipgloss.NewStyle().Faint(true)
	Link = lipgloss.NewStyle().Foreground(lipgloss.Cyan)
	Warn = lipgloss.NewStyle().Foreground(lipgloss.Yellow)
)

var (
	good = lipgloss.NewStyle().Foreground(lipgloss.Green)
	bad  = lipgloss.NewStyle().Foreground(lipgloss.Red).Bold(true)
)

// Styles are those of a report.
func Styles() display.Styles {
	return display.Styles{Bold: Bold.Render, Warn: Warn.Render, Dim: Dim.Render, Link: Link.Render}
}

// Finding is one line of a list of checks: whether it is well, what it is about,
// and the detail.
func Finding(ok bool, about, detail string) string {
	mark := bad.Render("FAIL ")
	if ok {
		mark = good.Render("ok   ")
	}
	return mark + fmt.Sprintf("%-8s %s", about, detail)
}

// Services are styles by which services are told apart, each of which a terminal of eight
// colours has.
func Services() (styles []func(...string) string) {
	for _, colour := range []color.Color{lipgloss.Cyan, lipgloss.Green, lipgloss.Magenta, lipgloss.Blue, lipgloss.BrightCyan, lipgloss.BrightGreen, lipgloss.BrightMagenta, lipgloss.BrightBlue} {
		styles = append(styles, lipgloss.NewStyle().Foreground(colour).Render)
	}
	return styles
}
