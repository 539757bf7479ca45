package faultctl

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// evidence looks for the longest spans of the operation since the mystery began.
func (h *Handlers) evidence(ctx context.Context, m mystery) (found []labapi.Evidence, missing string) {
	const looked, shown = 200, 3
	traces, err := h.cfg.Reader.Traces(ctx, zipkin.Query{ServiceName: m.truth.Service, Limit: looked,
		EndTs: time.Now().Add(time.Second), Lookback: time.Since(m.Since) + 2*time.Second})
	if err != nil {
		return nil, "the traces cannot be read"
	}
	for _, spans := range traces {
		spans = zipkin.Merge(spans)
		if m.Attendee != "" && !slices.ContainsFunc(spans, func(sp zipkin.Span) bool {
			name, _ := sp.Tag(labapi.AttendeeTag)
			return name == m.Attendee
		}) {
			continue
		}
		for _, sp := range spans {
			if sp.Timestamp >= m.Since.UnixMicro() && sp.Local.ServiceName == m.truth.Service && strings.EqualFold(sp.Name, m.truth.Truth.Operation) {
				found = append(found, labapi.Evidence{TraceID: sp.TraceID.String(), Service: sp.Local.ServiceName, Span: sp.Name, Duration: sp.Duration})
			}
		}
	}
	slices.SortFunc(found, func(a, b labapi.Evidence) int { return cmp.Compare(b.Duration, a.Duration) })
	return found[:min(shown, len(found))], "no trace shows it yet"
}
