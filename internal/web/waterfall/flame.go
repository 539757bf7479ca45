package waterfall

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/zipkin"
)

// frame is all spans of one call path: of one name, called by the spans of one frame.
type frame struct {
	parent, depth int
	service, name string
	missing       zipkin.SpanID
	colour        int
	key           string // of its first row
	spans         int
	failed        int
	total, self   int64 // of its spans
	onPath        int64
	width         int64 // the self time of it and of all frames below it
	children      []int
}

// frames sums up the rows by call path. Each is after its parent.
func (w *Waterfall) frames() []frame {
	type path struct {
		parent        int
		service, name string
		missing       zipkin.SpanID
	}
	at := map[path]int{}
	frameOf := make([]int, len(w.Rows))
	var all []frame
	for i := range w.Rows {
		r := &w.Rows[i]
		p := path{parent: none, missing: r.Missing}
		if r.Parent != none {
			p.parent = frameOf[r.Parent]
		}
		if r.Span != nil {
			p.service, p.name = r.Span.Local.ServiceName, r.Span.Name
		}
		n, known := at[p]
		if !known {
			n = len(all)
			at[p] = n
			all = append(all, frame{parent: p.parent, depth: r.Depth, service: p.service, name: p.name, missing: p.missing, colour: r.Colour, key: r.Key})
			if p.parent != none {
				all[p.parent].children = append(all[p.parent].children, n)
			}
		}
		frameOf[i] = n
		if r.Span != nil {
			all[n].add(w, r)
		}
	}
	for i := len(all) - 1; i >= 0; i-- {
		f := &all[i]
		f.width += f.self
		if f.parent != none {
			all[f.parent].width += f.width
		}
	}
	return all
}

func (f *frame) add(w *Waterfall, r *row) {
	n := w.measured(r)
	f.spans++
	if r.Span.Failed() {
		f.failed++
	}
	f.self += n.Self
	f.onPath += n.OnPath
	f.total = min(f.total+min(max(0, r.Span.Duration), longestZoom), longestZoom)
}

// Bounds of a flame graph.
const (
	maxBoxes  = 2000
	maxLevels = 100
	narrowest = 0.05 // percent of the width
	boxHeight = 20
)

// box is a frame as it is drawn.
type box struct {
	X, W, Colour string
	Y            int
	Name, Title  string
	Failed       bool
	Path         template.URL
}

// flamePage is the view flame.
type flamePage struct {
	tracePage
	Boxes  []box
	Height int
	Frames int
	Left   int // frames that are too narrow, or too deep
}

func (p *Pages) showFlame(w http.ResponseWriter, r *http.Request, a *asked) {
	fp := flamePage{tracePage: p.page(r, a, "views.js")}
	frames := a.part.frames()
	fp.Frames = len(frames)
	fp.draw(frames, a)
	fp.Left = len(frames) - len(fp.Boxes)
	p.shell.Show(w, r, http.StatusOK, "flame", &fp)
}

// open is a frame that is to be drawn.
type open struct {
	frame int
	x     float64
}

// draw makes the boxes, each with those of its children below it, the widest first.
func (p *flamePage) draw(frames []frame, a *asked) {
	var whole int64
	var roots []int
	for i := range frames {
		if frames[i].parent == none {
			roots = append(roots, i)
			whole += frames[i].width
		}
	}
	if whole == 0 {
		return
	}
	queue := place(frames, roots, 0, whole)
	for len(queue) > 0 && len(p.Boxes) < maxBoxes {
		o := queue[0]
		queue = queue[1:]
		f := &frames[o.frame]
		width := 100 * float64(f.width) / float64(whole)
		if width < narrowest || f.depth >= maxLevels {
			continue
		}
		p.Boxes = append(p.Boxes, f.box(o.x, width, whole, a, p.Words))
		p.Height = max(p.Height, (f.depth+1)*boxHeight)
		queue = append(queue, place(frames, f.children, o.x, whole)...)
	}
}

// place puts frames side by side.
func place(frames []frame, side []int, x float64, whole int64) (all []open) {
	side = slices.Clone(side)
	slices.SortStableFunc(side, func(a, b int) int { return cmp.Compare(frames[b].width, frames[a].width) })
	for _, i := range side {
		all = append(all, open{i, x})
		x += 100 * float64(frames[i].width) / float64(whole)
	}
	return all
}

func (f *frame) box(x, width float64, whole int64, a *asked, words shell.Words) box {
	b := box{X: draw.Percent(x), W: draw.Percent(width), Y: f.depth * boxHeight, Colour: draw.Class(f.colour), Failed: f.failed > 0}
	if f.spans == 0 {
		b.Name = words.T("parent span missing")
		b.Colour, b.Title = "missing", b.Name+" "+f.missing.String()
		b.Path = a.With("root", f.key)
		return b
	}
	b.Name = spanName(f.name)
	b.Title = words.T("%s of %s: %d spans, %d with errors, %s in all, %s itself (%.1f %%), %s on the critical path", b.Name, serviceName(f.service), f.spans, f.failed,
		display.Micros(f.total), display.Micros(f.self), 100*float64(f.self)/float64(whole), display.Micros(f.onPath))
	if f.spans == 1 {
		b.Path = a.With("root", f.key, "zoom", "")
	} else {
		b.Path = a.With("view", "", "span", "", "find", findable(cmp.Or(f.name, f.service)), "filter", "1")
	}
	return b
}
