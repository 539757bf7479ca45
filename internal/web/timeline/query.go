package timeline

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/web/params"
)

// wrong is what is wrong with a parameter: its name, its value, and what to do.
type wrong string

func (w wrong) Error() string { return string(w) }

// query has the parameters of a request, and the first of them that is wrong.
type query struct {
	values url.Values
	err    error
}

// readQuery reads a query whose parameters have known names.
func readQuery(raw string, known ...string) *query {
	v, err := url.ParseQuery(raw)
	q := &query{values: v}
	if text := params.Unreadable(v, err); text != "" {
		q.err = wrong(text)
		return q
	}
	if unknown := params.FindUnknown(v, known); len(unknown) > 0 {
		text := fmt.Sprintf("%.40s is not a parameter of this address: leave it out, or give one of %s.", unknown[0].Name, strings.Join(known, ", "))
		if meant := unknown[0].Meant; meant != "" {
			text = fmt.Sprintf("%.40s is not a parameter of this address: did you mean %s?", unknown[0].Name, meant)
		}
		q.err = wrong(text)
	}
	return q
}

func (q *query) fail(name, do string) {
	if q.err == nil {
		q.err = wrong(fmt.Sprintf("%s=%s: %s.", name, display.Text(q.values.Get(name), 60), do))
	}
}

// number is a whole number from least to most, or otherwise if it is not given.
func (q *query) number(name string, least, most, otherwise int64) int64 {
	text := q.values.Get(name)
	if text == "" && !q.values.Has(name) {
		return otherwise
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		q.fail(name, fmt.Sprintf("give a whole number from %d to %d", least, most))
		return otherwise
	}
	return n
}

// choice is one of several, the first of them if it is not given.
func (q *query) choice(name string, of ...string) string {
	text := q.values.Get(name)
	if text == "" {
		return of[0]
	}
	if !slices.Contains(of, text) {
		q.fail(name, "give one of "+strings.Join(of, ", "))
		return of[0]
	}
	return text
}

// text is any text that is not too long.
func (q *query) text(name string, most int) string {
	text := q.values.Get(name)
	if len(text) > most {
		q.fail(name, fmt.Sprintf("give at most %d bytes", most))
		return ""
	}
	return text
}

// lanes are the ids of lanes, with commas between.
func (q *query) lanes(name string, most int) (all []id) {
	list := strings.Split(q.values.Get(name), ",")
	if len(list) > most {
		q.fail(name, fmt.Sprintf("these are %d lanes: give at most %d", len(list), most))
		return nil
	}
	for _, text := range list {
		lane, ok := parseID(text)
		if !ok {
			q.fail(name, fmt.Sprintf("%s is not a lane: give ids %s, with commas between", display.Text(text, 30), examples))
			return nil
		}
		all = append(all, lane)
	}
	return all
}

// lane is the id of a processor, goroutine, thread or task; it reports false if none is given.
func (q *query) lane(name string) (id, bool) {
	if q.values.Get(name) == "" {
		return id{}, false
	}
	lane, ok := parseID(q.values.Get(name))
	if !ok || lane.extra != "" {
		q.fail(name, "give the id of a lane, "+examples)
		return id{}, false
	}
	return lane, true
}

// window is the time from one parameter to another, in ns since the trace began.
func (q *query) window(begins, lasts int64) (from, to int64) {
	from = q.number("from", 0, lasts, begins)
	to = q.number("to", 0, lasts, lasts)
	if from >= to && q.err == nil {
		q.fail("to", fmt.Sprintf("give a time that is later than from=%d, in ns since the trace began; it lasts %d", from, lasts))
	}
	return from, to
}
