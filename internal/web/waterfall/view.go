package waterfall

import (
	"cmp"
	"html/template"
	"strconv"
	"strings"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/zipkin"
)

// rowView is a row as its template writes it. They are fields and not methods
// because a template calls a method several times slower than it reads a
// field, and there may be 10,000 rows.
type rowView struct {
	Key         string
	Link        template.URL // of the page with the row's details
	Found       bool         // it has the text of ?find=
	Classes     string
	Level       int // ARIA's, from 1
	Descendants int
	Deep        int    // the depth, where the indentation no longer shows it
	Missing     string // id of the absent parent; the rest is then empty

	Service, ServiceClasses string
	Name, Kind, Duration    string
	Callee, CalleeClasses   string // who was called, where that one reported nothing
	Failed                  bool
	Explained               bool
	Marks                   []string // words for the row's notes
	HasBar                  bool
	BarClasses, Colour      string
	X, W                    string // the bar's geometry in SVG
	Before, After           string // the start, where it lies beyond the axis
}

// deepest is the last level that the style sheet indents.
const deepest = 24

func (w *Waterfall) view(i int, p *timelinePage, found bool) rowView {
	row := w.Rows[i]
	r := &row
	p.drawn.draw(r)
	v := rowView{
		Found: found, Link: p.With("span", r.Key),
		Key: r.Key, Classes: "row d" + strconv.Itoa(min(r.Depth, deepest)),
		Level: r.Depth + 1, Descendants: r.Descendants,
	}
	if r.Depth > deepest {
		v.Deep = r.Depth
	}
	if r.Span == nil {
		v.Classes += " missing"
		v.Missing = r.Missing.String()
		return v
	}
	r.viewSpan(&v)
	r.viewBar(&v)
	if r.timed() && !r.HasBar {
		p.drawn.viewBeyond(r, &v)
	}
	return v
}

func (r *row) viewSpan(v *rowView) {
	s := r.Span
	v.Service, v.Name, v.Kind, v.Duration = serviceName(s.Local.ServiceName), spanName(s.Name), kindNames[s.Kind], durationOrDash(s)
	v.Colour = draw.Class(r.Colour)
	if v.Callee = r.callee(); v.Callee != "" && s.Remote.ServiceName != "" {
		v.CalleeClasses = "sw " + draw.Class(r.Callee)
	}
	v.ServiceClasses = "sw " + v.Colour
	if r.Same {
		// Dimmed where it repeats the parent's, so that the eye finds the
		// steps from one service to the next.
		v.ServiceClasses += " same"
	}
	if v.Failed = s.Failed(); v.Failed {
		v.Classes += " failed"
	}
	_, v.Explained = s.Tag(labapi.TagWhy)
	v.Marks = r.marks()
}

// callee is who a call went to, by name or else by address, if no row below shows it.
func (r *row) callee() string {
	s := r.Span
	if s == nil || s.Kind != zipkin.Client && s.Kind != zipkin.Producer || r.Descendants > 0 {
		return ""
	}
	return cut(cmp.Or(s.Remote.ServiceName, address(s.Remote)))
}

func (r *row) viewBar(v *rowView) {
	v.HasBar = r.HasBar
	v.X, v.W = draw.Percent(r.Left), draw.Percent(r.Width)
	v.BarClasses = "bar"
	if !r.HasBar {
		return
	}
	if r.CutLeft {
		v.BarClasses += " cutleft"
	}
	if r.CutRight {
		v.BarClasses += " cutright"
	}
}

// viewBeyond names the moment that the axis cannot show.
func (a axis) viewBeyond(r *row, v *rowView) {
	at := draw.Offset(r.start() - a.Zero)
	if r.CutLeft {
		v.Before = at
	} else {
		v.After = at
	}
}

func (r *row) marks() []string {
	var ms []string
	if r.Skew != 0 || r.apart != 0 {
		ms = append(ms, "clock skew")
	}
	for _, n := range noteSentences {
		if r.Notes&n.note != 0 && n.word != "" {
			ms = append(ms, n.word)
		}
	}
	return ms
}

// X is the tick's position in SVG.
func (t tick) X() string { return draw.Percent(t.At) }

// find returns the row with this key, or none. Keys in links made by hand may
// be shorter or in capitals.
func (w *Waterfall) find(key string) int {
	key = strings.ToLower(key)
	if n := len(zipkin.SpanID(0).String()); len(key) < n {
		key = strings.Repeat("0", n-len(key)) + key
	}
	for i := range w.Rows {
		if w.Rows[i].Key == key {
			return i
		}
	}
	return none
}
