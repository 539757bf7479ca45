package request

import (
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/web/shell"
)

// window is the part of the time that is shown, in ns since the first span began.
type window struct {
	from, to, whole int64
}

// shortest is the shortest time that is shown.
const shortest = 1000 // ns

// newWindow is what is asked for, moved into the whole.
func newWindow(a asked, whole int64) window {
	w := window{a.from, a.to, max(whole, shortest)}
	if w.to == 0 {
		w.to = w.whole
	}
	w.from, w.to = w.within(w.from, w.to)
	return w
}

// within moves a time into the whole, and makes it as long as can be shown.
func (w window) within(from, to int64) (int64, int64) {
	length := min(max(to-from, shortest), w.whole)
	from = min(max(from, 0), w.whole-length)
	return from, from + length
}

func (w window) all() bool { return w.from == 0 && w.to == w.whole }

// percent is where a moment is drawn, from 0 to 100.
func (w window) percent(at int64) float64 {
	return min(max(float64(at-w.from)/float64(w.to-w.from)*100, 0), 100)
}

// box is a time as it is drawn.
type box struct{ X, W string }

// box is that of a time, which is cut to what is shown. It reports false if nothing is.
func (w window) box(from, to int64) (box, bool) {
	if to < w.from || from >= w.to || from > to {
		return box{}, false
	}
	x := w.percent(from)
	return box{draw.Percent(x), draw.Percent(max(w.percent(to)-x, draw.Thinnest))}, true
}

// tick is a moment of the axis.
type tick struct{ X, Said string }

// ticks is in how many parts the axis is divided, as the style sheet does.
const ticks = 4

func (w window) ticks() (all []tick) {
	for i := range int64(ticks + 1) {
		at := w.from + (w.to-w.from)*i/ticks
		all = append(all, tick{draw.Percent(float64(i) * 100 / ticks), since(at)})
	}
	return all
}

// since writes a moment since the first span began.
func since(ns int64) string {
	if ns == 0 {
		return "0"
	}
	return display.Duration(time.Duration(ns))
}

// move is a link to another part of the time. Without a Path it would lead here.
type move struct{ Key, Sign, Word, Path string }

// moves are links for who has no pointer, and what the keys do. chosen is the time of the
// span that is chosen; nil: none is.
func (w window) moves(words shell.Words, a asked, chosen *window) []move {
	length := w.to - w.from
	all := []move{
		{"w", "+", words.T("Zoom in"), w.move(a, w.from+length/4, w.to-length/4)},
		{"s", "−", words.T("Zoom out"), w.move(a, w.from-length/2, w.to+length/2)},
		{"a", "←", words.T("Earlier"), w.move(a, w.from-length/2, w.to-length/2)},
		{"d", "→", words.T("Later"), w.move(a, w.from+length/2, w.to+length/2)},
		{"0", "", words.T("All of it"), w.move(a, 0, w.whole)},
	}
	if chosen != nil {
		room := max((chosen.to-chosen.from)/20, shortest)
		all = append(all, move{"z", "", words.T("The chosen span"), w.move(a, chosen.from-room, chosen.to+room)})
	}
	return all
}

func (w window) move(a asked, from, to int64) string {
	switch from, to = w.within(from, to); {
	case from == w.from && to == w.to:
		return ""
	case from == 0 && to == w.whole:
		return a.with(a.span, 0, 0)
	}
	return a.with(a.span, from, to)
}
