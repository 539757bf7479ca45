package find

import (
	"net/url"
	"strconv"
)

// SortedBy is the address of the same search in another order.
func (s *search) SortedBy(order string) string {
	other := *s
	other.Sort = order
	return other.address()
}

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
	s.Window.Set(v)
	set("limit", s.Limit, strconv.Itoa(defaultLimit))
	set("sort", s.Sort, newest)
	if len(v) == 0 {
		return "/"
	}
	return "/?" + v.Encode()
}
