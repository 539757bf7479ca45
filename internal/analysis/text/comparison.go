// Package text writes what is said of traces as text for a terminal: for the commands and
// for the server.
package text

import (
	"fmt"
	"strings"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// NextOfComparison says what to open next. A nil function says nothing.
type NextOfComparison struct {
	Page    func(traceID string) string // a URL of a trace
	Compare func(a, b string) string    // a command that compares two traces
	Why     func(traceID string) string // a command that says what its goroutines did
}

// comparison is the text of one that is being written.
type comparison struct {
	strings.Builder
	*labapi.Comparison
	style display.Styles
}

// Comparison is a comparison in lines of at most display.Columns, unless one word is
// longer: words first, then where the change comes from, how sure that is, and examples.
func Comparison(c *labapi.Comparison, next NextOfComparison, style display.Styles) string {
	p := &comparison{Comparison: c, style: style}
	style.WriteSentences(p, c.Sentences)
	p.writeSides()
	switch c.Kind {
	case labapi.CompareTag:
		p.writeTags()
	case labapi.CompareTraces:
		p.writeSpans()
	default:
		p.writeBridge()
	}
	p.writeStates()
	p.writeErrors()
	p.writeSureness()
	p.writeExamples(next)
	return p.String()
}

// row writes a line of a table.
func (p *comparison) row(style func(...string) string, format string, args ...any) {
	fmt.Fprintln(p, style(strings.TrimRight(fmt.Sprintf(format, args...), " ")))
}

// head begins a part.
func (p *comparison) head(text string) { fmt.Fprintln(p, "\n"+p.style.Bold(text)) }

// item writes a text as an item of a list.
func (p *comparison) item(style func(...string) string, text string) {
	for line := range strings.SplitSeq("  "+display.Fit(text, 2, "    "), "\n") {
		fmt.Fprintln(p, style(line))
	}
}

// writeSureness says what is doubtful, if anything is.
func (p *comparison) writeSureness() {
	doubts := p.doubts()
	if len(doubts)+len(p.Warnings) == 0 {
		return
	}
	p.head("how sure")
	for _, text := range doubts {
		p.item(display.Unstyled, text)
	}
	for _, warning := range p.Warnings {
		p.item(p.style.Warn, warning)
	}
}

// doubts are what there is to say beside the warnings.
func (p *comparison) doubts() (all []string) {
	switch p.Kind {
	case labapi.CompareTraces:
		all = append(all, "Two requests: whether others are like them is not known.")
	case labapi.CompareTag:
		all = append(all, counted(p.TagsTried, "value")+" of tags tried.")
	}
	all = append(all, p.strata()...)
	if v := p.Verdict; v.DetectableUS > 0 {
		all = append(all, fmt.Sprintf("With so many it sees, four times in five, a change of %s or more.", display.Micros(v.DetectableUS)))
	}
	if m := p.StatesMissing; m != nil && m.Reason != "" {
		all = append(all, m.Reason)
	}
	return all
}

// strata are the kinds of requests, if there are several.
func (p *comparison) strata() (all []string) {
	for i, s := range p.Strata {
		if i == maxStrata {
			return append(all, fmt.Sprintf("and %d more kinds of requests, which are in JSON", len(p.Strata)-i))
		}
		if len(p.Strata) > 1 || !s.Used {
			all = append(all, stratum(s))
		}
	}
	return all
}

const maxStrata = 5

const maxLabel = 120

func requests(n int) string { return counted(n, "request") }

// counted is how many there are of something.
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func stratum(s labapi.Stratum) string {
	text := fmt.Sprintf("%s: %d of A, %d of B", display.Text(s.Key, maxLabel), s.NA, s.NB)
	if !s.Used {
		text += ", too few to be compared"
	}
	return text
}

// writeStates says what goroutines did in the time that the verdict is about.
func (p *comparison) writeStates() {
	if len(p.States) == 0 {
		return
	}
	p.head("what the goroutines did there")
	p.row(p.style.Dim, "%10s  %9s  %9s  %s", "change", "A", "B", "state")
	for i, s := range p.States {
		if i == maxStates || i > 0 && abs(s.DeltaUS) < abs(p.States[0].DeltaUS)/leastRow {
			p.row(display.Unstyled, "  and %d more, which are in JSON", len(p.States)-i)
			break
		}
		p.row(display.Unstyled, "%10s  %9s  %9s  %s of %s", display.Signed(s.DeltaUS), display.Micros(s.AUS), display.Micros(s.BUS),
			display.Cut(s.State, maxState), display.Cut(display.The(s.Service), maxName))
	}
}

const (
	maxStates = 8
	maxState  = 16
	maxName   = 24
)

// writeErrors says what fails more often.
func (p *comparison) writeErrors() {
	e := p.Errors
	if e == nil || len(e.Paths) == 0 {
		return
	}
	p.head("errors")
	p.item(display.Unstyled, fmt.Sprintf("%s of the requests of A, %s of those of B", percent(e.RateA), percent(e.RateB)))
	for i, row := range e.Paths {
		if i == maxErrors {
			p.item(display.Unstyled, fmt.Sprintf("and %d more paths, which are in JSON", len(e.Paths)-i))
			break
		}
		p.row(display.Unstyled, "  %5d of A  %5d of B  %8s  %s", row.A, row.B, chance(row.P), display.Fit(row.Path, 36, "        "))
	}
}

const maxErrors = 5

// percent writes a share.
func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

// signedPercent writes a change, with the minus sign of display.Signed.
func signedPercent(share float64) string {
	return strings.Replace(fmt.Sprintf("%+.1f %%", 100*share), "-", "−", 1)
}

// chance writes a probability, or nothing where there is none.
func chance(p *float64) string {
	switch {
	case p == nil:
		return ""
	case *p < 0.001:
		return "<0.001"
	}
	return fmt.Sprintf("%.3f", *p)
}
