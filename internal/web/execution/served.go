package execution

import (
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/zipkin"
)

// servedRow is a span of a distributed trace that a goroutine worked for.
type servedRow struct {
	Name         string
	TraceID      string
	Link         string // the span in its trace; empty: the traces are elsewhere
	Goroutines   string // all that worked for it; empty: there is no such page
	At, Timeline string
	For          took
}

// mostServed is how many rows the table of spans has.
const mostServed = 50

// spans are those that the goroutine began, in the order of time.
func (d *goroutinePage) spans(v *visit) {
	for s, k := range v.SpansBegunBy(d.GoID) {
		if len(d.Served) == mostServed {
			d.MoreServed++
			continue
		}
		at, trace := k.Start.Sub(v.Trace.Began), zipkin.TraceIDOf(s.TraceID)
		row := servedRow{Name: display.Text(k.Name, longestText), TraceID: trace.String(), At: report.Since(at), For: newTook(k.End.Sub(k.Start)),
			Timeline: v.TimelineOf(d.GoID, at, k.End.Sub(v.Trace.Began))}
		if v.pages.Spans {
			row.Goroutines = v.To("/span", "trace", trace.String(), "span", zipkin.SpanIDOf(s.ID).String())
		}
		if v.pages.SpanPath != nil {
			row.Link = v.pages.SpanPath(trace, zipkin.SpanIDOf(s.ID))
		}
		d.Served = append(d.Served, row)
	}
}
