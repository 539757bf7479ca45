package find

import (
	"fmt"
	"math"
	"net/url"
	"slices"
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
	Min, Max    string // of a span, as Zipkin's
	MinTrace    string // of the whole trace
	MaxTrace    string
	Limit       string
	Sort        string
	Scale       string // of the chart's durations
	Live        string // 1: new traces are added as they come
	params.Window
	// Unknown are parameters of the URL that the page has not.
	Unknown []params.Unknown
}

const (
	defaultLimit = 20
	maxLimit     = 1000
	newest       = "newest"
	longest      = "longest"
	failed       = "errors" // those with errors first, and then the newest
	logarithmic  = "log"
	linear       = "linear"
)

// known are the parameters of the list page.
var known = []string{
	"serviceName", "spanName", "remoteServiceName", "annotationQuery", "minDuration", "maxDuration", "minTrace", "maxTrace",
	"lookback", "startTs", "endTs", "millis", "limit", "sort", "sortOrder", "scale", "live", "attendee", "traceId",
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
		MinTrace:    get("minTrace", ""),
		MaxTrace:    get("maxTrace", ""),
		Limit:       get("limit", strconv.Itoa(defaultLimit)),
		Sort:        get("sort", orders[v.Get("sortOrder")]),
		Scale:       get("scale", logarithmic),
		Live:        get("live", ""),
		Window:      params.ReadWindow(v),
		Unknown:     params.FindUnknown(v, known),
	}
	if s.Sort == "" {
		s.Sort = newest
		s.Wrong["sort"] = fmt.Sprintf("sortOrder=%s is not an order of this page: use sort=newest, sort=longest or sort=errors.", v.Get("sortOrder"))
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
	s.check("sort", s.Sort, newest, longest, failed)
	s.check("scale", s.Scale, logarithmic, linear)
	s.check("live", s.Live, "", "1")
	s.orderDurations(&q)
	s.traceDurations()
	return q
}

// check says what is wrong with a value that is one of a few.
func (s *search) check(field, value string, of ...string) {
	if !slices.Contains(of, value) {
		s.Wrong[field] = fmt.Sprintf("%s=%.40s is not known: use %s.", field, value, strings.TrimPrefix(strings.Join(of, " or "), " or "))
	}
}

// traceDurations are the bounds of the whole trace in µs, which Zipkin's API does not
// know.
func (s *search) traceDurations() (least, most int64) {
	low, high := s.duration("minTrace", s.MinTrace), s.duration("maxTrace", s.MaxTrace)
	if high == 0 {
		return low.Microseconds(), math.MaxInt64
	}
	if low > high {
		s.Wrong["maxTrace"] = fmt.Sprintf("The longest, %s, is less than the shortest, %s: swap them or clear one.", s.MaxTrace, s.MinTrace)
	}
	return low.Microseconds(), high.Microseconds()
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
	return s.Service+s.SpanName+s.Remote+s.Annotations+s.Attendee+s.Min+s.Max+s.MinTrace+s.MaxTrace != ""
}
