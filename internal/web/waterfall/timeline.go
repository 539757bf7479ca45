package waterfall

import (
	"html/template"
	"net/http"
	"strconv"
)

// maxRows is how many rows a page has: its script draws the others, and links lead to
// them.
const maxRows = 100

// timelinePage is the view timeline.
type timelinePage struct {
	tracePage
	Axis           axis
	Ticks          []tick
	Rows           []rowView
	Earlier, Later template.URL // of the rows before and after; empty: there are none
	Selected       *detail      // of ?span=, or of the root
	Lost           string       // the value of ?span= that is not there
	Clocks         string
	FindText       string
	Matches        int // how many rows have the text
	Filtered       bool

	drawn axis // the part of Axis that ?zoom= asks for
}

func (p *Pages) showTimeline(w http.ResponseWriter, r *http.Request, a *asked) {
	tp := timelinePage{
		tracePage: p.page(r, a, "trace.js"), Axis: a.part.Axis,
		Clocks: a.clocks(), FindText: a.Find, Filtered: a.Filter && a.Find != "",
	}
	tp.drawn = tp.Axis.zoomed(a.Zoom)
	tp.Ticks = tp.drawn.ticks()
	at := tp.sel(a)
	if tp.Selected != nil && a.query.Get("peers") == "1" {
		var err error
		if tp.Selected.Peers, err = p.amongPeers(r.Context(), tp.Selected.span, tp.tracePage.Words); err != nil {
			tp.Selected.Peers = err.Error()
		}
	}
	tp.list(a, at)
	p.shell.Show(w, r, http.StatusOK, "trace", &tp)
}

// zoomed is the part of an axis that z asks for, or all where that is none of it.
func (a axis) zoomed(z *zoom) axis {
	if z == nil {
		return a
	}
	if from, to := max(a.From, a.Zero+z.From), min(a.To, a.Zero+z.To); from < to {
		a.From, a.To = from, to
	}
	return a
}

// sel finds the row whose details are shown.
func (p *timelinePage) sel(a *asked) (at int) {
	if at = a.part.find(a.Span); a.Span == "" {
		at = a.part.top()
	}
	switch {
	case a.query.Get("details") == "0":
	case at == none:
		p.Lost = a.Span
	default:
		p.Selected = a.part.detail(at, p.tracePage.Words, a.shown)
	}
	return at
}

// top is the row of the request that stands for what is shown.
func (w *Waterfall) top() int {
	for i := range w.Rows {
		if w.Rows[i].Span == w.root {
			return i
		}
	}
	return 0
}

// list makes the rows of the page: those from ?from= on, or those around a row.
func (p *timelinePage) list(a *asked, around int) {
	rows, found := p.choose(a)
	from := a.From
	if a.query.Get("from") == "" && a.Span != "" {
		for n, i := range rows {
			if i <= around {
				from = max(0, n-maxRows/2)
			}
		}
	}
	from = min(from, max(0, len(rows)-1))
	to := min(from+maxRows, len(rows))
	link := func(n int) template.URL { return p.With("from", strconv.Itoa(n), "span", "") }
	if from > 0 {
		p.Earlier = link(max(0, from-maxRows))
	}
	if to < len(rows) {
		p.Later = link(to)
	}
	for _, i := range rows[from:to] {
		p.Rows = append(p.Rows, a.part.view(i, p, found[i]))
	}
}

// choose finds the rows that are listed, and those that have the text of ?find=.
func (p *timelinePage) choose(a *asked) (rows []int, found map[int]bool) {
	found = map[int]bool{}
	above := map[int]bool{}
	if a.Find != "" {
		for _, i := range a.part.matches(a.Find) {
			found[i] = true
			for ; i != none && !above[i]; i = a.part.Rows[i].Parent {
				above[i] = true
			}
		}
		p.Matches = len(found)
	}
	rows = make([]int, 0, len(a.part.Rows))
	for i := range a.part.Rows {
		if !p.Filtered || above[i] {
			rows = append(rows, i)
		}
	}
	return rows, found
}
