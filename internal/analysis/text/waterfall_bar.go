package text

import "strings"

// assignSections finds the sections of each span. Those of a path are in the order of
// time, and several spans may have one id, so that the times decide.
func (p *waterfall) assignSections() {
	p.sections = map[int][]moment{}
	ids := map[string][]int{}
	for i, s := range p.Spans {
		if s.OnPathUS > 0 {
			ids[s.SpanID] = append(ids[s.SpanID], i)
		}
	}
	for _, s := range p.Sections {
		for _, i := range ids[s.SpanID] {
			if sp := &p.Spans[i]; sp.Service == s.Service && sp.Operation == s.Operation && sp.StartUS <= s.StartUS && s.EndUS <= sp.StartUS+sp.DurationUS {
				p.sections[i] = append(p.sections[i], moment{s.StartUS, s.EndUS})
				break
			}
		}
	}
}

// drawBar is the time of a span: what of it is on the path, and what is not.
func (p *waterfall) drawBar(i int) string {
	s := &p.Spans[i]
	cells := make([]string, p.bar)
	for c := range cells {
		cells[c] = " "
	}
	other := p.beside
	if s.TotalUS > 0 {
		other = p.waits
	}
	switch {
	case s.StartUS == 0:
		return ""
	case s.StartUS+s.DurationUS < p.from:
		cells[0] = p.before
	case s.StartUS >= p.to:
		cells[p.bar-1] = p.after
	default:
		p.fill(cells, s.StartUS, s.StartUS+s.DurationUS, other)
		for _, m := range p.sections[i] {
			p.fill(cells, m.start, m.end, p.own)
		}
		if s.StartUS+s.DurationUS > p.to {
			cells[p.bar-1] = p.after
		}
	}
	return strings.TrimRight(strings.Join(cells, ""), " ")
}

// fill fills the cells of a time, one at least.
func (p *waterfall) fill(cells []string, start, end int64, with string) {
	first := p.cell(start)
	last := max(first, p.cell(end-1))
	for c := first; c <= last; c++ {
		cells[c] = with
	}
}

// cell is that of a moment, or the nearest.
func (p *waterfall) cell(at int64) int {
	at = min(max(at, p.from), p.to-1)
	return min(p.bar-1, int(float64(at-p.from)/float64(max(1, p.to-p.from))*float64(p.bar)))
}
