package web

import (
	"strconv"
	"strings"

	"example.com/tracelab/internal/store"
)

// What the templates ask of a row.

// deepest is the last level that the style sheet indents; deeper rows say
// their depth in a number.
const deepest = 24

// Classes are the row's CSS classes.
func (r row) Classes() string {
	c := "row d" + strconv.Itoa(min(r.Depth, deepest))
	switch {
	case r.Span == nil:
		c += " missing"
	case isError(r.Span):
		c += " failed"
	}
	return c
}

// Level is ARIA's level, which counts from 1.
func (r row) Level() int { return r.Depth + 1 }

// Deep is the depth when the indentation no longer shows it, or 0.
func (r row) Deep() int {
	if r.Depth <= deepest {
		return 0
	}
	return r.Depth
}

// Service, Name, Kind, Duration, Error and ColourClass describe the row's span.
func (r row) Service() string     { return serviceName(r.Span.Local.ServiceName) }
func (r row) Name() string        { return spanName(r.Span.Name) }
func (r row) Kind() string        { return kindNames[r.Span.Kind] }
func (r row) Duration() string    { return durationOrDash(r.Span) }
func (r row) Error() bool         { return isError(r.Span) }
func (r row) ColourClass() string { return colourClass(r.Colour) }

// ServiceClasses dims a service's name where it repeats the parent's, so that
// the eye finds the steps from one service to the next.
func (r row) ServiceClasses() string {
	if r.Same {
		return "sw same " + colourClass(r.Colour)
	}
	return "sw " + colourClass(r.Colour)
}

// Marks are words for what is odd about the row's place.
func (r row) Marks() []string {
	var ms []string
	if r.Skew != 0 {
		ms = append(ms, "clock skew")
	}
	for _, n := range noteSentences {
		if r.Notes&n.note != 0 && n.word != "" {
			ms = append(ms, n.word)
		}
	}
	return ms
}

// BarClasses say where the bar is cut off.
func (r row) BarClasses() string {
	c := []string{"bar"}
	if r.CutLeft {
		c = append(c, "cutleft")
	}
	if r.CutRight {
		c = append(c, "cutright")
	}
	return strings.Join(c, " ")
}

// X and W are the bar's geometry in SVG.
func (r row) X() string { return percent(r.Left) }
func (r row) W() string { return percent(r.Width) }

// X is the tick's place in SVG.
func (t tick) X() string { return percent(t.At) }

// percent is fine enough for a bar that is shown 5,000 times larger.
func percent(p float64) string {
	s := strconv.FormatFloat(p, 'f', 5, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".") + "%"
}

// chunkSize is how many rows the browser lays out or skips together.
const chunkSize = 100

// chunk is a run of rows.
type chunk struct {
	Rows  []row
	Full  bool
	first int
	of    *waterfall
}

// Chunks divides the rows, in order.
func (w *waterfall) Chunks() []chunk {
	var cs []chunk
	for i := 0; i < len(w.Rows); i += chunkSize {
		rows := w.Rows[i:min(i+chunkSize, len(w.Rows))]
		cs = append(cs, chunk{rows, len(rows) == chunkSize, i, w})
	}
	return cs
}

// Details describes the chunk's rows, one for one.
func (c chunk) Details() []*detail {
	ds := make([]*detail, len(c.Rows))
	for i := range c.Rows {
		ds[i] = c.of.Detail(c.first + i)
	}
	return ds
}

// find returns the row with this key, or none. Keys in links made by hand may
// be shorter or in capitals.
func (w *waterfall) find(key string) int {
	key = strings.ToLower(key)
	if n := len(store.SpanID(0).String()); len(key) < n {
		key = strings.Repeat("0", n-len(key)) + key
	}
	for i := range w.Rows {
		if w.Rows[i].Key == key {
			return i
		}
	}
	return none
}
