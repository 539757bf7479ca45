package text

import (
	"fmt"
	"strings"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

const (
	maxSpans  = 40
	maxTags   = 15
	maxIndent = 12
)

// writeSpans aligns the spans of two traces: those that only one has are marked.
func (p *comparison) writeSpans() {
	p.head("span by span")
	p.row(p.style.Dim, "%10s  %9s  %9s", "on path", "took in A", "in B")
	same, shown := 0, 0
	for i := range p.Spans {
		s := &p.Spans[i]
		if s.A != "" && s.B != "" && s.Depth > 0 && abs(s.DeltaUS) <= abs(p.DeltaRootUS)/leastRow {
			same++
			continue
		}
		if shown++; shown <= maxSpans {
			p.writeSpan(s)
		}
	}
	if shown > maxSpans {
		p.row(display.Unstyled, "  and %d more, which are in JSON", shown-maxSpans)
	}
	if same > 0 {
		p.row(display.Unstyled, "  %s changed by less than 1 %% of that", counted(same, "other"))
	}
	p.row(display.Unstyled, "%10s  %9s  %9s  all", display.Signed(p.DeltaRootUS), display.Micros(p.A.MeanRootUS), display.Micros(p.B.MeanRootUS))
}

func (p *comparison) writeSpan(s *labapi.AlignedSpan) {
	a, b, mark := display.Micros(s.DurationAUS), display.Micros(s.DurationBUS), "  "
	switch {
	case s.A == "":
		a, mark = "", "+ "
	case s.B == "":
		b, mark = "", "− "
	}
	indent := strings.Repeat(" ", min(s.Depth, maxIndent))
	name := display.Line(display.Service(s.Service) + " " + display.SpanName(s.Operation))
	const at = 36
	p.row(display.Unstyled, "%10s  %9s  %9s  %s%s%s", display.Signed(s.DeltaUS), a, b, mark, indent, display.Cut(name, display.Columns-at-len(indent)))
}

// writeTags lists the values of tags that go with slowness.
func (p *comparison) writeTags() {
	p.head("tags of slow requests")
	if len(p.Tags) == 0 {
		p.item(display.Unstyled, "No tag has several values.")
		return
	}
	p.row(p.style.Dim, "%15s  %17s  %9s  %9s  %6s", "of the slow", "of the others", "with it", "without", "p")
	for i := range p.Tags {
		if i == maxTags {
			p.row(display.Unstyled, "  and %d more, which are in JSON", len(p.Tags)-i)
			break
		}
		p.writeTag(&p.Tags[i])
	}
}

func (p *comparison) writeTag(t *labapi.TagValue) {
	style := display.Unstyled
	if t.Claimed {
		style = p.style.Warn
	}
	p.row(style, "%15s  %17s  %9s  %9s  %6s", part(t.SlowWith, t.Slow), part(t.FastWith, t.Fast), display.Micros(t.WithUS), display.Micros(t.WithoutUS), chance(t.P))
	p.row(display.Unstyled, "%*s%s", pathAt, "", display.Fit(display.Text(tagged(t), 3*maxLabel), pathAt, pathBelow))
}

// tagged is a value of a tag, and whose spans have it.
func tagged(t *labapi.TagValue) string {
	name := t.Tag + "=" + t.Value
	if t.Service != "" {
		name += " of " + display.The(t.Service)
	}
	return name
}

// part is n of all, in percent.
func part(n, all int) string {
	if all == 0 {
		return "none"
	}
	return fmt.Sprintf("%d of %d", n, all)
}
