package waterfall

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// shown is what of a trace is shown, and how: all of it is in the address.
type shown struct {
	View   string // one of views
	Root   string // the key of the row that stands for the root; empty: the whole trace
	Raw    bool   // the clocks are as they were reported
	Span   string // the key of the row whose details are shown
	Find   string
	Filter bool   // only what is found, and what is above it
	Zoom   *zoom  // nil: all of the time
	From   int    // the first row of the page, or entry of a table
	Sort   string // of a table; empty: as its view has it
	By     string // of the statistics: "service"
	Opened bool   // the trace was opened from a file

	query url.Values
}

// zoom is a part of the time of a trace, in µs from its start.
type zoom struct{ From, To int64 }

// The views of a trace.
const (
	timeline   = "timeline"
	statistics = "statistics"
	flame      = "flame"
	spansTable = "spans"
)

var views = []string{timeline, statistics, flame, spansTable}

// readShown reads an address. Its errors are sentences for people.
func readShown(q url.Values) (s shown, err error) {
	s = shown{
		View: timeline, Root: q.Get("root"), Span: q.Get("span"), Find: strings.TrimSpace(q.Get("find")),
		Filter: q.Get("filter") == "1", Sort: q.Get("sort"), By: q.Get("by"), Opened: q.Get("opened") == "1", query: q,
	}
	if v := q.Get("view"); v != "" {
		s.View = v
	}
	if !slices.Contains(views, s.View) {
		return s, fmt.Errorf("view=%.40q: want one of %s", s.View, strings.Join(views, ", "))
	}
	if tooLong(s.Find) {
		return s, fmt.Errorf("find=%.40q has more than %d characters: look for a part of it", s.Find, longestFind)
	}
	switch q.Get("clocks") {
	case "raw":
		s.Raw = true
	case "", "adjusted":
	default:
		return s, fmt.Errorf("clocks=%.40q: want raw or adjusted", q.Get("clocks"))
	}
	if v := q.Get("from"); v != "" {
		if s.From, err = strconv.Atoi(v); err != nil || s.From < 0 {
			return s, fmt.Errorf("from=%.40q: want the number of the first row, from 0", v)
		}
	}
	s.Zoom, err = readZoom(q.Get("zoom"))
	return s, err
}

func readZoom(text string) (*zoom, error) {
	if text == "" {
		return nil, nil
	}
	from, to, _ := strings.Cut(text, ",")
	var z zoom
	var err, err2 error
	z.From, err = strconv.ParseInt(from, 10, 64)
	z.To, err2 = strconv.ParseInt(to, 10, 64)
	if err != nil || err2 != nil || z.From >= z.To || z.From < -longestZoom || z.To > longestZoom {
		return nil, fmt.Errorf("zoom=%.40q: want FROM,TO in µs from the start of the trace, such as zoom=0,1500", text)
	}
	return &z, nil
}

// longestZoom keeps sums of moments in 64 bits.
const longestZoom = 1 << 61

func (s shown) clocks() string {
	if s.Raw {
		return "raw"
	}
	return "adjusted"
}

// OnlySpan is the address of a span of the trace, and of nothing else of the page.
func (s shown) OnlySpan(key string) template.URL {
	only := shown{query: url.Values{}}
	if s.Opened {
		only.query.Set("opened", "1")
	}
	return only.With("span", key)
}

// With is the address of the same with other values of some parameters, in pairs; empty
// ones are left out.
func (s shown) With(pairs ...string) template.URL {
	v := url.Values{}
	for name, values := range s.query {
		v[name] = values
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			v.Del(pairs[i])
		} else {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	return template.URL("?" + v.Encode())
}
