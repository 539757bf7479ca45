package text

import (
	"fmt"

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
	p.row(plain, "%10s  %8s  A, the mean of %s", display.Micros(p.A.MeanRootUS), "", requests(p.A.N))
	shown := p.shown()
	for i := range p.Bridge[:shown] {
		p.writeRow(&p.Bridge[i])
	}
	if rest := p.Bridge[shown:]; len(rest) > 0 {
		var us int64
		for i := range rest {
			us += rest[i].DeltaUS
		}
		p.row(plain, "%10s  %8s  %d more, which are in JSON", display.Signed(us), p.ofA(us), len(rest))
	}
	p.row(plain, "%10s  %8s  B, the mean of %s", display.Micros(p.B.MeanRootUS), "", requests(p.B.N))
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
	style := plain
	if row.Path == p.Verdict.Path && p.Verdict.Claimed {
		style = p.style.Warn
	}
	p.row(style, "%10s  %8s  %s", display.Signed(row.DeltaUS), p.ofA(row.DeltaUS), p.evidence(row))
	p.row(plain, "%*s%s", pathAt, "", display.Fit(row.Path, pathAt, pathBelow))
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

// writeExamples names a trace of each side to open, typical of the verdict or else of the
// largest change.
func (p *comparison) writeExamples(next NextOfComparison) {
	a, b := p.examples()
	if a == "" && b == "" {
		return
	}
	p.head("open")
	for _, one := range []struct{ side, id string }{{"A", a}, {"B", b}} {
		switch {
		case one.id == "":
		case next.Page != nil:
			p.row(plain, "  %s  %s", one.side, p.style.Link(display.Line(next.Page(one.id))))
		default:
			p.row(plain, "  %s  %s", one.side, display.Line(one.id))
		}
	}
	if next.Compare != nil && a != "" && b != "" && p.Kind != labapi.CompareTraces {
		p.row(plain, "  %s", display.ShellLines(next.Compare(display.Line(a), display.Line(b)), 2, "    "))
	}
}

func (p *comparison) examples() (a, b string) {
	if p.Kind == labapi.CompareTraces {
		return p.A.Label, p.B.Label
	}
	if p.Kind == labapi.CompareTag {
		for _, t := range p.Tags {
			return first(t.ExemplarsA), first(t.ExemplarsB)
		}
		return "", ""
	}
	for i := range p.Bridge {
		if row := &p.Bridge[i]; row.Path == p.Verdict.Path || p.Verdict.Path == "" {
			return first(row.ExemplarsA), first(row.ExemplarsB)
		}
	}
	return "", ""
}

func first(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}
