package faultctl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/proof"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// shown is how many traces are shown at most.
const shown = 3

// spansWithin is how long spans are waited for that are still to be reported.
const spansWithin = 3 * time.Second

// evidence shows a mystery's fault in traces of its attendee since its start, in which it
// happened, as the services themselves say. Missing says why there is none. Happened is
// false where it is known that it happened to no request.
func (h *Handlers) evidence(ctx context.Context, m mystery) (found []labapi.Evidence, missing string, happened bool) {
	traces, silent := h.happened(ctx, m)
	if len(traces) == 0 && silent > 0 {
		return nil, fmt.Sprintf("No trace can be shown: the %s does not say which requests it happened to.", m.truth.Service), true
	}
	found, waits, err := h.await(ctx, m, traces)
	since := m.Since.Local().Format(time.TimeOnly)
	switch {
	case len(found) > 0:
		return found, "", true
	case err != nil:
		return nil, fmt.Sprintf("No trace can be shown: the traces cannot be read: %v.", err), true
	case waits > 0:
		return nil, fmt.Sprintf("It happened to %d requests since %s, but their traces do not show it: spans have not come, or were forgotten.", waits, since), true
	}
	whose := "no request"
	if m.Attendee != "" {
		whose = "no request of " + m.Attendee
	}
	return nil, fmt.Sprintf("It has happened to %s since %s.", whose, since), silent > 0
}

// await searches until there is something to show, or no more spans are waited for.
func (h *Handlers) await(ctx context.Context, m mystery, traces []zipkin.TraceID) (found []labapi.Evidence, waits int, err error) {
	ctx, cancel := context.WithTimeout(ctx, spansWithin)
	defer cancel()
	tick := time.NewTicker(spansWithin / 30)
	defer tick.Stop()
	for {
		found, waits, err = h.search(ctx, m, traces)
		if err != nil || len(found) > 0 || waits == 0 {
			return found, waits, err
		}
		select {
		case <-ctx.Done():
			return nil, waits, nil
		case <-tick.C:
		}
	}
}

// search looks for the fault in the traces. Waits is how many may still come to show it:
// those of the attendee, and those that are not known yet.
func (h *Handlers) search(ctx context.Context, m mystery, traces []zipkin.TraceID) (found []labapi.Evidence, waits int, err error) {
	for _, id := range traces {
		spans, err := h.cfg.Reader.Trace(ctx, id)
		if err != nil && !errors.Is(err, zipkinapi.ErrNotFound) && ctx.Err() == nil {
			return nil, 0, err
		}
		entry := entered(spans)
		if entry != nil && !m.concerns(entry) {
			continue
		}
		e, ok := proof.Of(m.truth, spans)
		if entry == nil || !ok {
			waits++
		} else if found = append(found, e); len(found) == shown {
			break
		}
	}
	return found, waits, nil
}

// entered is the span of the request that entered the workshop, of which the gateway's
// has the tag of the attendee; nil if it has not come.
func entered(spans []zipkin.Span) *zipkin.Span {
	at := slices.IndexFunc(spans, func(sp zipkin.Span) bool {
		return sp.Kind == zipkin.Server && sp.Local.ServiceName == labapi.Services()[0]
	})
	if at < 0 {
		return nil
	}
	return &spans[at]
}

// concerns reports whether a request is of the attendee, or of anybody if the mystery is
// everybody's, and began after the mystery.
func (m *mystery) concerns(entry *zipkin.Span) bool {
	name, _ := entry.Tag(labapi.AttendeeTag)
	return cmp.Or(m.Attendee, name) == name && entry.Timestamp >= m.Since.UnixMicro()
}
