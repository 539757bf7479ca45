package waterfall

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// longestFind is the longest text that is looked for, in characters: the longer it is,
// the longer looking for it can take.
const longestFind = 500

func tooLong(text string) bool { return utf8.RuneCountInString(text) > longestFind }

// findable is as much of a name as is looked for.
func findable(name string) string {
	n := 0
	for i := range name {
		if n == longestFind {
			return name[:i]
		}
		n++
	}
	return name
}

// finder finds text in spans, whatever the case. What was asked for a name once is
// remembered: there are few names and many spans.
type finder struct {
	text  string // in lower case
	ascii bool
	known map[string]bool
}

func newFinder(text string) *finder {
	f := &finder{text: strings.ToLower(text), ascii: true, known: map[string]bool{}}
	for i := range len(f.text) {
		f.ascii = f.ascii && f.text[i] < utf8.RuneSelf
	}
	return f
}

// matches are the rows whose spans have the text: in names, ids, addresses, tags,
// annotations, and in the words for the states of goroutines.
func (w *Waterfall) matches(text string) (rows []int) {
	f := newFinder(text)
	for i := range w.Rows {
		if f.inRow(&w.Rows[i]) {
			rows = append(rows, i)
		}
	}
	return rows
}

func (f *finder) inRow(r *row) bool {
	s := r.Span
	if s == nil {
		return f.in(r.Key)
	}
	return f.inName(s.Name) || f.inName(s.Local.ServiceName) || f.inName(s.Remote.ServiceName) || f.in(r.Key) ||
		s.ParentID != 0 && f.in(s.ParentID.String()) || f.inName(kindNames[s.Kind]) || f.inEndpoint(s.Local) || f.inEndpoint(s.Remote) ||
		f.inTags(s.Tags) || f.inAnnotations(s.Annotations)
}

func (f *finder) inEndpoint(e zipkin.Endpoint) bool {
	return (e.IPv4 != "" || e.IPv6 != "" || e.Port != 0) && f.inName(address(e))
}

func (f *finder) inTags(tags []zipkin.Tag) bool {
	for i := range tags {
		t := &tags[i]
		if f.in(t.Value) || f.inName(t.Key) || f.isState(t.Key) {
			return true
		}
	}
	return false
}

func (f *finder) isState(key string) bool {
	state, ok := strings.CutPrefix(key, labapi.TagPrefix)
	return ok && f.inName(display.State(state))
}

func (f *finder) inAnnotations(annotations []zipkin.Annotation) bool {
	for i := range annotations {
		if f.in(annotations[i].Value) {
			return true
		}
	}
	return false
}

// inName is in for what many spans have.
func (f *finder) inName(name string) bool {
	found, known := f.known[name]
	if !known {
		found = f.in(name)
		f.known[name] = found
	}
	return found
}

// in reports whether s has the text.
func (f *finder) in(s string) bool {
	if !f.ascii {
		return strings.Contains(strings.ToLower(s), f.text)
	}
	n := len(f.text)
	if n == 0 {
		return true
	}
	first := f.text[0]
	for i := 0; i+n <= len(s); i++ {
		if lower(s[i]) == first && f.at(s[i:]) {
			return true
		}
	}
	return false
}

func (f *finder) at(s string) bool {
	for i := 1; i < len(f.text); i++ {
		if lower(s[i]) != f.text[i] {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// found answers which rows have a text.
func (p *Pages) found(w http.ResponseWriter, r *http.Request) {
	a, f := p.ask(r)
	if f != nil {
		p.failText(w, f)
		return
	}
	text := strings.TrimSpace(r.URL.Query().Get("q"))
	if text == "" {
		http.Error(w, "q is empty: want the text to find, as in find?q=redis", http.StatusBadRequest)
		return
	}
	if tooLong(text) {
		http.Error(w, fmt.Sprintf("q=%.40q has more than %d characters: look for a part of it", text, longestFind), http.StatusBadRequest)
		return
	}
	rows := a.part.matches(text)
	answerJSON(w, func(b []byte) []byte {
		b = strconv.AppendInt(append(b, `{"spans":`...), int64(a.part.Spans), 10)
		b = append(b, `,"rows":[`...)
		for i, row := range rows {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(b, int64(row), 10)
		}
		return append(b, ']', '}')
	})
}
