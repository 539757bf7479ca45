package waterfall

import (
	"net/url"
	"slices"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// executionTrace is one that an explanation was read from.
type executionTrace struct{ Service, Window, Link string }

// Executions are the execution traces that the explanation was read from and that can be
// opened.
func (e *result) Executions() (list []executionTrace) {
	for _, s := range e.Snapshots {
		if link := e.execution(&s); link != "" {
			list = append(list, executionTrace{display.Service(s.Service), display.Micros(s.WindowUS), link})
		}
	}
	return list
}

// Goroutines is the page of all goroutines that worked for the request; empty: there is none,
// or no execution trace.
func (e *result) Goroutines() string {
	if len(e.Executions()) == 0 {
		return ""
	}
	return e.all
}

// execution is the page of an execution trace; empty: there is none.
func (e *result) execution(s *labapi.Source) string {
	if e.lanes == nil || s.ID == "" {
		return ""
	}
	return e.lanes(s.ID)
}

// laneOf leads to the goroutine that worked for a span, where one execution trace alone is
// of its service.
func (e *result) laneOf(service, span string) string {
	isOf := func(s labapi.Source) bool { return s.Service == service }
	i := slices.IndexFunc(e.Snapshots, isOf)
	if span == "" || i < 0 || slices.ContainsFunc(e.Snapshots[i+1:], isOf) {
		return ""
	}
	page := e.execution(&e.Snapshots[i])
	if page == "" {
		return ""
	}
	return page + "/span?" + url.Values{"trace": {e.TraceID}, "span": {span}}.Encode()
}
