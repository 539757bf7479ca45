package comparison

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// set is a query of Zipkin's API in the fields of a form. What has no field of its own is
// in More, so that nothing of a query is lost.
type set struct {
	Name                           string // of its parameter: a, b or q
	Service, Span, Tags, Back, End string
	More                           string
	Wrong                          string // what cannot be meant

	SpanNames []string // to choose from
}

// The names of its fields, after the name of the set and a point.
var setFields = []string{"serviceName", "spanName", "annotationQuery", "lookback", "endTs", "more"}

// usualBack is the window of a set of which nothing is said, in ms.
const usualBack = "900000"

// zipkinsBack is the window of a query that does not say it, in ms.
const zipkinsBack = "86400000"

// field is where a value of that name is.
func (s *set) field(name string) *string {
	switch name {
	case "serviceName":
		return &s.Service
	case "spanName":
		return &s.Span
	case "annotationQuery":
		return &s.Tags
	case "lookback":
		return &s.Back
	case "endTs":
		return &s.End
	}
	return &s.More
}

// readSet takes a query apart.
func readSet(name, text string) set {
	s := set{Name: name}
	if text == "" {
		s.Back = usualBack
		return s
	}
	if isTrace(text) {
		s.More = text
		return s
	}
	values, err := url.ParseQuery(strings.ReplaceAll(strings.TrimPrefix(text, "?"), ";", "%3B"))
	if err != nil {
		s.More = text
		return s
	}
	for _, field := range setFields[:len(setFields)-1] {
		if len(values[field]) == 1 {
			*s.field(field) = values.Get(field)
			values.Del(field)
		}
	}
	s.More = readable(values)
	return s
}

// typedSet is what was typed into the fields.
func typedSet(name string, v url.Values) set {
	s := set{Name: name}
	for _, field := range setFields {
		*s.field(field) = strings.TrimSpace(v.Get(name + "." + field))
	}
	if at, ok := readMoment(s.End); ok {
		s.End = at
	}
	return s
}

// isTrace reports whether a text is no query, but may be the id of one trace.
func isTrace(text string) bool { return text != "" && !strings.Contains(text, "=") }

// Query is the query that the fields are of, or the id of one trace.
func (s set) Query() string {
	if isTrace(s.More) {
		return traceID(s.More)
	}
	v := url.Values{}
	for _, field := range setFields[:len(setFields)-1] {
		if value := *s.field(field); value != "" {
			v.Set(field, value)
		}
	}
	text := readable(v)
	if s.More != "" {
		text += "&" + strings.TrimLeft(s.More, "?&")
	}
	return strings.TrimPrefix(text, "&")
}

// readable is v.Encode with the characters left that mean nothing in a query.
func readable(v url.Values) string {
	var parts []string
	for name, values := range v {
		for _, value := range values {
			parts = append(parts, url.QueryEscape(name)+"="+plain.Replace(url.QueryEscape(value)))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "&")
}

var plain = strings.NewReplacer("%3D", "=", "%2F", "/", "%3A", ":", "%2C", ",", "%7B", "{", "%7D", "}", "%2A", "*")

// Narrowed reports whether anything but time limits the set.
func (s set) Narrowed() bool { return s.Service+s.Span+s.Tags+s.More != "" }

// ending is the set with a window that ends then.
func (s set) ending(at time.Time) set {
	s.End = strconv.FormatInt(at.UnixMilli(), 10)
	return s
}

// end is when the window ends.
func (s set) end(now time.Time) time.Time {
	if ms, err := strconv.ParseInt(s.End, 10, 64); err == nil {
		return time.UnixMilli(ms)
	}
	return now
}

// The form of <input type="datetime-local">, with the parts that browsers leave out.
const localMoment = "2006-01-02T15:04:05.000"

var momentForms = []string{localMoment, "2006-01-02T15:04:05", "2006-01-02T15:04", time.RFC3339Nano}

// readMoment reads a moment in UTC, and returns ms since the epoch.
func readMoment(typed string) (string, bool) {
	for _, form := range momentForms {
		if at, err := time.Parse(form, typed); err == nil {
			return strconv.FormatInt(at.UnixMilli(), 10), true
		}
	}
	return "", false
}

// EndField is the end as its field has it.
func (s set) EndField() string {
	ms, err := strconv.ParseInt(s.End, 10, 64)
	if err != nil {
		return ""
	}
	return time.UnixMilli(ms).UTC().Format(localMoment)
}

// back is a choice of how far a window goes back.
type back struct{ MS, Text string }

var backs = []back{{"60000", "1 min"}, {"300000", "5 min"}, {usualBack, "15 min"}, {"3600000", "1 h"}, {"10800000", "3 h"}, {"43200000", "12 h"}, {zipkinsBack, "1 d"}, {"604800000", "7 d"}}

// Backs are the choices, with the one in use among them.
func (s set) Backs() []back {
	if s.Back == "" || slices.ContainsFunc(backs, func(b back) bool { return b.MS == s.Back }) {
		return backs
	}
	return append([]back{{s.Back, s.Back + " ms"}}, backs...)
}

// Chosen is the choice that is in use.
func (s set) Chosen() string {
	if s.Back == "" {
		return zipkinsBack
	}
	return s.Back
}
