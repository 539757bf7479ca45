package text

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// Waterfall is how a waterfall is drawn.
type Waterfall struct {
	Width int  // columns
	ASCII bool // draws with characters that every terminal has
	Rows  int  // spans that are shown at most; 0: all
	Style display.Styles
	// Colours render text of a service each, so that services are told apart. None: names
	// do that.
	Colours []func(...string) string
}

// glyphs are what bars are drawn with.
type glyphs struct {
	own, waits, beside string // on the path itself, while another is, and not
	before, after      string // it ran out of the picture
}

var (
	blocks = glyphs{"█", "─", "░", "◂", "▸"}
	ascii  = glyphs{"#", "-", ".", "<", ">"}
)

// waterfall is one that is being written.
type waterfall struct {
	strings.Builder
	Waterfall
	*labapi.CriticalPath
	glyphs
	name, bar int              // columns
	from, to  int64            // µs: the time that is shown
	sections  map[int][]moment // of each span
}

type moment struct{ start, end int64 }

const (
	mostName   = 44 // columns of service and operation
	leastBar   = 10
	durations  = 8 // columns
	deepest    = 12
	markColumn = 3
)

// Draw draws the spans of a request under each other, each as a bar over time: thick where
// the critical path is in it.
func (w Waterfall) Draw(d *labapi.CriticalPath) string {
	p := &waterfall{Waterfall: w, CriticalPath: d, glyphs: blocks}
	if w.ASCII {
		p.glyphs = ascii
	}
	p.layOut()
	p.assignSections()
	p.writeAxis()
	shown := p.choose()
	left := 0
	for i := range d.Spans {
		if !shown[i] {
			left++
			continue
		}
		p.writeLeftOut(left)
		left = 0
		p.writeSpan(i)
	}
	p.writeLeftOut(left)
	p.writeLegend()
	if w.ASCII {
		return asciiWords.Replace(p.String())
	}
	return p.String()
}

// asciiWords replaces what durations and cuts have.
var asciiWords = strings.NewReplacer("µ", "u", "…", "~", "−", "-")

// layOut divides the width, and says which time is shown: that of the request, and of what
// ran beside it for up to half as long again.
func (p *waterfall) layOut() {
	longest := 0
	for _, s := range p.Spans {
		longest = max(longest, utf8.RuneCountInString(p.indented(&s)))
	}
	rest := p.Width - markColumn - durations - 2
	p.name = max(8, min(longest, mostName, rest-max(leastBar, rest/2)))
	p.bar = max(leastBar, rest-p.name)
	p.from, p.to = p.StartUS, p.StartUS+p.RootUS
	room := p.RootUS / 2
	for _, s := range p.Spans {
		if s.StartUS > 0 && s.StartUS >= p.StartUS-room && s.StartUS+s.DurationUS <= p.StartUS+p.RootUS+room {
			p.from, p.to = min(p.from, s.StartUS), max(p.to, s.StartUS+s.DurationUS)
		}
	}
}

// choose says which spans are shown: the root, and those that count most.
func (p *waterfall) choose() []bool {
	shown := make([]bool, len(p.Spans))
	order := make([]int, len(p.Spans))
	for i := range order {
		order[i] = i
	}
	if most := p.Rows; most > 0 && most < len(order) {
		slices.SortStableFunc(order[1:], func(a, b int) int { return cmp.Compare(weight(&p.Spans[b]), weight(&p.Spans[a])) })
		order = order[:most]
	}
	for _, i := range order {
		shown[i] = true
	}
	return shown
}

// weight is how much a span is worth to be shown.
func weight(s *labapi.PathSpan) float64 {
	weight := float64(s.DurationUS) + 4*float64(s.TotalUS)
	if s.Error {
		weight *= 4
	}
	return weight
}

// writeAxis names both ends of the time.
func (p *waterfall) writeAxis() {
	left, right := display.Micros(p.from-p.StartUS), display.Micros(p.to-p.StartUS)
	space := max(1, p.bar-utf8.RuneCountInString(left)-utf8.RuneCountInString(right))
	fmt.Fprintln(p, p.Style.Dim(strings.Repeat(" ", p.Width-p.bar)+left+strings.Repeat(" ", space)+right))
}

func (p *waterfall) writeSpan(i int) {
	s := &p.Spans[i]
	took := display.Micros(s.DurationUS)
	if s.DurationUS == 0 {
		took = "?"
	}
	name := display.Cut(p.indented(s), p.name)
	name += strings.Repeat(" ", p.name-utf8.RuneCountInString(name))
	rendered := p.colour(s.Service)(name)
	fmt.Fprintln(p, strings.TrimRight(fmt.Sprintf("%s%s %*s %s", p.marks(s), rendered, durations, took, p.drawBar(i)), " "))
}

// marks say in characters what else is said in colours.
func (p *waterfall) marks(s *labapi.PathSpan) string {
	mark, failed := " ", "  "
	switch {
	case s.TotalUS > 0:
		mark = "*"
	case s.Excluded != "":
		mark = "x"
	}
	if s.Error {
		failed = p.Style.Warn("! ")
	}
	return mark + failed
}

// indented is the name of a span, further right the deeper it is.
func (p *waterfall) indented(s *labapi.PathSpan) string {
	indent := strings.Repeat(" ", min(s.Depth, deepest))
	if s.Depth > deepest {
		indent = fmt.Sprintf("%*s", deepest, fmt.Sprintf("+%d ", s.Depth-deepest))
	}
	return indent + display.Service(s.Service) + " " + display.SpanName(s.Operation)
}

func (p *waterfall) colour(service string) func(...string) string {
	if len(p.Colours) == 0 {
		return display.Unstyled
	}
	h := fnv.New32a()
	h.Write([]byte(service))
	return p.Colours[int(h.Sum32()%uint32(len(p.Colours)))]
}

// writeLeftOut says how many are not shown here.
func (p *waterfall) writeLeftOut(n int) {
	if n > 0 {
		more := "…"
		if p.ASCII {
			more = "..."
		}
		fmt.Fprintln(p, p.Style.Dim(fmt.Sprintf("  %s %s", more, spansMore(n))))
	}
}

func spansMore(n int) string {
	if n == 1 {
		return "1 more span"
	}
	return fmt.Sprintf("%d more spans", n)
}

func (p *waterfall) writeLegend() {
	legend := fmt.Sprintf("* on the critical path, %s where the time was spent, %s while it waited for a child; %s beside it", p.own, p.waits, p.beside)
	for _, s := range p.Spans {
		if s.Excluded != "" {
			legend += "; x cannot be on it"
			break
		}
	}
	for _, s := range p.Spans {
		if s.Error {
			legend += "; ! error"
			break
		}
	}
	for line := range strings.SplitSeq(display.WrapLines(legend, p.Width), "\n") {
		fmt.Fprintln(p, p.Style.Dim(line))
	}
}
