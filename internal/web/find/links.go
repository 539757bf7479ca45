package find

import (
	"net/url"
	"strconv"
	"time"
)

// SortedBy is the address of the same search in another order.
func (s *search) SortedBy(order string) string {
	other := *s
	other.Sort = order
	return other.address()
}

// Slower is the address of the same search for traces that take at least so many µs.
func (s *search) Slower(us int64) string {
	other := *s
	other.MinTrace = formatBound(us)
	return other.address()
}

// within is the address of the same search in a part of its time, in ms, and for traces
// that take from least to most µs; zero: as before.
func (s *search) within(from, to, least, most int64) string {
	other := *s
	other.Window, other.Live = s.Between(from, to), ""
	if least > 0 {
		other.MinTrace = formatBound(least)
	}
	if most > 0 {
		other.MaxTrace = formatBound(most)
	}
	return other.address()
}

// formatBound writes µs exactly, as parseDuration reads it.
func formatBound(us int64) string { return (time.Duration(max(us, 1)) * time.Microsecond).String() }

// Of is the address of the same search for one attendee; empty: for all.
func (s *search) Of(attendee string) string {
	other := *s
	other.Attendee = attendee
	return other.address()
}

// UntilNow is the address of the same search over the last hour.
func (s *search) UntilNow() string {
	other := *s
	other.Window = s.Window.UntilNow()
	return other.address()
}

// Known is the address of the same search without the parameters that are unknown.
func (s *search) Known() string { return s.address() }

func (s *search) address() string {
	v := url.Values{}
	set := func(key, value, otherwise string) {
		if value != otherwise {
			v.Set(key, value)
		}
	}
	set("serviceName", s.Service, "")
	set("spanName", s.SpanName, "")
	set("remoteServiceName", s.Remote, "")
	set("annotationQuery", s.Annotations, "")
	set("attendee", s.Attendee, "")
	set("minDuration", s.Min, "")
	set("maxDuration", s.Max, "")
	set("minTrace", s.MinTrace, "")
	set("maxTrace", s.MaxTrace, "")
	s.Window.Set(v)
	set("limit", s.Limit, strconv.Itoa(defaultLimit))
	set("sort", s.Sort, newest)
	set("scale", s.Scale, logarithmic)
	set("live", s.Live, "")
	if len(v) == 0 {
		return "/"
	}
	return "/?" + v.Encode()
}
