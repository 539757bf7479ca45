package timeline

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/web/states"
)

// A tile is columns columns of a level. A column of level k takes 2^k × finest ns.
const (
	columns     = states.Columns
	finest      = 64
	highest     = 40  // level: a tile of it is half a year
	mostAsked   = 64  // lanes in one request
	mostExactly = 128 // segments of a lane in a tile, beyond which it has columns
)

// tile is a part of the time of some lanes.
type tile struct {
	From  int64      `json:"from"`  // in ns since the trace began
	Width int64      `json:"width"` // of a column, in ns
	Texts []string   `json:"texts"` // to which segments refer
	Lanes []tileLane `json:"lanes"`

	began  exectrace.Time
	texts  map[string]int
	counts *counts // once they are needed
}

// tileLane is a lane in a tile: exactly, or in columns, or the values of a counter.
type tileLane struct {
	Lane string `json:"lane"`
	// Segments has six numbers for each segment: the time since the one before ended (for
	// the first, since the tile begins: it may be negative), how long it is, its state, its
	// goroutine, its text as an index, and who made its goroutine ready (0: nobody is known).
	Segments []int64 `json:"segments,omitempty"`
	// Columns has, for each state, the share of each column in a byte: 255 is all of it.
	Columns map[int][]byte `json:"columns,omitempty"`
	// Regions and Logs have two numbers for each time in which the goroutine or the task was in
	// regions of the program, or logged: when it begins, since the tile does, and how long it is.
	Regions []int64 `json:"regions,omitempty"`
	Logs    []int64 `json:"logs,omitempty"`
	// Values has the values of a counter, a list for each of its parts.
	Values [][]int64 `json:"values,omitempty"`
}

// version names what tiles of an execution hold. It is in their addresses, since browsers
// keep them for ever.
func version(x *executions.Execution) string {
	h := fnv.New64a()
	fmt.Fprint(h, "1 ", x.File.Size(), x.Lanes.Trace.Began, x.Lanes.Trace.Start, x.Lanes.Trace.End)
	return fmt.Sprintf("%x", h.Sum64())
}

// tile answers what some lanes did in a part of the time.
func (p *Pages) tile(w http.ResponseWriter, r *http.Request, x *executions.Execution) error {
	q := readQuery(r.URL.RawQuery, "lanes", "level", "tile", "v")
	asked := q.lanes("lanes", mostAsked)
	level := q.number("level", 0, highest, 0)
	width := int64(finest) << level
	n := q.number("tile", 0, (lasting(x)-1)/(columns*width), 0)
	if q.err != nil {
		return q.err
	}
	t, err := newTile(x, asked, n*columns*width, width)
	if err != nil {
		return err
	}
	if q.values.Get("v") == version(x) {
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	}
	return writeJSON(w, t)
}

func newTile(x *executions.Execution, asked []id, from, width int64) (*tile, error) {
	t := &tile{From: from, Width: width, Texts: []string{}, began: timeOf(x, from), texts: map[string]int{}}
	for _, one := range asked {
		if one.extra == "" && !listingOf(x, one.by()).has(one.ID) {
			return nil, wrong(fmt.Sprintf("lanes=%s: the trace has no such %s: leave it out.", one, one.by()))
		}
		t.Lanes = append(t.Lanes, t.lane(x, one))
	}
	return t, nil
}

func (t *tile) lane(x *executions.Execution, one id) tileLane {
	out, width := tileLane{Lane: one.String()}, time.Duration(t.Width)
	end := t.began.Add(columns * width)
	switch one.extra {
	case goroutineCounts, heapSizes, threadCounts:
		out.Values = t.values(x, one.extra)
	case marking, stopping:
		windows, state := windowsOf(x).marking, lanes.Collecting
		if one.extra == stopping {
			windows, state = windowsOf(x).stopping, lanes.NumStates
		}
		if list, ok := windows.segments(t.began, end, state, mostExactly); ok {
			out.Segments = t.segments(x, one, list)
		} else {
			out.Columns = map[int][]byte{int(state): states.OneShare(windows.sums(t.began, width, columns), width)}
		}
	case allProcessors:
		out.Columns = meanOf(x, t.began, width)
	default:
		if list, ok := x.Lanes.Segments(one.Lane, t.began, end, mostExactly); ok {
			out.Segments = t.segments(x, one, list)
		} else {
			out.Columns = states.Shares(x.Lanes.Columns(one.Lane, t.began, width, columns), width)
		}
		switch one.Kind {
		case lanes.Goroutine:
			out.mark(t, marksOf(x), one.ID)
		case lanes.Task:
			out.mark(t, taskMarksOf(x), one.ID)
		}
	}
	return out
}

func (t *tile) segments(x *executions.Execution, of id, list []lanes.Segment) []int64 {
	out := make([]int64, 0, 6*len(list))
	end := t.began
	for _, s := range list {
		if s.State == lanes.Absent {
			continue
		}
		out = append(out, int64(s.From-end), int64(s.To-s.From), int64(s.State), int64(s.Goroutine), t.text(textOf(x, of, s)), int64(s.By))
		end = s.To
	}
	return out
}

// textOf is what is written into a segment: what it is that is not known from its place.
func textOf(x *executions.Execution, of id, s lanes.Segment) string {
	switch {
	case s.Goroutine == 0, of.Kind == lanes.Goroutine, of.Kind == lanes.Task:
		return display.Text(s.Reason, longestName)
	}
	g, _ := x.Lanes.Trace.Goroutine(s.Goroutine)
	return shortName(g.Name)
}

func (t *tile) text(s string) int64 {
	i, known := t.texts[s]
	if !known {
		i = len(t.Texts)
		t.texts[s] = i
		t.Texts = append(t.Texts, s)
	}
	return int64(i)
}
