package web

import (
	"maps"
	"net/url"
	"slices"

	"example.com/tracelab/internal/misspelt"
)

// known are the parameters of the list page.
var known = []string{
	"serviceName", "spanName", "remoteServiceName", "annotationQuery", "minDuration", "maxDuration",
	"lookback", "startTs", "endTs", "millis", "limit", "sort", "sortOrder", "attendee", "traceId",
}

// unknownParam is a parameter that the page has not. A search without what it was
// meant to say would answer another question.
type unknownParam struct {
	Name, Meant string // Meant is empty where no known one is near
}

func unknownParams(v url.Values) (unknown []unknownParam) {
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if !slices.Contains(known, name) {
			unknown = append(unknown, unknownParam{name, misspelt.Nearest(name, known)})
		}
	}
	return unknown
}
