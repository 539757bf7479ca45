package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/status"
	"example.com/tracelab/internal/zipkin"
)

// arrival waits for the visit's trace, and explains when it, or a part of it,
// does not come.
func (e *examination) arrival(ctx context.Context, id string) {
	traceID, err := zipkin.ParseTraceID(id)
	if err != nil {
		e.bad("arrival", "the gateway's trace id %q is none: %v", id, err)
		return
	}
	began := time.Now()
	spans := e.await(ctx, traceID)
	switch missing := missing(spans); {
	case len(spans) == 0:
		e.bad("arrival", "no span of trace %s came to %s within %s. %s", id, e.Source, display.RoundMicros(e.ArriveWithin.Microseconds()), e.suspects(ctx))
	case len(missing) > 0:
		e.bad("arrival", "the trace lacks the spans of %s. %s", strings.Join(missing, " and "), e.suspects(ctx))
	case orphans(spans) > 0:
		e.bad("arrival", "%d spans of the trace have a parent that did not come. %s", orphans(spans), e.suspects(ctx))
	default:
		e.good("arrival", "%d spans of 3 services came within %s", len(spans), display.Duration(time.Since(began)))
	}
}

// await returns the trace once it is whole, or what there is when time is up.
func (e *examination) await(ctx context.Context, id zipkin.TraceID) (spans []zipkin.Span) {
	ctx, cancel := context.WithTimeout(ctx, e.ArriveWithin)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if found, err := e.Reader.Trace(ctx, id); err == nil {
			if spans = zipkin.Merge(found); len(missing(spans)) == 0 && orphans(spans) == 0 {
				return spans
			}
		}
		select {
		case <-ctx.Done():
			return spans
		case <-tick.C:
		}
	}
}

func missing(spans []zipkin.Span) (names []string) {
	for _, name := range labapi.Services() {
		if !slices.ContainsFunc(spans, func(s zipkin.Span) bool { return s.Local.ServiceName == name }) {
			names = append(names, name)
		}
	}
	return names
}

// orphans counts the spans whose parent did not come.
func orphans(spans []zipkin.Span) (n int) {
	for _, node := range zipkin.NewTree(zipkin.ByStart(spans)).Nodes {
		if node.Notes&zipkin.Orphan != 0 {
			n++
		}
	}
	return n
}

// suspects says which process keeps its spans from arriving, by its own counters.
func (e *examination) suspects(ctx context.Context) string {
	var said []string
	for _, p := range e.Processes {
		is, counted := status.Ask(ctx, e.client, p)
		if !counted {
			continue // the finding on its readiness says so
		}
		if s := e.suspicion(p, is.Spans); s != "" {
			said = append(said, s)
		}
	}
	if len(said) == 0 {
		return "No process says that it lost any: reload in a moment"
	}
	return strings.Join(said, ". ")
}

func (e *examination) suspicion(p control.Process, counts labapi.SpanStatus) string {
	elsewhere := e.ZipkinURL != "" && !sameURL(p.ReportsTo, e.ZipkinURL)
	switch {
	case p.ReportsTo == "":
		return fmt.Sprintf("%s reports to no Zipkin: set its TRACELAB_ZIPKIN_URL", p.Service)
	case counts.Queued > 0:
		return fmt.Sprintf("%s holds %d spans that %s does not take: is it up, and is the URL right?", p.Service, counts.Queued, p.ReportsTo)
	case dropped(counts) > 0:
		return fmt.Sprintf("%s has dropped %d spans: its /metrics tells the reasons", p.Service, dropped(counts))
	case counts.Sampled == 0:
		return fmt.Sprintf("%s has recorded no span: its sampler is %q, or the headers do not reach it", p.Service, p.Sampler)
	case elsewhere:
		return fmt.Sprintf("%s reports to %s, and traces are read from %s: if these are not the same, correct one", p.Service, p.ReportsTo, e.ZipkinURL)
	}
	return ""
}

func sameURL(a, b string) bool { return strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/") }

func dropped(counts labapi.SpanStatus) (n uint64) {
	for _, v := range counts.Dropped {
		n += v
	}
	return n
}
