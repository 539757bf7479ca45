package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// search is the form of the list page. Its fields hold what was typed, so that
// a mistake can be shown and mended; their names in the URL are Zipkin's.
type search struct {
	Service     string
	SpanName    string
	Annotations string
	Min, Max    string
	Lookback    string
	Limit       string
	Sort        string
	// Wrong holds a sentence for each field that could not be used, by its
	// name in the URL.
	Wrong map[string]string
}

// lookbacks are offered; any other duration in a URL is understood too.
var lookbacks = []string{"1m", "15m", "1h", "6h", "24h", "7d"}

const (
	defaultLookback = "1h"
	defaultLimit    = 20
	maxLimit        = 1000
	newest          = "newest"
	longest         = "longest"
)

func readSearch(v url.Values) *search {
	get := func(key, otherwise string) string {
		if s := strings.TrimSpace(v.Get(key)); s != "" {
			return s
		}
		return otherwise
	}
	return &search{
		Service:     strings.ToLower(get("serviceName", "")),
		SpanName:    get("spanName", ""),
		Annotations: get("annotationQuery", ""),
		Min:         get("minDuration", ""),
		Max:         get("maxDuration", ""),
		Lookback:    get("lookback", defaultLookback),
		Limit:       get("limit", strconv.Itoa(defaultLimit)),
		Sort:        get("sort", newest),
		Wrong:       map[string]string{},
	}
}

// query is what to ask the Reader. It is of use only while Wrong stays empty.
func (s *search) query(now time.Time) zipkin.Query {
	q := zipkin.Query{
		ServiceName:     s.Service,
		SpanName:        strings.ToLower(s.SpanName),
		AnnotationQuery: s.Annotations,
		MinDuration:     s.duration("minDuration", s.Min),
		MaxDuration:     s.duration("maxDuration", s.Max),
		// The end is inclusive to the ms; what starts within this one counts.
		EndTs:    now.Add(time.Millisecond),
		Lookback: s.lookback(),
		Limit:    s.limit(),
	}
	if s.Sort != newest && s.Sort != longest {
		s.Wrong["sort"] = fmt.Sprintf("%q is not an order: use newest or longest.", s.Sort)
	}
	s.orderDurations(&q)
	return q
}

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

func (s *search) lookback() time.Duration {
	typed := s.Lookback
	if days, ok := strings.CutSuffix(typed, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			typed = fmt.Sprintf("%dh", 24*n)
		}
	}
	d, err := time.ParseDuration(typed)
	if err != nil || d < time.Millisecond {
		s.Wrong["lookback"] = fmt.Sprintf("%q is not a time to look back: choose one of the list, or write 90s, 30m, 2h or 3d.", s.Lookback)
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

// Lookbacks are the choices of the form, with the one in use among them.
func (s *search) Lookbacks() []string {
	if slices.Contains(lookbacks, s.Lookback) {
		return lookbacks
	}
	return append([]string{s.Lookback}, lookbacks...)
}

// Narrowed says whether anything but time and number limits the search.
func (s *search) Narrowed() bool {
	return s.Service+s.SpanName+s.Annotations+s.Min+s.Max != ""
}

// SortedBy is the address of the same search in another order.
func (s *search) SortedBy(order string) string {
	v := url.Values{}
	set := func(key, value, otherwise string) {
		if value != otherwise {
			v.Set(key, value)
		}
	}
	set("serviceName", s.Service, "")
	set("spanName", s.SpanName, "")
	set("annotationQuery", s.Annotations, "")
	set("minDuration", s.Min, "")
	set("maxDuration", s.Max, "")
	set("lookback", s.Lookback, defaultLookback)
	set("limit", s.Limit, strconv.Itoa(defaultLimit))
	set("sort", order, newest)
	return "/?" + v.Encode()
}
