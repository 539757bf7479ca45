package find

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/zipkin"
)

// comparePath is the page that compares.
const comparePath = "/compare"

// compare leads to the comparison of the two traces that were chosen in the list.
func (p *Pages) compare(w http.ResponseWriter, r *http.Request, chosen []string) {
	var ids []string
	for _, text := range chosen {
		if id, err := zipkin.ParseTraceID(strings.ToLower(text)); err == nil {
			ids = append(ids, id.String())
		}
	}
	if len(chosen) != 2 || len(ids) != 2 {
		page := p.page(r)
		p.shell.Problem(w, r, http.StatusBadRequest, shell.Problem{
			Heading: page.T("Choose two traces"),
			Text:    page.T("%d were chosen, and two can be compared. Go back and choose two.", len(chosen)),
		})
		return
	}
	http.Redirect(w, r, comparePath+"?"+labapi.ComparisonQuery{A: ids[0], B: ids[1]}.Values().Encode(), http.StatusFound)
}

// SlowAgainstFast is the address of a comparison: the slowest tenth of what was found
// with the rest. It is empty where a query of Zipkin's API does not say what was found.
func (p listPage) SlowAgainstFast() string {
	s := p.Search
	if !p.Compares || s.MinTrace+s.MaxTrace != "" || s.Attendee != "" && s.annotationQuery() == s.Annotations {
		return ""
	}
	return comparePath + "?" + labapi.ComparisonQuery{Slow: "p90", Q: s.apiQuery(p)}.Values().Encode()
}

// apiQuery are the parameters of Zipkin's API. A time until now stays one.
func (s *search) apiQuery(p listPage) string {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("serviceName", s.Service)
	set("spanName", strings.ToLower(s.SpanName))
	set("remoteServiceName", s.Remote)
	set("annotationQuery", s.annotationQuery())
	set("minDuration", micros(s.Min))
	if s.Max != "" && s.Min == "" {
		v.Set("minDuration", "1")
	}
	set("maxDuration", micros(s.Max))
	v.Set("lookback", strconv.FormatInt(p.back.Milliseconds(), 10))
	if s.Fixed() {
		v.Set("endTs", strconv.FormatInt(p.end.UnixMilli(), 10))
	}
	return v.Encode()
}

// micros is a duration that was typed, in µs.
func micros(typed string) string {
	d, err := parseDuration(typed)
	if err != nil {
		return ""
	}
	return strconv.FormatInt(d.Microseconds(), 10)
}
