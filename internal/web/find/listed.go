package find

import (
	"cmp"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/web/waterfall"
	"example.com/tracelab/internal/zipkin"
)

// listed is a trace in the list.
type listed struct {
	*waterfall.Waterfall
	Ago      string
	Share    float64 // percent of the longest listed
	Attendee string  // who made the visit, where that is known
	Status   string  // with which the request was answered
	calls
	search *search
}

// calls are the URLs that were called for a trace.
type calls struct {
	URL       string // the first
	URLStatus string // its status, where it is another than 200
	More      int    // other URLs
}

func newListed(w *waterfall.Waterfall, s *search, now time.Time) listed {
	l := listed{Waterfall: w, Ago: draw.Ago(now, w.StartTime()), Status: statusOf(w.Root()), calls: callsOf(w), search: s}
	for i := range w.Rows {
		if s := w.Rows[i].Span; s != nil && l.Attendee == "" {
			l.Attendee, _ = s.Tag(labapi.AttendeeTag)
		}
	}
	return l
}

// statusOf is the status of an answer, by the name that our services and most
// libraries of others give the tag, or by that of OpenTelemetry.
func statusOf(s *zipkin.Span) string {
	code, _ := s.Tag("http.status_code")
	newer, _ := s.Tag("http.response.status_code")
	return cmp.Or(code, newer)
}

func urlOf(s *zipkin.Span) string {
	url, _ := s.Tag("http.url")
	full, _ := s.Tag("url.full")
	return cmp.Or(url, full)
}

// callsOf finds the different URLs in the order of the rows.
func callsOf(w *waterfall.Waterfall) (c calls) {
	seen := map[string]bool{}
	for i := range w.Rows {
		s := w.Rows[i].Span
		if s == nil {
			continue
		}
		url := urlOf(s)
		if url == "" || seen[url] {
			continue
		}
		if seen[url] = true; c.URL != "" {
			c.More++
			continue
		}
		c.URL = url
		if status := statusOf(s); status != "200" {
			c.URLStatus = status
		}
	}
	return c
}

// Of is the address of the same search for the traces of who made this one.
func (l listed) Of() string { return l.search.Of(l.Attendee) }

// W is the length of the bar in SVG.
func (l listed) W() string { return draw.Percent(l.Share) }

// Took is what the trace is compared with others by.
func (l listed) Took() string {
	if l.Axis.Zero == 0 {
		return "–"
	}
	return display.Micros(l.Length())
}
