package find

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/tracelab/internal/web/params"
	"example.com/tracelab/internal/zipkin"
)

// search is the form of the list page. Its fields hold what was typed, so that
// a mistake can be shown and mended; their names in the URL are those of Zipkin's
// pages and of its API.
type search struct {
	Service     string
	SpanName    string
	Remote      string
	Annotations string
	Attendee    string // on a span of any service
	Min, Max    string
	Limit       string
	Sort        string
	params.Window
	// Unknown are parameters of the URL that the page has not.
	Unknown []params.Unknown
}

const (
	defaultLimit = 20
	maxLimit     = 1000
	newest       = "newest"
	longest      = "longest"
)

// known are the parameters of the list page.
var known = []string{
	"serviceName", "spanName", "remoteServiceName", "annotationQuery", "minDuration", "maxDuration",
	"lookback", "startTs", "endTs", "millis", "limit", "sort", "sortOrder", "attendee", "traceId",
}

// readSearch reads a query.
func readSearch(text string) *search {
	v, err := url.ParseQuery(text)
	get := func(key, otherwise string) string {
		if s := strings.TrimSpace(v.Get(key)); s != "" {
			return s
		}
		return otherwise
	}
	s := &search{
		Service:     strings.ToLower(notAll(get("serviceName", ""))),
		SpanName:    notAll(get("spanName", "")),
		Remote:      strings.ToLower(get("remoteServiceName", "")),
		Annotations: get("annotationQuery", ""),
		Attendee:    get("attendee", ""),
		Min:         get("minDuration", ""),
		Max:         get("maxDuration", ""),
		Limit:       get("limit", strconv.Itoa(defaultLimit)),
		Sort:        get("sort", orders[v.Get("sortOrder")]),
		Window:      params.ReadWindow(v),
		Unknown:     params.FindUnknown(v, known),
	}
	if s.Sort == "" {
		s.Sort = newest
		s.Wrong["sort"] = fmt.Sprintf("sortOrder=%s is not an order of this page: use sort=newest or sort=longest.", v.Get("sortOrder"))
	}
	if wrong := params.Unreadable(v, err); wrong != "" {
		s.Wrong["query"] = wrong
	}
	return s
}

// notAll is empty for "all", by which Zipkin's pages mean any.
func notAll(name string) string {
	if strings.EqualFold(name, "all") {
		return ""
	}
	return name
}

// orders are the values of sortOrder, which Zipkin's first pages had, that say the
// same as one of ours.
var orders = map[string]string{"": newest, "timestamp-desc": newest, "duration-desc": longest}

// query is what to ask the Reader. It is of use only where the search is Right.
func (s *search) query(now time.Time) zipkin.Query {
	q := zipkin.Query{
		ServiceName:       s.Service,
		SpanName:          strings.ToLower(s.SpanName),
		RemoteServiceName: s.Remote,
		AnnotationQuery:   s.annotationQuery(),
		MinDuration:       s.duration("minDuration", s.Min),
		MaxDuration:       s.duration("maxDuration", s.Max),
		Limit:             s.limit(),
	}
	q.EndTs, q.Lookback = s.Times(now)
	if s.Sort != newest && s.Sort != longest {
		s.Wrong["sort"] = fmt.Sprintf("%q is not an order: use newest or longest.", s.Sort)
	}
	s.orderDurations(&q)
	return q
}

// Right reports whether all of the search could be understood.
func (s *search) Right() bool { return len(s.Wrong) == 0 && len(s.Unknown) == 0 }

func (s *search) orderDurations(q *zipkin.Query) {
	switch {
	case q.MaxDuration == 0 || s.Wrong["minDuration"] != "":
	case q.MinDuration == 0:
		q.MinDuration = time.Microsecond // Zipkin takes a maximum only with a minimum
	case q.MinDuration > q.MaxDuration:
		s.Wrong["maxDuration"] = fmt.Sprintf("The longest, %s, is less than the shortest, %s: swap them or clear one.", s.Max, s.Min)
	}
}

func (s *search) duration(field, typed string) time.Duration {
	if typed == "" {
		return 0
	}
	d, err := parseDuration(typed)
	if err != nil {
		s.Wrong[field] = err.Error() + "."
	}
	return d
}

func (s *search) limit() int {
	n, err := strconv.Atoi(s.Limit)
	if err != nil || n < 1 || n > maxLimit {
		s.Wrong["limit"] = fmt.Sprintf("%q is not a number of traces: write one from 1 to %d.", s.Limit, maxLimit)
	}
	return n
}

// Narrowed says whether anything but time and number limits the search.
func (s *search) Narrowed() bool {
	return s.Service+s.SpanName+s.Remote+s.Annotations+s.Attendee+s.Min+s.Max != ""
}
