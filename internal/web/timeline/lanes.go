package timeline

import (
	"encoding/json"
	"net/http"

	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/executions"
)

const (
	mostListed = 1000 // lanes in an answer
	mostText   = 500  // bytes of a text to find
)

// listed is a part of the lanes.
type listed struct {
	Total int     `json:"total"` // lanes to scroll through
	All   int     `json:"all"`   // with those that are too many
	First int     `json:"first"` // of these
	Lanes [][]any `json:"lanes"` // id, number, name, from, to, and of tasks how deep in their tree
}

// found is the next lane that matches.
type found struct {
	Matches int    `json:"matches"`
	Nth     int    `json:"nth"`   // of them, from 1; 0: none
	Index   int    `json:"index"` // in the list
	Lane    string `json:"lane"`
	Name    string `json:"name"`
	Ran     []ran  `json:"ran"` // where it ran first, if it did
}

// ran is a place where a goroutine ran, or where a task begins.
type ran struct {
	By   string `json:"by"`
	Lane string `json:"lane"`
	At   int64  `json:"at"`
}

// lanes answers which lanes there are: some of the list, the place of one in it, or the next
// one that a text finds.
func (p *Pages) lanes(w http.ResponseWriter, r *http.Request, x *executions.Execution) error {
	q := readQuery(r.URL.RawQuery, "by", "first", "count", "of", "find", "after", "back")
	by := q.choice("by", ways...)
	list := listingOf(x, by)
	first := q.number("first", 0, mostLanes, 0)
	count := q.number("count", 1, mostListed, 200)
	text, after, back := q.text("find", mostText), q.number("after", -1, mostLanes, -1), q.choice("back", "0", "1") == "1"
	if of, given := q.lane("of"); given {
		i := list.place(of.ID)
		if i < 0 || of.by() != by {
			q.fail("of", "the trace has no such lane: leave it out")
		}
		first = max(int64(i)-count/2, 0)
	}
	if q.err != nil {
		return q.err
	}
	if text != "" {
		return writeJSON(w, list.find(x, text, int(after), back))
	}
	return writeJSON(w, list.part(int(first), int(count)))
}

func (l *listing) part(first, count int) listed {
	first = min(first, len(l.lanes))
	out := listed{Total: len(l.lanes), All: l.all, First: first, Lanes: [][]any{}}
	for i := first; i < min(first+count, len(l.lanes)); i++ {
		one := l.at(i)
		row := []any{one.String(), json.Number(one.number()), one.short(), l.lanes[i].From, l.lanes[i].To}
		if l.depths != nil {
			row = append(row, l.depths[i])
		}
		out.Lanes = append(out.Lanes, row)
	}
	return out
}

// find looks for the next match after an index, and from the other end where there is none.
func (l *listing) find(x *executions.Execution, text string, after int, back bool) found {
	matches := matcher(text)
	var all []int
	for i := range l.lanes {
		if matches(l.at(i)) {
			all = append(all, i)
		}
	}
	if len(all) == 0 {
		return found{Ran: []ran{}}
	}
	nth := next(all, after, back)
	one := l.at(all[nth])
	return found{len(all), nth + 1, all[nth], one.String(), one.short(), ranOn(x, one.Lane, l.lanes[all[nth]].From)}
}

// next is the place in all, which is in order, of the first after an index or, back, of the
// last before it.
func next(all []int, after int, back bool) int {
	if !back {
		for nth, i := range all {
			if i > after {
				return nth
			}
		}
		return 0
	}
	for nth := len(all) - 1; nth >= 0; nth-- {
		if all[nth] < after {
			return nth
		}
	}
	return len(all) - 1
}

// ranOn is where a goroutine that is there from a moment on ran first: on which processor and
// which thread.
func ranOn(x *executions.Execution, one lanes.Lane, from int64) []ran {
	all := []ran{}
	switch one.Kind {
	case lanes.Goroutine:
	case lanes.Task:
		return append(all, ran{"task", id{Lane: one}.String(), from})
	default:
		return all
	}
	at := timeOf(x, from)
	for range 8 { // it is created, made runnable, and then runs
		s, ok := nextSegment(x, one, at)
		if !ok {
			return all
		}
		if s.State == lanes.Running || s.State == lanes.Collecting {
			return append(all, placesOf(x, s)...)
		}
		at = s.To
	}
	return all
}

// placesOf are the processor and the thread of a segment, at its beginning.
func placesOf(x *executions.Execution, s lanes.Segment) (all []ran) {
	if proc := processorOf(x, s); proc >= 0 {
		all = append(all, ran{"processor", id{Lane: lanes.Lane{Kind: lanes.Processor, ID: proc}}.String(), since(x, s.From)})
	}
	if s.Thread >= 0 {
		all = append(all, ran{"thread", id{Lane: lanes.Lane{Kind: lanes.Thread, ID: int64(s.Thread)}}.String(), since(x, s.From)})
	}
	return all
}

func writeJSON(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json")
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "no-cache")
	}
	json.NewEncoder(w).Encode(v) // a client that has gone needs no error
	return nil
}
