package text

import (
	"fmt"
	"strings"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// How much of a bridge is shown; JSON has it all.
const (
	maxRows   = 12
	leastRow  = 100 // a 100th of the largest change
	pathAt    = 4   // column
	pathBelow = "      "
)

// writeBridge leads from the mean of A to that of B. Each row has a line of figures and
// one with its path.
func (p *comparison) writeBridge() {
	p.head("where it comes from")
	p.row(p.style.Dim, "%10s  %8s  %s", "change", "of A", p.columns())
	p.row(display.Unstyled, "%10s  %8s  A, the mean of %s", display.Micros(p.A.MeanRootUS), "", requests(p.A.N))
	shown := p.shown()
	for i := range p.Bridge[:shown] {
		p.writeRow(&p.Bridge[i])
	}
	if rest := p.Bridge[shown:]; len(rest) > 0 {
		var us int64
		for i := range rest {
			us += rest[i].DeltaUS
		}
		p.row(display.Unstyled, "%10s  %8s  %d more, which are in JSON", display.Signed(us), p.ofA(us), len(rest))
	}
	p.row(display.Unstyled, "%10s  %8s  B, the mean of %s", display.Micros(p.B.MeanRootUS), "", requests(p.B.N))
}

func (p *comparison) columns() string {
	if p.Kind == labapi.CompareSlow {
		return "of the variance  how"
	}
	return fmt.Sprintf("%-22s  %6s  %s", "95 % sure between", "p", "how")
}

// shown is how many rows are.
func (p *comparison) shown() (n int) {
	var largest int64
	for i := range p.Bridge {
		largest = max(largest, abs(p.Bridge[i].DeltaUS))
	}
	for n < min(len(p.Bridge), maxRows) && (n == 0 || abs(p.Bridge[n].DeltaUS) > largest/leastRow) {
		n++
	}
	return n
}

func abs(n int64) int64 { return max(n, -n) }

func (p *comparison) writeRow(row *labapi.Change) {
	style := display.Unstyled
	if row.Path == p.Verdict.Path && p.Verdict.Claimed {
		style = p.style.Warn
	}
	p.row(style, "%10s  %8s  %s", display.Signed(row.DeltaUS), p.ofA(row.DeltaUS), p.evidence(row))
	p.row(display.Unstyled, "%*s%s", pathAt, "", display.Fit(row.Path, pathAt, pathBelow))
}

func (p *comparison) ofA(us int64) string {
	if p.A.MeanRootUS == 0 {
		return ""
	}
	return signedPercent(float64(us) / float64(p.A.MeanRootUS))
}

// evidence is how sure a row is, and how it came to it.
func (p *comparison) evidence(row *labapi.Change) string {
	if p.Kind == labapi.CompareSlow {
		share := ""
		if row.Share != nil {
			share = percent(*row.Share)
		}
		return fmt.Sprintf("%15s  %s", share, how(row))
	}
	between := ""
	if row.LowUS != nil && row.HighUS != nil {
		between = display.Signed(*row.LowUS) + " … " + display.Signed(*row.HighUS)
	}
	return fmt.Sprintf("%-22s  %6s  %s", between, chance(row.P), how(row))
}

// how is the mechanism, with the calls where their number is what changed.
func how(row *labapi.Change) string {
	switch row.Mechanism {
	case labapi.MoreCalls, labapi.FewerCalls:
		return fmt.Sprintf("%s: %s → %s", row.Mechanism, calls(row.CallsA), calls(row.CallsB))
	}
	return display.Cut(row.Mechanism, maxName)
}

func calls(n float64) string {
	if n >= 99.95 {
		return fmt.Sprintf("%.0f", n)
	}
	return fmt.Sprintf("%.1f", n)
}

// maxExamples is how many traces of each side are named.
const maxExamples = 3

// writeExamples names traces of each side to open, typical of the verdict or else of the
// largest change.
func (p *comparison) writeExamples(next NextOfComparison) {
	a, b := p.examples()
	if len(a)+len(b) == 0 {
		return
	}
	p.head("open")
	nameA, nameB := "A", "B"
	if p.Kind == labapi.CompareTag {
		nameA, nameB = "without", "with"
		p.item(display.Unstyled, display.Text(tagged(&p.Tags[0]), maxLabel))
	}
	p.writeTraces(len(nameA), nameA, a, next.Page)
	p.writeTraces(len(nameA), nameB, b, next.Page)
	if next.Compare != nil && len(a) > 0 && len(b) > 0 && p.Kind != labapi.CompareTraces {
		p.row(display.Unstyled, "  %s", display.ShellLines(next.Compare(display.Line(a[0]), display.Line(b[0])), 2, "    "))
	}
	if next.Why != nil && len(b) > 0 && len(p.States) > 0 {
		p.row(display.Unstyled, "  %s", display.ShellLines(next.Why(display.Line(b[0])), 2, "    "))
	}
}

// writeTraces names traces of a side, by their pages or, where there are none, by their ids.
func (p *comparison) writeTraces(width int, side string, ids []string, page func(string) string) {
	for _, id := range ids[:min(len(ids), maxExamples)] {
		text := display.Line(id)
		if page != nil {
			text = p.style.Link(display.Line(page(id)))
		}
		p.row(display.Unstyled, "  %*s  %s", width, side, text)
	}
}

// examples are traces of both sides.
func (p *comparison) examples() (a, b []string) {
	switch p.Kind {
	case labapi.CompareTraces:
		return []string{strings.TrimPrefix(p.A.Label, "trace ")}, []string{strings.TrimPrefix(p.B.Label, "trace ")}
	case labapi.CompareTag:
		for _, t := range p.Tags {
			return t.ExemplarsA, t.ExemplarsB
		}
		return nil, nil
	}
	for i := range p.Bridge {
		if row := &p.Bridge[i]; row.Path == p.Verdict.Path || p.Verdict.Path == "" {
			return row.ExemplarsA, row.ExemplarsB
		}
	}
	return nil, nil
}
